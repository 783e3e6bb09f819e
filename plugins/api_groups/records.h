// The records that keep groups and offsets in __consumer_offsets, in Kafka's own formats.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "group.h"
#include "offsets.h"

namespace fluxmq::api_groups {

struct CoordinatorRecord {
  std::string key;
  std::optional<std::string> value;  // null deletes what the key says

  std::size_t size_bytes() const { return key.size() + (value ? value->size() : 0); }
};

// By member id; members that aren't in it have an empty one.
using Assignments = std::unordered_map<std::string, std::string>;

CoordinatorRecord group_record(const Group& group, const Assignments& assignments);
// With the assignments that the members have.
CoordinatorRecord group_record(const Group& group);
CoordinatorRecord group_tombstone(std::string_view group_id);
CoordinatorRecord offset_record(std::string_view group_id, std::string_view topic,
                                std::int32_t partition, const OffsetAndMetadata& committed);
CoordinatorRecord offset_tombstone(std::string_view group_id, std::string_view topic,
                                   std::int32_t partition);

}  // namespace fluxmq::api_groups
