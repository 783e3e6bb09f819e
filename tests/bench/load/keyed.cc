// keyed: fills one partition with records whose keys come again and again, the same in every run.
// alter: sets configs of a topic, to have it compacted then.
#include <random>

#include "load/client.h"
#include "load/measure.h"
#include "load/modes.h"
#include "load/requests.h"

namespace bench {
namespace {

constexpr int kRecordsPerBatch = 30;
constexpr int kInFlight = 16;

class Keys {
 public:
  explicit Keys(int count) : count_(count) {}

  std::vector<std::string> next_batch() {
    std::vector<std::string> keys;
    for (int i = 0; i < kRecordsPerBatch; i++) {
      keys.push_back(numbered("key-", static_cast<int>(random_() % static_cast<uint32_t>(count_))));
    }
    return keys;
  }

 private:
  const int count_;
  std::mt19937 random_;  // with its default seed
};

}  // namespace

void run_keyed(Options& options) {
  int port = options.port();
  int64_t pid = options.number("pid", 0);
  std::string topic = options.text("topic", "keyed");
  std::string configs = options.text("topic-config", "");
  int64_t requests = options.number("requests", 1000);
  Keys keys(static_cast<int>(options.number("keys", 100'000)));
  auto value_bytes = static_cast<size_t>(options.number("value-bytes", 500));
  options.done();

  create_topic(port, topic, 1, configs);
  const auto frame = [&] {
    return produce_request(topic, 0, 1, build_keyed_batch(keys.next_batch(), value_bytes)).bytes;
  };
  Client client(port, frame(), kInFlight);
  int64_t issued = 0;
  int64_t answered = 0;
  client.prepare = [&](uint8_t* slot) {
    put_frame(slot, frame());
    issued++;
  };
  client.answered = [&](std::span<const uint8_t> body, int64_t) {
    read_produce_answer(body);
    answered++;
    if (issued < requests) client.issue();
  };
  Loop loop;
  loop.add(client);
  Measurement measurement(pid);
  while (issued < requests && !client.full()) client.issue();
  client.flush();
  loop.run_until([&] { return answered == requests; }, now_ns() + kPatienceNs);
  Report report("keyed");
  measurement.report(report);
  report.add("records", static_cast<double>(requests * kRecordsPerBatch));
  report.print();
}

void run_alter(Options& options) {
  int port = options.port();
  options.number("pid", 0);
  std::string topic = options.text("topic", "keyed");
  std::string configs = options.text("topic-config", "");
  options.done();
  alter_topic(port, topic, configs);
  Report("alter").print();
}

}  // namespace bench
