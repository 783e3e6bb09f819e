// Deletes old segments: a pass over the partitions every log.retention.check.interval.ms.
//
// Logs that were not used since the start are looked at too, some in each pass: they are opened for
// it, and closed again.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "environment.h"
#include "topic_index.h"

namespace fluxmq::core {

class Retention {
 public:
  // Begins the passes.
  Retention(Environment& environment, TopicIndex& topics);
  // Ends them; waits for one that is under way.
  void stop();

 private:
  void schedule();
  void begin_pass();
  void pass();
  bool is_stopped();

  // So a pass over 10,000 unused partitions comes round in a bit over an hour and a half.
  static constexpr std::size_t kMaxOpenedPerPass = 500;

  Environment& environment_;
  TopicIndex& topics_;
  const std::int64_t interval_ms_;
  std::size_t next_to_open_ = 0;  // its place among all partitions, where the last pass ended
  std::mutex mutex_;
  std::condition_variable pass_ended_;
  bool stopped_ = false;
  bool in_pass_ = false;
  std::uint64_t timer_id_ = 0;
};

}  // namespace fluxmq::core
