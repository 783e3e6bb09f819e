// ListGroups (key 16): the groups that this broker coordinates.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ListGroupsRequest {
  static constexpr std::int16_t api_key = 16;
  static constexpr std::string_view name = "ListGroupsRequest";
  static constexpr VersionRange versions{0, 5};
  static constexpr VersionRange flexible = since(3);

  std::vector<std::string_view> states_filter;
  std::vector<std::string_view> types_filter;

  static constexpr FieldList fields{
      field("StatesFilter", &ListGroupsRequest::states_filter, since(4)),
      field("TypesFilter", &ListGroupsRequest::types_filter, since(5)),
  };
};

struct ListGroupsResponse {
  static constexpr std::int16_t api_key = 16;
  static constexpr std::string_view name = "ListGroupsResponse";
  static constexpr VersionRange versions{0, 5};
  static constexpr VersionRange flexible = since(3);

  struct ListedGroup {
    std::string_view group_id;
    std::string_view protocol_type;
    std::string_view group_state;
    std::string_view group_type;

    static constexpr FieldList fields{
        field("GroupId", &ListedGroup::group_id),
        field("ProtocolType", &ListedGroup::protocol_type),
        field("GroupState", &ListedGroup::group_state, since(4)),
        field("GroupType", &ListedGroup::group_type, since(5)),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::vector<ListedGroup> groups;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &ListGroupsResponse::throttle_time_ms, since(1)),
      field("ErrorCode", &ListGroupsResponse::error_code),
      field("Groups", &ListGroupsResponse::groups),
  };
};

}  // namespace fluxmq::protocol
