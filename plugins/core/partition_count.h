// How many partitions the broker holds, with those of changes under way; max.partitions bounds it.
#pragma once
#include <cstdint>
#include <mutex>

#include "fluxmq/host.h"
#include "outcome.h"

namespace fluxmq::core {

class PartitionCount {
 public:
  explicit PartitionCount(std::int32_t max) : max_(max) {}

  // Those that there are, however many.
  void add(std::int32_t count) {
    const std::lock_guard lock(mutex_);
    count_ += count;
  }
  Outcome reserve(std::int32_t count) {
    const std::lock_guard lock(mutex_);
    if (count_ + count > max_)
      return {ErrorCode::POLICY_VIOLATION,
              concat("The broker holds ", count_, " partitions; ", count,
                     " more would pass max.partitions, ", max_, ".")};
    count_ += count;
    return {};
  }
  void release(std::int32_t count) {
    const std::lock_guard lock(mutex_);
    count_ -= count;
  }

 private:
  const std::int32_t max_;
  std::mutex mutex_;
  std::int64_t count_ = 0;
};

}  // namespace fluxmq::core
