// What groups may take, and how long they wait for more members.
#pragma once
#include <cstddef>
#include <cstdint>

namespace fluxmq::api_groups {

struct ProtocolLimits {
  std::int32_t initial_rebalance_delay_ms = 3000;
  std::int32_t max_size = INT32_MAX;                  // members of a group
  std::size_t max_pending_members = 100'000;          // who got an id and didn't join with it yet
  std::size_t max_metadata_bytes = 64 * 1024 * 1024;  // what members tell, and what they are told
};

}  // namespace fluxmq::api_groups
