#include "expiry.h"

#include <optional>

namespace fluxmq::api_groups {

namespace {

// From when on the retention of an offset counts; nullopt while its group may need it.
std::optional<std::int64_t> unused_since_ms(const Group& group,
                                            const OffsetAndMetadata& committed) {
  // Offsets of a consumer without membership live by their commits.
  if (!group.protocol_type()) return committed.commit_timestamp_ms;
  if (group.is(GroupState::kEmpty)) {
    return group.state_timestamp_ms() == -1 ? committed.commit_timestamp_ms
                                            : group.state_timestamp_ms();
  }
  if (group.is(GroupState::kStable) && group.uses_consumer_protocol() &&
      group.knows_subscribed_topics()) {
    return committed.commit_timestamp_ms;
  }
  return std::nullopt;
}

bool is_expired(const Group& group, std::string_view topic, const OffsetAndMetadata& committed,
                std::int64_t now_ms, std::int64_t retention_ms) {
  const auto since_ms = unused_since_ms(group, committed);
  if (!since_ms || group.is_subscribed_to(topic)) return false;
  if (committed.expire_timestamp_ms != -1) return now_ms >= committed.expire_timestamp_ms;
  return now_ms - *since_ms >= retention_ms;
}

}  // namespace

ExpiredOffsets find_expired(const Group& group, std::int64_t now_ms, std::int64_t retention_ms,
                            const IsCurrentTopic& is_current) {
  ExpiredOffsets expired;
  for (const auto& [topic, partitions] : group.offsets.topics()) {
    for (const auto& [partition, committed] : partitions) {
      if (is_expired(group, topic, committed, now_ms, retention_ms) ||
          !is_current(topic, committed.topic_id)) {
        expired.partitions.push_back({topic, partition});
      } else {
        expired.are_all = false;
      }
    }
  }
  return expired;
}

}  // namespace fluxmq::api_groups
