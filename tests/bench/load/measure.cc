// See measure.h.
#include "load/measure.h"

#include <dirent.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

namespace bench {
namespace {

double clock_s(int64_t pid) {
  clockid_t clock;
  timespec time;
  if (clock_getcpuclockid(static_cast<pid_t>(pid), &clock) != 0) fail("no CPU clock of the broker");
  check(clock_gettime(clock, &time), "the CPU clock of the broker");
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

}  // namespace

CpuTimes cpu_times(int64_t pid) {
  if (pid == 0) return {};
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(in, line)) fail("process " + std::to_string(pid) + " is gone");
  std::istringstream fields(line.substr(line.rfind(')') + 2));
  std::string skipped;
  for (int i = 3; i < 14; i++) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  auto ticks_per_s = static_cast<double>(sysconf(_SC_CLK_TCK));
  return {clock_s(pid), user / ticks_per_s, system / ticks_per_s};
}

int64_t status_kib(int64_t pid, const std::string& field) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(field + ":")) return std::atoll(line.c_str() + field.size() + 1);
  }
  return 0;
}

int open_files(int64_t pid) {
  DIR* folder = opendir(("/proc/" + std::to_string(pid) + "/fd").c_str());
  if (folder == nullptr) fail_errno("open files of the broker");
  int count = -2;  // . and ..
  while (readdir(folder) != nullptr) count++;
  closedir(folder);
  return count;
}

double Latencies::percentile_us(double percent) {
  if (ns_.empty()) return 0;
  auto rank = static_cast<size_t>(std::ceil(percent / 100 * static_cast<double>(ns_.size())));
  auto nth = ns_.begin() + static_cast<std::ptrdiff_t>(std::max<size_t>(rank, 1) - 1);
  std::nth_element(ns_.begin(), nth, ns_.end());
  return static_cast<double>(*nth) / 1000;
}

Report& Report::add(const std::string& name, double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.10g", value);
  json_ += ", \"" + name + "\": " + text;
  return *this;
}

Report& Report::add(const std::string& name, Latencies& latencies) {
  if (latencies.count() == 0) return *this;  // nothing came: no figure rather than a good one
  add(name + "_p50_us", latencies.percentile_us(50));
  add(name + "_p99_us", latencies.percentile_us(99));
  return add(name + "_p999_us", latencies.percentile_us(99.9));
}

Measurement::Measurement(int64_t pid)
    : pid_(pid), start_ns_(now_ns()), broker_(cpu_times(pid)), client_(cpu_times(getpid())) {}

void Measurement::report(Report& report) const {
  double wall = wall_s();
  CpuTimes broker = cpu_times(pid_);
  CpuTimes client = cpu_times(getpid());
  report.add("wall_s", wall);
  report.add("user_s", broker.user_s - broker_.user_s);
  report.add("system_s", broker.system_s - broker_.system_s);
  report.add("cpu_s", broker.total_s - broker_.total_s);
  report.add("client_cpu_s", client.total_s - client_.total_s);
}

}  // namespace bench
