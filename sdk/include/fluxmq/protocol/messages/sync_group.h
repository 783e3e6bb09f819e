// SyncGroup (key 14): the leader of a classic group hands in the assignment, each member gets its
// own.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct SyncGroupRequest {
  static constexpr std::int16_t api_key = 14;
  static constexpr std::string_view name = "SyncGroupRequest";
  static constexpr VersionRange versions{0, 5};
  static constexpr VersionRange flexible = since(4);

  struct SyncGroupRequestAssignment {
    std::string_view member_id;
    Bytes assignment;

    static constexpr FieldList fields{
        field("MemberId", &SyncGroupRequestAssignment::member_id),
        field("Assignment", &SyncGroupRequestAssignment::assignment),
    };
  };

  std::string_view group_id;
  std::int32_t generation_id = 0;
  std::string_view member_id;
  std::optional<std::string_view> group_instance_id;
  std::optional<std::string_view> protocol_type;
  std::optional<std::string_view> protocol_name;
  std::vector<SyncGroupRequestAssignment> assignments;

  static constexpr FieldList fields{
      field("GroupId", &SyncGroupRequest::group_id),
      field("GenerationId", &SyncGroupRequest::generation_id),
      field("MemberId", &SyncGroupRequest::member_id),
      field("GroupInstanceId", &SyncGroupRequest::group_instance_id, since(3), nullable_since(3)),
      field("ProtocolType", &SyncGroupRequest::protocol_type, since(5), nullable_since(5)),
      field("ProtocolName", &SyncGroupRequest::protocol_name, since(5), nullable_since(5)),
      field("Assignments", &SyncGroupRequest::assignments),
  };
};

struct SyncGroupResponse {
  static constexpr std::int16_t api_key = 14;
  static constexpr std::string_view name = "SyncGroupResponse";
  static constexpr VersionRange versions{0, 5};
  static constexpr VersionRange flexible = since(4);

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::optional<std::string_view> protocol_type;
  std::optional<std::string_view> protocol_name;
  Bytes assignment;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &SyncGroupResponse::throttle_time_ms, since(1)),
      field("ErrorCode", &SyncGroupResponse::error_code),
      field("ProtocolType", &SyncGroupResponse::protocol_type, since(5), nullable_since(5)),
      field("ProtocolName", &SyncGroupResponse::protocol_name, since(5), nullable_since(5)),
      field("Assignment", &SyncGroupResponse::assignment),
  };
};

}  // namespace fluxmq::protocol
