// LeaveGroup (key 13): members leave a classic group. From version 3 on several at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct LeaveGroupRequest {
  static constexpr std::int16_t api_key = 13;
  static constexpr std::string_view name = "LeaveGroupRequest";
  static constexpr VersionRange versions{0, 5};
  static constexpr VersionRange flexible = since(4);

  struct MemberIdentity {
    std::string_view member_id;
    std::optional<std::string_view> group_instance_id;
    std::optional<std::string_view> reason;

    static constexpr FieldList fields{
        field("MemberId", &MemberIdentity::member_id, since(3)),
        field("GroupInstanceId", &MemberIdentity::group_instance_id, since(3), nullable_since(3)),
        field("Reason", &MemberIdentity::reason, since(5), nullable_since(5)),
    };
  };

  std::string_view group_id;
  std::string_view member_id;
  std::vector<MemberIdentity> members;

  static constexpr FieldList fields{
      field("GroupId", &LeaveGroupRequest::group_id),
      field("MemberId", &LeaveGroupRequest::member_id, until(2)),
      field("Members", &LeaveGroupRequest::members, since(3)),
  };
};

struct LeaveGroupResponse {
  static constexpr std::int16_t api_key = 13;
  static constexpr std::string_view name = "LeaveGroupResponse";
  static constexpr VersionRange versions{0, 5};
  static constexpr VersionRange flexible = since(4);

  struct MemberResponse {
    std::string_view member_id;
    std::optional<std::string_view> group_instance_id = "";
    std::int16_t error_code = 0;

    static constexpr FieldList fields{
        field("MemberId", &MemberResponse::member_id, since(3)),
        field("GroupInstanceId", &MemberResponse::group_instance_id, since(3), nullable_since(3)),
        field("ErrorCode", &MemberResponse::error_code, since(3)),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::vector<MemberResponse> members;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &LeaveGroupResponse::throttle_time_ms, since(1)),
      field("ErrorCode", &LeaveGroupResponse::error_code),
      field("Members", &LeaveGroupResponse::members, since(3)),
  };
};

}  // namespace fluxmq::protocol
