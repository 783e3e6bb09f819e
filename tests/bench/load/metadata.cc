// metadata: asks for one topic a request, each time another of many.
#include <memory>

#include "load/client.h"
#include "load/measure.h"
#include "load/modes.h"
#include "load/requests.h"

namespace bench {
namespace {

constexpr const char* kPrefix = "meta-";

struct Asker {
  Client client;
  int topics;
  int issued = 0;
  int answered = 0;

  Asker(int port, int in_flight, int topic_count)
      : client(port, metadata_request(numbered(kPrefix, 0)).bytes, in_flight), topics(topic_count) {
    size_t name_at = metadata_request(numbered(kPrefix, 0)).patch_at;
    client.prepare = [this, name_at](uint8_t* frame) {
      std::string name = topic(issued++);
      std::memcpy(frame + name_at, name.data(), name.size());
    };
  }

  // All over the name space, not one after the other.
  std::string topic(int turn) const { return numbered(kPrefix, turn % topics * 7919 % topics); }
};

class MetadataLoad {
 public:
  MetadataLoad(int port, int topics, int connections, int in_flight) {
    for (int i = 0; i < connections; i++) {
      askers_.push_back(std::make_unique<Asker>(port, in_flight, topics));
      Asker& asker = *askers_.back();
      asker.client.answered = [this, &asker](std::span<const uint8_t> body, int64_t latency_ns) {
        on_answer(asker, body, latency_ns);
      };
      loop_.add(asker.client);
    }
  }

  void run(int64_t requests) {
    latencies.clear();
    to_issue_ = to_answer_ = requests;
    for (auto& asker : askers_) {
      for (; to_issue_ > 0 && !asker->client.full(); to_issue_--) asker->client.issue();
      asker->client.flush();
    }
    loop_.run_until([this] { return to_answer_ == 0; }, now_ns() + kPatienceNs);
  }

  Latencies latencies;

 private:
  void on_answer(Asker& asker, std::span<const uint8_t> body, int64_t latency_ns) {
    if (read_metadata_answer(body, asker.topic(asker.answered++)) != 1) fail("wrong metadata");
    latencies.add(latency_ns);
    to_answer_--;
    if (to_issue_ == 0) return;
    to_issue_--;
    asker.client.issue();
  }

  Loop loop_;
  std::vector<std::unique_ptr<Asker>> askers_;
  int64_t to_issue_ = 0;
  int64_t to_answer_ = 0;
};

void create_all(int port, int topics) {
  int fd = connect_to(port);
  for (int first = 0; first < topics; first += 100) {
    create_topics(fd, {.prefix = kPrefix, .count = topics}, first, std::min(100, topics - first));
  }
  int64_t deadline = now_ns() + kPatienceNs;
  while (count_partitions(call(fd, metadata_of_all_request()), kPrefix) < topics) {
    if (now_ns() > deadline) fail("the topics did not appear");
  }
  close(fd);
}

}  // namespace

void run_metadata(Options& options) {
  int port = options.port();
  int64_t pid = options.number("pid", 0);
  int topics = static_cast<int>(options.number("topics", 1000));
  int connections = static_cast<int>(options.number("connections", 4));
  int in_flight = static_cast<int>(options.number("in-flight", 16));
  int64_t warmup = options.number("warmup", 80'000);
  int64_t requests = options.number("requests", 120'000);
  options.done();
  create_all(port, topics);
  MetadataLoad load(port, topics, connections, in_flight);
  if (warmup > 0) load.run(warmup);
  Measurement measurement(pid);
  load.run(requests);
  Report report("metadata");
  measurement.report(report);
  report.add("requests", static_cast<double>(requests));
  report.add("latency", load.latencies);
  report.print();
}

}  // namespace bench
