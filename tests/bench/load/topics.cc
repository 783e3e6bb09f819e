// topics: creates many topics of several partitions, from one or more connections with one request
// in flight each, and waits until Metadata shows a leader for each.
#include <memory>

#include "load/client.h"
#include "load/measure.h"
#include "load/modes.h"
#include "load/requests.h"

namespace bench {
namespace {

class TopicsLoad {
 public:
  TopicsLoad(int port, int connections, const NewTopics& topics, int per_request)
      : topics_(topics), per_request_(per_request) {
    if (topics_.count % per_request_ != 0) fail("--topics isn't a multiple of --per-request");
    Bytes frame = create_topics_request(topics_, 0, per_request_);
    for (int i = 0; i < connections; i++) {
      clients_.push_back(std::make_unique<Client>(port, frame, 1));
      Client& client = *clients_.back();
      client.prepare = [this](uint8_t* slot) {
        put_frame(slot, create_topics_request(topics_, next_, per_request_));
        next_ += per_request_;
      };
      client.answered = [this, &client](std::span<const uint8_t> body, int64_t) {
        read_create_topics_answer(body);
        created_ += per_request_;
        if (next_ < topics_.count) client.issue();
      };
      loop_.add(client);
    }
  }

  void run() {
    for (auto& client : clients_) {
      if (next_ == topics_.count) break;
      client->issue();
      client->flush();
    }
    loop_.run_until([this] { return created_ == topics_.count; }, now_ns() + kPatienceNs);
  }

 private:
  const NewTopics topics_;
  const int per_request_;
  Loop loop_;
  std::vector<std::unique_ptr<Client>> clients_;
  int next_ = 0;
  int created_ = 0;
};

}  // namespace

void run_topics(Options& options) {
  int port = options.port();
  int64_t pid = options.number("pid", 0);
  NewTopics topics{.prefix = options.text("prefix", "many-"),
                   .count = static_cast<int>(options.number("topics", 1000)),
                   .partitions = static_cast<int>(options.number("partitions", 10))};
  int per_request = static_cast<int>(options.number("per-request", 100));
  int connections = static_cast<int>(options.number("connections", 1));
  options.done();

  per_request = std::min(per_request, topics.count);
  TopicsLoad load(port, connections, topics, per_request);
  Measurement measurement(pid);
  load.run();
  double created_s = measurement.wall_s();
  int fd = connect_to(port);
  int64_t deadline = now_ns() + kPatienceNs;
  int wanted = topics.count * topics.partitions;
  while (count_partitions(call(fd, metadata_of_all_request()), topics.prefix) < wanted) {
    if (now_ns() > deadline) fail("the topics did not appear");
    usleep(5'000);  // the question itself is not free
  }
  Report report("topics");
  measurement.report(report);
  report.add("created_s", created_s);
  report.add("partitions", wanted);
  report.print();
}

}  // namespace bench
