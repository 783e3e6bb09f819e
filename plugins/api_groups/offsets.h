// GroupOffsets: what one group has committed, by topic and partition.
#pragma once
#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "budget.h"
#include "fluxmq/protocol/primitives.h"

namespace fluxmq::api_groups {

struct OffsetAndMetadata {
  std::int64_t offset = -1;
  std::int32_t leader_epoch = -1;
  std::string metadata;
  std::int64_t commit_timestamp_ms = -1;
  std::int64_t expire_timestamp_ms = -1;  // -1: as offsets.retention.minutes says
  protocol::Uuid topic_id;                // zero in records older than Kafka 4.1's
};

class GroupOffsets {
 private:
  template <class List>
  static auto lower_bound(List& partitions, std::int32_t partition) {
    return std::lower_bound(partitions.begin(), partitions.end(), partition,
                            [](const auto& entry, std::int32_t key) { return entry.first < key; });
  }

 public:
  // Ordered by partition; a vector, since groups are many and their topics have few partitions.
  using Partitions = std::vector<std::pair<std::int32_t, OffsetAndMetadata>>;

  explicit GroupOffsets(Budget* budget = nullptr) : share_(budget) {}

  bool empty() const { return topics_.empty(); }
  const std::map<std::string, Partitions, std::less<>>& topics() const { return topics_; }

  const OffsetAndMetadata* find(std::string_view topic, std::int32_t partition) const {
    const auto found = topics_.find(topic);
    if (found == topics_.end()) return nullptr;
    const auto at = lower_bound(found->second, partition);
    return at != found->second.end() && at->first == partition ? &at->second : nullptr;
  }

  // What putting it takes beyond what is there.
  std::size_t growth(std::string_view topic, std::int32_t partition,
                     std::size_t metadata_bytes) const {
    const auto* const before = find(topic, partition);
    if (before == nullptr) return kTopicBytes + topic.size() + kOffsetBytes + metadata_bytes;
    return metadata_bytes - std::min(metadata_bytes, before->metadata.size());
  }

  void put(std::string_view topic, std::int32_t partition, OffsetAndMetadata committed) {
    auto found = topics_.find(topic);
    if (found == topics_.end()) {
      found = topics_.emplace(std::string(topic), Partitions{}).first;
      share_.grow(kTopicBytes + topic.size());
    }
    share_.grow(kOffsetBytes + committed.metadata.size());
    const auto at = lower_bound(found->second, partition);
    if (at != found->second.end() && at->first == partition) {
      share_.shrink(kOffsetBytes + at->second.metadata.size());
      at->second = std::move(committed);
    } else {
      found->second.emplace(at, partition, std::move(committed));
    }
  }

  void remove(std::string_view topic, std::int32_t partition) {
    const auto found = topics_.find(topic);
    if (found == topics_.end()) return;
    const auto at = lower_bound(found->second, partition);
    if (at == found->second.end() || at->first != partition) return;
    share_.shrink(kOffsetBytes + at->second.metadata.size());
    found->second.erase(at);
    if (!found->second.empty()) return;
    share_.shrink(kTopicBytes + topic.size());
    topics_.erase(found);
  }

 private:
  std::map<std::string, Partitions, std::less<>> topics_;
  Share share_;
};

}  // namespace fluxmq::api_groups
