// Cleans the logs of compacted topics, the dirtiest first, on threads of its own: a cleaning may
// take minutes, which the pool for short work must not wait for.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "../environment.h"
#include "../topic_index.h"
#include "cleaning.h"
#include "dirtiness.h"

namespace fluxmq::core {

class LogCleaner {
 public:
  // Begins, if it is enabled and the log store can rewrite segments.
  LogCleaner(Environment& environment, TopicIndex& topics);
  // Broker configs have changed: what is under way ends by the old ones, but for its rate.
  void configure();
  // Gives up what is under way, and waits for its end.
  void stop();
  // What the threads do again and again. Blocks. Whether there was one to be cleaned.
  bool clean_dirtiest();

 private:
  struct Candidate {
    std::shared_ptr<Partition> partition;
    double dirty_ratio = -1;
  };

  // What a thread is and may take, as the broker configs say now.
  struct Settings {
    std::int64_t threads = 0;
    std::int64_t backoff_ms = 0;
    CleaningLimits limits{};  // of each thread
  };
  static Settings read_settings(Host host);
  Settings settings();

  // The threads are numbered; those past log.cleaner.threads end.
  void run(std::int64_t number);
  void start_threads();  // those that are missing, under mutex_
  Candidate find_dirtiest();
  // How dirty it is, if it is to be cleaned; -1 otherwise.
  double look_at(Partition& partition, const Partition::CleaningUse& use, std::int64_t now_ms);
  Dirtiness dirtiness(Partition& partition, fluxmq_log* log, std::int64_t now_ms);
  bool clean(Partition& partition, const Partition::CleaningUse& use);
  CleaningResult clean_range(Partition& partition, fluxmq_log* log, const Dirtiness& dirt,
                             std::int64_t now_ms);
  void report(const Partition& partition, const Dirtiness& dirt, const CleaningResult& result,
              std::int64_t milliseconds) const;
  bool is_stopping();

  // A pass over many unused logs comes round after some passes.
  static constexpr std::size_t kMaxOpenedPerPass = 100;

  Environment& environment_;
  TopicIndex& topics_;
  bool enabled_ = false;
  Throttle throttle_;
  std::int64_t* const cleanings_;
  std::int64_t* const bytes_read_;
  std::int64_t* const bytes_written_;

  std::mutex mutex_;
  std::condition_variable changed_;
  Settings settings_;
  bool stopped_ = false;
  std::size_t next_to_open_ = 0;
  struct Worker {
    std::thread thread;
    bool ended = false;
  };
  std::vector<Worker> workers_;
};

}  // namespace fluxmq::core
