// What of a partition is on the disk, and when more is to be brought there: flush.messages,
// flush.ms and acks=all. Guarded by the partition's lock.
#pragma once
#include <algorithm>
#include <cstdint>

#include "topic_config.h"

namespace fluxmq::core {

// What is to be done for the disk after an append.
struct FlushDemand {
  bool is_due = false;          // flush.messages: nobody is answered before
  bool acks_all_waits = false;  // for the disk; not with write.caching
  std::int64_t delay_ms = -1;   // flush.ms; -1: not asked for, or asked for already
};

class FlushState {
 public:
  FlushDemand demand(const TopicSettings& settings, bool is_internal, bool has_new,
                     std::int64_t high_watermark) {
    FlushDemand demand;
    // Coordinators rely on what they were answered.
    demand.acks_all_waits = !settings.write_caching || is_internal;
    demand.is_due = has_new && high_watermark - flushed_offset_ >= settings.flush_messages;
    const bool is_timed =
        has_new && !demand.is_due && settings.flush_ms >= 0 && settings.flush_ms < INT64_MAX;
    if (is_timed && !is_timed_) {
      is_timed_ = true;
      demand.delay_ms = settings.flush_ms;
    }
    return demand;
  }
  // flush.ms is over: whether there is something to flush.
  bool end_delay(std::int64_t high_watermark) {
    is_timed_ = false;
    return flushed_offset_ < high_watermark;
  }
  void flushed(std::int64_t offset) { flushed_offset_ = std::max(flushed_offset_, offset); }
  void log_read(std::int64_t end_offset) {
    flushed_offset_ = std::min(flushed_offset_, end_offset);
  }

 private:
  // What lies below it is on the disk. Of what a log has when it is opened only the store knows: to
  // flush it again costs nothing, and after a death of the process some of it may not be there.
  std::int64_t flushed_offset_ = 0;
  bool is_timed_ = false;
};

}  // namespace fluxmq::core
