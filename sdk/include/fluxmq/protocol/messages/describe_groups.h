// DescribeGroups (key 15): state and members of classic groups.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DescribeGroupsRequest {
  static constexpr std::int16_t api_key = 15;
  static constexpr std::string_view name = "DescribeGroupsRequest";
  static constexpr VersionRange versions{0, 6};
  static constexpr VersionRange flexible = since(5);

  std::vector<std::string_view> groups;
  bool include_authorized_operations = false;

  static constexpr FieldList fields{
      field("Groups", &DescribeGroupsRequest::groups),
      field("IncludeAuthorizedOperations", &DescribeGroupsRequest::include_authorized_operations,
            since(3)),
  };
};

struct DescribeGroupsResponse {
  static constexpr std::int16_t api_key = 15;
  static constexpr std::string_view name = "DescribeGroupsResponse";
  static constexpr VersionRange versions{0, 6};
  static constexpr VersionRange flexible = since(5);

  struct DescribedGroupMember {
    std::string_view member_id;
    std::optional<std::string_view> group_instance_id;
    std::string_view client_id;
    std::string_view client_host;
    Bytes member_metadata;
    Bytes member_assignment;

    static constexpr FieldList fields{
        field("MemberId", &DescribedGroupMember::member_id),
        field("GroupInstanceId", &DescribedGroupMember::group_instance_id, since(4),
              nullable_since(4)),
        field("ClientId", &DescribedGroupMember::client_id),
        field("ClientHost", &DescribedGroupMember::client_host),
        field("MemberMetadata", &DescribedGroupMember::member_metadata),
        field("MemberAssignment", &DescribedGroupMember::member_assignment),
    };
  };

  struct DescribedGroup {
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message;
    std::string_view group_id;
    std::string_view group_state;
    std::string_view protocol_type;
    std::string_view protocol_data;
    std::vector<DescribedGroupMember> members;
    std::int32_t authorized_operations = std::numeric_limits<std::int32_t>::min();

    static constexpr FieldList fields{
        field("ErrorCode", &DescribedGroup::error_code),
        field("ErrorMessage", &DescribedGroup::error_message, since(6), nullable_since(6)),
        field("GroupId", &DescribedGroup::group_id),
        field("GroupState", &DescribedGroup::group_state),
        field("ProtocolType", &DescribedGroup::protocol_type),
        field("ProtocolData", &DescribedGroup::protocol_data),
        field("Members", &DescribedGroup::members),
        field("AuthorizedOperations", &DescribedGroup::authorized_operations, since(3)),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<DescribedGroup> groups;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &DescribeGroupsResponse::throttle_time_ms, since(1)),
      field("Groups", &DescribeGroupsResponse::groups),
  };
};

}  // namespace fluxmq::protocol
