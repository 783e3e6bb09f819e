#include "dirtiness.h"

#include <algorithm>

namespace fluxmq::core {
namespace {

// The segment that holds `offset`; the first one, if all begin after it.
std::size_t segment_of(const std::vector<fluxmq_log_segment_info>& segments, std::int64_t offset) {
  std::size_t at = 0;
  while (at + 1 < segments.size() && segments[at + 1].base_offset <= offset) ++at;
  return at;
}

}  // namespace

Dirtiness assess(const std::vector<fluxmq_log_segment_info>& segments,
                 const fluxmq_log_state& state, std::int64_t last_stable_offset,
                 const CompactionConfig& config, std::int64_t now_ms) {
  Dirtiness dirt;
  const bool fits =
      state.clean_offset >= state.log_start_offset && state.clean_offset <= state.log_end_offset;
  dirt.first_dirty_offset = fits ? state.clean_offset : state.log_start_offset;
  dirt.first_uncleanable_offset = dirt.first_dirty_offset;
  if (segments.size() < 2) return dirt;

  const std::size_t active = segments.size() - 1;
  const std::size_t first_dirty = segment_of(segments, dirt.first_dirty_offset);
  std::size_t end = std::min(active, segment_of(segments, last_stable_offset));
  const auto too_new_ms = now_ms - config.min_compaction_lag_ms;
  for (std::size_t i = first_dirty; i < end && config.min_compaction_lag_ms > 0; ++i) {
    if (segments[i].largest_timestamp_ms > too_new_ms) end = i;
  }
  for (std::size_t i = 0; i < active; ++i) {
    const auto& segment = segments[i];
    if (segment.base_offset < dirt.first_dirty_offset) dirt.clean_bytes += segment.size_bytes;
    if (i >= first_dirty && i < end) dirt.cleanable_bytes += segment.size_bytes;
    dirt.is_overdue |= i >= first_dirty && segment.first_timestamp_ms > 0 &&
                       segment.first_timestamp_ms < now_ms - config.max_compaction_lag_ms;
  }
  dirt.first_uncleanable_offset = std::max(dirt.first_dirty_offset, segments[end].base_offset);
  return dirt;
}

}  // namespace fluxmq::core
