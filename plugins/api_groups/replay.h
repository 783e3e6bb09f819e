// Reads batches of __consumer_offsets and applies their records to a GroupTable. What can't be read
// is left out and counted: one bad record must not take the other groups away.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fluxmq/abi/segment.h"
#include "fluxmq/protocol/primitives.h"
#include "group_table.h"

namespace fluxmq::api_groups {

// What lies in the segments; nullopt if a file can't be read.
std::optional<std::vector<std::uint8_t>> gather(std::span<const fluxmq_segment> segments);

struct ReplayedChunk {
  std::int64_t next_offset = -1;  // -1: not one whole batch
  std::int64_t records = 0;
  std::int64_t left_out = 0;  // records, or whole batches
  std::string problem;        // the last one's
};

ReplayedChunk replay(protocol::Bytes chunk, GroupTable& groups);

}  // namespace fluxmq::api_groups
