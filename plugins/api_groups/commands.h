// What requests ask of a group. Strings are borrowed until the answer.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/primitives.h"
#include "group.h"
#include "records.h"

namespace fluxmq::api_groups {

// Why a client says that it joins or leaves (KIP-800), for operators.
inline std::string_view or_not_provided(std::string_view reason) {
  return reason.empty() ? "not provided" : reason;
}

struct JoinCommand {
  std::string_view member_id;
  std::optional<std::string_view> group_instance_id;
  std::string_view client_id;
  std::string_view client_host;
  std::int32_t session_timeout_ms = 0;
  std::int32_t rebalance_timeout_ms = 0;
  std::string_view protocol_type;
  std::vector<MemberProtocol> protocols;
  std::string_view reason;
  bool requires_known_member_id = false;      // JoinGroup 4+ (KIP-394)
  bool supports_skipping_assignment = false;  // JoinGroup 9+ (KIP-814)
};

struct SyncCommand {
  std::string_view member_id;
  std::optional<std::string_view> group_instance_id;
  std::int32_t generation_id = -1;
  std::optional<std::string_view> protocol_type;
  std::optional<std::string_view> protocol_name;
  Assignments assignments;
};

struct LeaveCommand {
  std::string_view member_id;
  std::optional<std::string_view> group_instance_id;
  std::string_view reason;
};

struct CommitCommand {
  struct Offset {
    std::string_view topic;
    protocol::Uuid topic_id;
    std::int32_t partition = 0;
    std::int64_t offset = -1;
    std::int32_t leader_epoch = -1;
    std::string_view metadata;
    std::int64_t timestamp_ms = -1;  // -1: now
  };

  std::string_view group_id;
  std::string_view member_id;
  std::optional<std::string_view> group_instance_id;
  std::int32_t generation_id = -1;
  std::int64_t retention_time_ms = -1;    // -1: as offsets.retention.minutes says
  bool knows_group_id_not_found = false;  // OffsetCommit 9+
  std::vector<Offset> offsets;
};

struct DeleteOffsetsCommand {
  std::string_view group_id;
  struct Partition {
    std::string_view topic;
    std::int32_t partition;
  };
  std::vector<Partition> partitions;
};

// Of all, or else of each in the order of the command.
struct ErrorList {
  ErrorCode error = ErrorCode::NONE;
  std::vector<ErrorCode> each;

  ErrorCode of(std::size_t index) const { return error != ErrorCode::NONE ? error : each[index]; }
};

}  // namespace fluxmq::api_groups
