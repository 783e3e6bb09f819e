// DeleteGroups (key 42): deletes empty groups and their offsets.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DeleteGroupsRequest {
  static constexpr std::int16_t api_key = 42;
  static constexpr std::string_view name = "DeleteGroupsRequest";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(2);

  std::vector<std::string_view> groups_names;

  static constexpr FieldList fields{
      field("GroupsNames", &DeleteGroupsRequest::groups_names),
  };
};

struct DeleteGroupsResponse {
  static constexpr std::int16_t api_key = 42;
  static constexpr std::string_view name = "DeleteGroupsResponse";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(2);

  struct DeletableGroupResult {
    std::string_view group_id;
    std::int16_t error_code = 0;

    static constexpr FieldList fields{
        field("GroupId", &DeletableGroupResult::group_id),
        field("ErrorCode", &DeletableGroupResult::error_code),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<DeletableGroupResult> results;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &DeleteGroupsResponse::throttle_time_ms),
      field("Results", &DeleteGroupsResponse::results),
  };
};

}  // namespace fluxmq::protocol
