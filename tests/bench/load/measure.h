// What a run is judged by: the broker's CPU time and memory from /proc, latencies, one line of
// JSON.
#pragma once

#include <string>
#include <vector>

#include "sys.h"

namespace bench {

// CPU time of all threads of a process so far, to the nanosecond, and how it splits into user and
// system by /proc's ticks of 10 ms. A pid of 0 measures nothing.
struct CpuTimes {
  double total_s = 0;
  double user_s = 0;
  double system_s = 0;
};
CpuTimes cpu_times(int64_t pid);
// A field of /proc/PID/status in KiB, e.g. "VmHWM", "RssAnon".
int64_t status_kib(int64_t pid, const std::string& field);
int open_files(int64_t pid);

// Latencies of one run; percentiles in microseconds.
class Latencies {
 public:
  void add(int64_t ns) { ns_.push_back(ns); }
  void clear() { ns_.clear(); }
  size_t count() const { return ns_.size(); }
  double percentile_us(double percent);

 private:
  std::vector<int64_t> ns_;
};

// Collects "name": value pairs and prints them as one line.
class Report {
 public:
  explicit Report(const std::string& mode) : json_("{\"mode\": \"" + mode + "\"") {}
  Report& add(const std::string& name, double value);
  Report& add(const std::string& name, Latencies& latencies);
  void print() const { std::printf("%s}\n", json_.c_str()); }

 private:
  std::string json_;
};

// From its construction to `report`: wall time, CPU of the broker and of this client.
class Measurement {
 public:
  explicit Measurement(int64_t pid);
  double wall_s() const { return static_cast<double>(now_ns() - start_ns_) / 1e9; }
  void report(Report& report) const;

 private:
  int64_t pid_;
  int64_t start_ns_;
  CpuTimes broker_;
  CpuTimes client_;
};

}  // namespace bench
