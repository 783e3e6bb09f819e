// Which committed offsets a group has no use for any more.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "group.h"

namespace fluxmq::api_groups {

// Whether a topic of that name is there, and still the one of that id (any, if zero).
using IsCurrentTopic = std::function<bool(std::string_view topic, const protocol::Uuid& id)>;

struct ExpiredOffsets {
  struct Partition {
    std::string topic;
    std::int32_t partition;
  };
  std::vector<Partition> partitions;
  bool are_all = true;
};

ExpiredOffsets find_expired(const Group& group, std::int64_t now_ms, std::int64_t retention_ms,
                            const IsCurrentTopic& is_current);

}  // namespace fluxmq::api_groups
