// How much of a log is to be cleaned, by Kafka's rules.
#pragma once
#include <cstdint>
#include <vector>

#include "fluxmq/abi/log_store.h"

namespace fluxmq::core {

// What a topic's configs say about compaction.
struct CompactionConfig {
  double min_cleanable_dirty_ratio = 0.5;
  std::int64_t min_compaction_lag_ms = 0;
  std::int64_t max_compaction_lag_ms = INT64_MAX;
  std::int64_t delete_retention_ms = 86'400'000;
};

struct Dirtiness {
  std::int64_t first_dirty_offset = 0;
  std::int64_t first_uncleanable_offset = 0;  // where a segment begins
  std::int64_t clean_bytes = 0;
  std::int64_t cleanable_bytes = 0;
  bool is_overdue = false;  // something waits for longer than max.compaction.lag.ms

  double ratio() const {
    const auto total = clean_bytes + cleanable_bytes;
    return total == 0 ? 0 : static_cast<double>(cleanable_bytes) / static_cast<double>(total);
  }
  bool is_cleanable(const CompactionConfig& config) const {
    return cleanable_bytes > 0 && (is_overdue || ratio() > config.min_cleanable_dirty_ratio);
  }
};

// The last of `segments` is the one that is appended to: it is never cleaned, nor is what lies past
// the last stable offset or was written within min.compaction.lag.ms.
Dirtiness assess(const std::vector<fluxmq_log_segment_info>& segments,
                 const fluxmq_log_state& state, std::int64_t last_stable_offset,
                 const CompactionConfig& config, std::int64_t now_ms);

}  // namespace fluxmq::core
