// topics: creates many topics of several partitions, and waits until Metadata shows a leader for
// each.
#include "load/client.h"
#include "load/measure.h"
#include "load/modes.h"
#include "load/requests.h"

namespace bench {

void run_topics(Options& options) {
  int port = options.port();
  int64_t pid = options.number("pid", 0);
  NewTopics topics{.prefix = options.text("prefix", "many-"),
                   .count = static_cast<int>(options.number("topics", 1000)),
                   .partitions = static_cast<int>(options.number("partitions", 10))};
  int per_request = static_cast<int>(options.number("per-request", 100));
  options.done();

  int fd = connect_to(port);
  Measurement measurement(pid);
  for (int first = 0; first < topics.count; first += per_request) {
    create_topics(fd, topics, first, std::min(per_request, topics.count - first));
  }
  double created_s = measurement.wall_s();
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
