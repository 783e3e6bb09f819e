// connect: opens many connections and leaves them idle, then uses each once; what they cost the
// broker.
#include "load/client.h"
#include "load/measure.h"
#include "load/modes.h"
#include "load/requests.h"

namespace bench {
namespace {

// Memory is read once the broker has settled.
int64_t settled_kib(int64_t pid) {
  usleep(300'000);
  return status_kib(pid, "RssAnon");
}

}  // namespace

void run_connect(Options& options) {
  int port = options.port();
  int64_t pid = options.number("pid", 0);
  auto connections = static_cast<size_t>(options.number("connections", 5000));
  options.done();
  if (pid == 0) fail("--pid is needed");

  Bytes request = api_versions_request();
  {  // what the first use of any connection allocates is not the connections' cost
    int fd = connect_to(port);
    read_api_versions_answer(call(fd, request));
    close(fd);
  }
  int64_t empty_kib = settled_kib(pid);
  int files_before = open_files(pid);
  Measurement measurement(pid);
  std::vector<int> sockets;
  while (sockets.size() < connections) sockets.push_back(connect_to(port));
  double connected_s = measurement.wall_s();
  int64_t deadline = now_ns() + kPatienceNs;
  while (open_files(pid) < files_before + static_cast<int>(connections)) {
    if (now_ns() > deadline) fail("the broker did not accept all connections");
  }
  double accepted_s = measurement.wall_s();
  Report report("connect");
  measurement.report(report);
  int64_t idle_kib = settled_kib(pid);
  for (int fd : sockets) read_api_versions_answer(call(fd, request));
  int64_t used_kib = settled_kib(pid);

  auto per_connection = [&](int64_t kib) {
    return static_cast<double>(kib - empty_kib) * 1024 / static_cast<double>(connections);
  };
  report.add("connected_s", connected_s);
  report.add("accepted_s", accepted_s);
  report.add("idle_bytes_each", per_connection(idle_kib));
  report.add("used_bytes_each", per_connection(used_kib));
  report.print();
}

}  // namespace bench
