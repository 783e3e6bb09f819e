// The appends of one partition that arrived in one turn of the loops, and go to the log as one.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "fluxmq/abi/partition.h"

namespace fluxmq::core {

class Partition;

struct StagedAppend {
  fluxmq_append_done done;
  void* context;
  std::int64_t base_offset;
  std::int64_t log_append_time_ms;
  std::int16_t acks;
};

struct AppendGroup {
  std::shared_ptr<Partition> partition;
  std::vector<fluxmq_bytes> batches;  // none: all of them were stored before
  std::vector<StagedAppend> appends;
  std::vector<std::vector<std::uint8_t>> rebuilt;  // what batches lie in that no client sent so
  std::int64_t base_offset = -1;
  std::int64_t end_offset = -1;
  std::int64_t log_start_offset = -1;
  std::int16_t error = 0;  // of an append before it: this one can't be stored either
  bool wants_flush = false;
  bool answered = false;         // all of them, before the flush
  bool waits_for_flush = false;  // those with acks=0 and 1 too
};

// Groups are used again with the room they have, so that an append allocates nothing.
class AppendGroupPool {
 public:
  std::unique_ptr<AppendGroup> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        auto group = std::move(free_.back());
        free_.pop_back();
        return group;
      }
    }
    return std::make_unique<AppendGroup>();
  }

  void give_back(std::unique_ptr<AppendGroup> group) {
    if (group->appends.capacity() > kMaxKeptAppends) return;
    group->batches.clear();
    group->appends.clear();
    group->rebuilt.clear();
    group->base_offset = group->end_offset = -1;
    group->error = 0;
    group->wants_flush = group->answered = group->waits_for_flush = false;
    const std::lock_guard lock(mutex_);
    if (free_.size() < kMaxKeptGroups) free_.push_back(std::move(group));
  }

 private:
  // What is kept at most: 64 groups of 256 appends are 1 MiB.
  static constexpr std::size_t kMaxKeptGroups = 64;
  static constexpr std::size_t kMaxKeptAppends = 256;
  std::mutex mutex_;
  std::vector<std::unique_ptr<AppendGroup>> free_;
};

}  // namespace fluxmq::core
