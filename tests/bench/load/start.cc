// start: starts a broker (the command after `--`), and tells when it first answered, ApiVersions
// or, with
// --expect-partitions, Metadata with that many partitions that have a leader. Then ends it by
// SIGTERM.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "load/client.h"
#include "load/measure.h"
#include "load/modes.h"
#include "load/requests.h"

namespace bench {
namespace {

constexpr useconds_t kRetryUs = 100;

pid_t start(char** command, const std::string& log) {
  pid_t pid = check(fork(), "fork");
  if (pid != 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // a run that fails leaves no broker behind
  int out = open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0644);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execvp(command[0], command);
  _exit(127);
}

int connect_when_listening(int port, pid_t pid, int64_t deadline) {
  for (;;) {
    int fd = try_connect(port);
    if (fd >= 0) return fd;
    if (waitpid(pid, nullptr, WNOHANG) == pid) fail("the broker ended, see its log");
    if (now_ns() > deadline) fail("the broker did not listen in time");
    usleep(kRetryUs);
  }
}

}  // namespace

void run_start(Options& options) {
  int port = options.port();
  std::string log = options.text("log", "/dev/null");
  std::string prefix = options.text("prefix", "many-");
  auto expected = static_cast<int>(options.number("expect-partitions", 0));
  options.done();
  if (options.rest() == nullptr) fail("the broker's command is needed after --");

  int64_t deadline = now_ns() + kPatienceNs;
  Measurement measurement(0);
  pid_t pid = start(options.rest(), log);
  int fd = connect_when_listening(port, pid, deadline);
  read_api_versions_answer(call(fd, api_versions_request()));
  double answered_s = measurement.wall_s();
  while (expected > 0 && count_partitions(call(fd, metadata_of_all_request()), prefix) < expected) {
    if (now_ns() > deadline) fail("the broker did not bring its topics back in time");
    usleep(5'000);
  }
  double served_s = measurement.wall_s();
  CpuTimes cpu = cpu_times(pid);
  sleep(1);  // what it holds once it has settled
  auto mib = [pid](const char* field) {
    return static_cast<double>(status_kib(pid, field)) / 1024;
  };
  Report report("start");
  report.add("first_answer_ms", answered_s * 1000);
  report.add("served_s", served_s);
  report.add("start_cpu_s", cpu.total_s);
  report.add("idle_mib", mib("VmRSS"));
  report.add("start_peak_mib", mib("VmHWM"));
  kill(pid, SIGTERM);
  waitpid(pid, nullptr, 0);
  report.print();
}

}  // namespace bench
