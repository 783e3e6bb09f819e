// touch: writes batches of one size to every partition of many topics in turn, so that each has a
// log with something in it.
#include "load/client.h"
#include "load/measure.h"
#include "load/modes.h"
#include "load/requests.h"

namespace bench {

void run_touch(Options& options) {
  int port = options.port();
  int64_t pid = options.number("pid", 0);
  std::string prefix = options.text("prefix", "many-");
  int64_t topics = options.number("topics", 1000);
  int64_t partitions = options.number("partitions", 10);
  int64_t batches = options.number("batches", 1);  // for each partition
  int acks = static_cast<int>(options.number("acks", 1));
  int in_flight = static_cast<int>(options.number("in-flight", 64));
  auto batch_bytes = static_cast<size_t>(options.number("batch-bytes", 170));
  int records = static_cast<int>(options.number("records", 1));
  options.done();

  Bytes batch = build_batch(batch_bytes, records).bytes;
  int64_t next = 0;
  int64_t answered = 0;
  const int64_t all = topics * partitions * batches;
  const auto frame = [&](int64_t place) {
    int topic = static_cast<int>(place / partitions % topics);
    int partition = static_cast<int>(place % partitions);
    return produce_request(numbered(prefix, topic), partition, acks, batch).bytes;
  };
  Client client(port, frame(0), in_flight);
  Latencies latencies;
  client.prepare = [&](uint8_t* slot) { put_frame(slot, frame(next++)); };
  client.answered = [&](std::span<const uint8_t> body, int64_t latency_ns) {
    read_produce_answer(body);
    latencies.add(latency_ns);
    answered++;
    if (next < all) client.issue();
  };
  Loop loop;
  loop.add(client);
  Measurement measurement(pid);
  while (next < all && !client.full()) client.issue();
  client.flush();
  loop.run_until([&] { return answered == all; }, now_ns() + kPatienceNs);
  Report report("touch");
  measurement.report(report);
  report.add("requests", static_cast<double>(all));
  report.add("bytes", static_cast<double>(all) * static_cast<double>(batch_bytes));
  report.add("latency", latencies);
  report.print();
}

}  // namespace bench
