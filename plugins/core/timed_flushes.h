// flush.ms: brings partitions to the disk so long after something was appended to them.
//
// One timer, for the first that is due.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "fluxmq/host.h"

namespace fluxmq::core {

class Partition;

class TimedFlushes {
 public:
  explicit TimedFlushes(Host host) : host_(host) {}

  // Once; the partition asks again after its next append.
  void flush_after(std::int64_t delay_ms, std::weak_ptr<Partition> partition);
  // No flush begins any more.
  void stop();

 private:
  void set_timer(std::int64_t now);
  void flush_due();

  const Host host_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::multimap<std::int64_t, std::weak_ptr<Partition>> due_;  // by time
  std::uint64_t timer_id_ = 0;                                 // 0: none is set
  std::int64_t timer_due_ = 0;
  bool is_flushing_ = false;
  bool stopped_ = false;
};

}  // namespace fluxmq::core
