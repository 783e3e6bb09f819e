// produce: batches of one size to one topic, a partition for each connection or --partitions that
// they share, as fast as the requests in flight allow, or with --rate at a steady pace (latency
// then counts from when a request was due).
#include <memory>

#include "load/client.h"
#include "load/measure.h"
#include "load/modes.h"
#include "load/requests.h"

namespace bench {
namespace {

struct ProduceOptions {
  int port;
  int64_t pid, connections, partitions, in_flight, acks, batch_bytes, records, warmup, requests,
      rate;
  bool floor;
  std::string topic, topic_config;

  explicit ProduceOptions(Options& options)
      : port(options.port()),
        pid(options.number("pid", 0)),
        connections(options.number("connections", 4)),
        partitions(options.number("partitions", connections)),
        in_flight(options.number("in-flight", 4)),
        acks(options.number("acks", 1)),
        batch_bytes(options.number("batch-bytes", 1024 * 1024)),
        records(options.number("records", 1024)),
        warmup(options.number("warmup", 0)),
        requests(options.number("requests", 1024)),
        rate(options.number("rate", 0)),
        floor(options.number("floor", 0) != 0),
        topic(options.text("topic", "bench")),
        topic_config(options.text("topic-config", "")) {
    options.done();
    if (acks == 0) fail("acks=0 has no answers to check");
  }
};

class ProduceLoad {
 public:
  explicit ProduceLoad(const ProduceOptions& options) : options_(options) {
    if (!options_.floor) {
      create_topic(options_.port, options_.topic, static_cast<int>(options_.partitions),
                   options_.topic_config);
    }
    RecordBatch batch =
        build_batch(static_cast<size_t>(options_.batch_bytes), static_cast<int>(options_.records));
    expected_.resize(static_cast<size_t>(options_.connections), -1);
    for (int i = 0; i < options_.connections; i++) {
      int partition = static_cast<int>(i % options_.partitions);
      RequestFrame request =
          produce_request(options_.topic, partition, static_cast<int>(options_.acks), batch.bytes);
      clients_.push_back(std::make_unique<Client>(options_.port, request.bytes,
                                                  static_cast<int>(options_.in_flight)));
      Client& client = *clients_.back();
      client.answered = [this, i, &client](std::span<const uint8_t> body, int64_t latency_ns) {
        on_answer(client, i, body, latency_ns);
      };
      loop_.add(client);
    }
  }

  void run(int64_t requests) {
    latencies_.clear();
    to_issue_ = to_answer_ = requests;
    due_ns_ = now_ns();
    if (options_.rate == 0) {
      for (auto& client : clients_) {
        while (to_issue_ > 0 && !client->full()) issue(*client, 0);
        client->flush();
      }
    } else {
      loop_.set_timer([this] { return issue_due(); });
    }
    loop_.run_until([this] { return to_answer_ == 0; }, now_ns() + kPatienceNs);
  }

  Latencies& latencies() { return latencies_; }

 private:
  int64_t interval_ns() const { return 1'000'000'000 / options_.rate; }

  void issue(Client& client, int64_t since_ns) {
    client.issue(since_ns);
    to_issue_--;
  }

  // Latency counts from when a request was due, whether or not it could be sent then.
  int64_t issue_due() {
    while (to_issue_ > 0 && due_ns_ <= now_ns()) {
      Client& client = *clients_[turn_ % clients_.size()];
      if (client.full()) return now_ns() + kRetryNs;
      issue(client, due_ns_);
      client.flush();
      due_ns_ += interval_ns();
      turn_++;
    }
    return to_issue_ > 0 ? due_ns_ : 0;
  }

  void on_answer(Client& client, int index, std::span<const uint8_t> body, int64_t latency_ns) {
    latencies_.add(latency_ns);
    to_answer_--;
    if (!options_.floor) check_offset(expected_[static_cast<size_t>(index)], body);
    if (options_.rate == 0 && to_issue_ > 0) issue(client, 0);
  }

  // What a connection with a partition to itself produces follows on without a gap.
  void check_offset(int64_t& expected, std::span<const uint8_t> body) const {
    int64_t base_offset = read_produce_answer(body);
    bool shared = options_.partitions < options_.connections;
    bool follows = shared ? base_offset >= expected : base_offset == expected;
    if (expected >= 0 && !follows) fail("a produced batch got an unexpected offset");
    expected = base_offset + options_.records;
  }

  ProduceOptions options_;
  Loop loop_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<int64_t> expected_;
  Latencies latencies_;
  int64_t to_issue_ = 0;
  int64_t to_answer_ = 0;
  int64_t due_ns_ = 0;
  size_t turn_ = 0;
};

}  // namespace

void run_produce(Options& arguments) {
  ProduceOptions options(arguments);
  ProduceLoad load(options);
  if (options.warmup > 0) load.run(options.warmup);
  Measurement measurement(options.pid);
  load.run(options.requests);
  Report report("produce");
  measurement.report(report);
  report.add("requests", static_cast<double>(options.requests));
  report.add("records", static_cast<double>(options.requests * options.records));
  report.add("bytes", static_cast<double>(options.requests * options.batch_bytes));
  report.add("latency", load.latencies());
  report.print();
}

}  // namespace bench
