// JoinGroup (key 11): a member joins a classic group; the leader gets all subscriptions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct JoinGroupRequest {
  static constexpr std::int16_t api_key = 11;
  static constexpr std::string_view name = "JoinGroupRequest";
  static constexpr VersionRange versions{0, 9};
  static constexpr VersionRange flexible = since(6);

  struct JoinGroupRequestProtocol {
    std::string_view name;
    Bytes metadata;

    static constexpr FieldList fields{
        field("Name", &JoinGroupRequestProtocol::name),
        field("Metadata", &JoinGroupRequestProtocol::metadata),
    };
  };

  std::string_view group_id;
  std::int32_t session_timeout_ms = 0;
  std::int32_t rebalance_timeout_ms = -1;
  std::string_view member_id;
  std::optional<std::string_view> group_instance_id;
  std::string_view protocol_type;
  std::vector<JoinGroupRequestProtocol> protocols;
  std::optional<std::string_view> reason;

  static constexpr FieldList fields{
      field("GroupId", &JoinGroupRequest::group_id),
      field("SessionTimeoutMs", &JoinGroupRequest::session_timeout_ms),
      field("RebalanceTimeoutMs", &JoinGroupRequest::rebalance_timeout_ms, since(1)),
      field("MemberId", &JoinGroupRequest::member_id),
      field("GroupInstanceId", &JoinGroupRequest::group_instance_id, since(5), nullable_since(5)),
      field("ProtocolType", &JoinGroupRequest::protocol_type),
      field("Protocols", &JoinGroupRequest::protocols),
      field("Reason", &JoinGroupRequest::reason, since(8), nullable_since(8)),
  };
};

struct JoinGroupResponse {
  static constexpr std::int16_t api_key = 11;
  static constexpr std::string_view name = "JoinGroupResponse";
  static constexpr VersionRange versions{0, 9};
  static constexpr VersionRange flexible = since(6);

  struct JoinGroupResponseMember {
    std::string_view member_id;
    std::optional<std::string_view> group_instance_id;
    Bytes metadata;

    static constexpr FieldList fields{
        field("MemberId", &JoinGroupResponseMember::member_id),
        field("GroupInstanceId", &JoinGroupResponseMember::group_instance_id, since(5),
              nullable_since(5)),
        field("Metadata", &JoinGroupResponseMember::metadata),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::int32_t generation_id = -1;
  std::optional<std::string_view> protocol_type;
  std::optional<std::string_view> protocol_name = "";
  std::string_view leader;
  bool skip_assignment = false;
  std::string_view member_id;
  std::vector<JoinGroupResponseMember> members;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &JoinGroupResponse::throttle_time_ms, since(2)),
      field("ErrorCode", &JoinGroupResponse::error_code),
      field("GenerationId", &JoinGroupResponse::generation_id),
      field("ProtocolType", &JoinGroupResponse::protocol_type, since(7), nullable_since(7)),
      field("ProtocolName", &JoinGroupResponse::protocol_name, nullable_since(7)),
      field("Leader", &JoinGroupResponse::leader),
      field("SkipAssignment", &JoinGroupResponse::skip_assignment, since(9)),
      field("MemberId", &JoinGroupResponse::member_id),
      field("Members", &JoinGroupResponse::members),
  };
};

}  // namespace fluxmq::protocol
