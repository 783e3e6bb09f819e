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

}  // namespace

void run_metadata(Options& options) {
  int port = options.port();
  int64_t pid = options.number("pid", 0);
  int topics = static_cast<int>(options.number("topics", 1000));
  int64_t connections = options.number("connections", 4);
  int in_flight = static_cast<int>(options.number("in-flight", 16));
  int64_t warmup = options.number("warmup", 100'000);
  int64_t requests = options.number("requests", 200'000);
  options.done();

  int fd = connect_to(port);
  for (int first = 0; first < topics; first += 100) {
    create_topics(fd, {.prefix = kPrefix, .count = topics}, first, std::min(100, topics - first));
  }
  int64_t deadline = now_ns() + kPatienceNs;
  while (count_partitions(call(fd, metadata_of_all_request()), kPrefix) < topics) {
    if (now_ns() > deadline) fail("the topics did not appear");
  }

  Loop loop;
  Latencies latencies;
  int64_t to_issue = 0;
  int64_t to_answer = 0;
  std::vector<std::unique_ptr<Asker>> askers;
  for (int64_t i = 0; i < connections; i++) {
    askers.push_back(std::make_unique<Asker>(port, in_flight, topics));
    Asker& asker = *askers.back();
    asker.client.answered = [&](std::span<const uint8_t> body, int64_t latency_ns) {
      if (read_metadata_answer(body, asker.topic(asker.answered++)) != 1) fail("wrong metadata");
      latencies.add(latency_ns);
      to_answer--;
      if (to_issue > 0) {
        to_issue--;
        asker.client.issue();
      }
    };
    loop.add(asker.client);
  }
  auto run = [&](int64_t count) {
    latencies.clear();
    to_issue = to_answer = count;
    for (auto& asker : askers) {
      for (; to_issue > 0 && !asker->client.full(); to_issue--) asker->client.issue();
      asker->client.flush();
    }
    loop.run_until([&] { return to_answer == 0; }, now_ns() + kPatienceNs);
  };

  if (warmup > 0) run(warmup);
  Measurement measurement(pid);
  run(requests);
  Report report("metadata");
  measurement.report(report);
  report.add("requests", static_cast<double>(requests));
  report.add("latency", latencies);
  report.print();
}

}  // namespace bench
