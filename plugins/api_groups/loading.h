// Loading: reads a partition of __consumer_offsets from its start to its high watermark, and builds
// the groups that it keeps.
#pragma once
#include <atomic>
#include <cstdint>

#include "fluxmq/host.h"
#include "fluxmq/partition.h"
#include "fluxmq/task.h"
#include "group_table.h"

namespace fluxmq::api_groups {

class Loading {
 public:
  Loading(Host host, const Partition& partition, std::int32_t index, std::int32_t buffer_bytes,
          GroupTable& groups)
      : host_(host),
        partition_(partition),
        index_(index),
        buffer_bytes_(buffer_bytes),
        groups_(groups) {}

  // False if the log can't be read. Damaged parts of it are left out, and reported. Ends early once
  // `is_stopping`.
  Async<bool> run(const std::atomic<bool>& is_stopping);

 private:
  enum class Progress : std::uint8_t { kMore, kComplete, kFailed };

  Progress take(const ReadResult& result);

  const Host host_;
  const Partition& partition_;
  const std::int32_t index_;
  const std::int32_t buffer_bytes_;
  GroupTable& groups_;
  std::int64_t offset_ = 0;  // of what is to be read next
  std::int64_t records_ = 0;
};

}  // namespace fluxmq::api_groups
