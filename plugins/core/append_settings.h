// What a partition's appends are checked by. It changes rarely, each value for itself: so it is
// read without the partition's lock.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "append_rules.h"
#include "fluxmq/abi/partition.h"
#include "topic_config.h"

namespace fluxmq::core {

class AppendSettings {
 public:
  void set(const TopicSettings& settings) {
    constexpr auto order = std::memory_order_relaxed;
    max_message_bytes_.store(settings.max_message_bytes, order);
    segment_bytes_.store(settings.log.segment_bytes, order);
    log_append_time_.store(settings.log_append_time, order);
    compacted_.store(settings.compacted, order);
    timestamp_before_max_ms_.store(settings.timestamp_before_max_ms, order);
    timestamp_after_max_ms_.store(settings.timestamp_after_max_ms, order);
    compression_.store(settings.compression, order);
  }

  // `flags`: of fluxmq_append_request.
  AppendRules rules(std::uint32_t flags, std::size_t max_uncompressed_bytes) const {
    constexpr auto order = std::memory_order_relaxed;
    return {.max_message_bytes = max_message_bytes_.load(order),
            .segment_bytes = segment_bytes_.load(order),
            .log_append_time = log_append_time_.load(order),
            .compacted = compacted_.load(order),
            .zstd_allowed = (flags & FLUXMQ_APPEND_WITHOUT_ZSTD) == 0,
            .old_formats = (flags & FLUXMQ_APPEND_OLD_FORMATS) != 0,
            .timestamp_before_max_ms = timestamp_before_max_ms_.load(order),
            .timestamp_after_max_ms = timestamp_after_max_ms_.load(order),
            .compression = compression_.load(order),
            .max_uncompressed_bytes = max_uncompressed_bytes};
  }

 private:
  std::atomic<std::int32_t> max_message_bytes_;
  std::atomic<std::int32_t> segment_bytes_;
  std::atomic<bool> log_append_time_;
  std::atomic<bool> compacted_;
  std::atomic<std::int64_t> timestamp_before_max_ms_;
  std::atomic<std::int64_t> timestamp_after_max_ms_;
  std::atomic<TopicCompression> compression_;
};

}  // namespace fluxmq::core
