// DeleteAcls (key 31): removes the access rules that match filters.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DeleteAclsRequest {
  static constexpr std::int16_t api_key = 31;
  static constexpr std::string_view name = "DeleteAclsRequest";
  static constexpr VersionRange versions{0, 3};
  static constexpr VersionRange flexible = since(2);

  struct DeleteAclsFilter {
    std::int8_t resource_type_filter = 0;
    std::optional<std::string_view> resource_name_filter = "";
    std::int8_t pattern_type_filter = 3;
    std::optional<std::string_view> principal_filter = "";
    std::optional<std::string_view> host_filter = "";
    std::int8_t operation = 0;
    std::int8_t permission_type = 0;

    static constexpr FieldList fields{
        field("ResourceTypeFilter", &DeleteAclsFilter::resource_type_filter),
        field("ResourceNameFilter", &DeleteAclsFilter::resource_name_filter, nullable()),
        field("PatternTypeFilter", &DeleteAclsFilter::pattern_type_filter, since(1)),
        field("PrincipalFilter", &DeleteAclsFilter::principal_filter, nullable()),
        field("HostFilter", &DeleteAclsFilter::host_filter, nullable()),
        field("Operation", &DeleteAclsFilter::operation),
        field("PermissionType", &DeleteAclsFilter::permission_type),
    };
  };

  std::vector<DeleteAclsFilter> filters;

  static constexpr FieldList fields{
      field("Filters", &DeleteAclsRequest::filters),
  };
};

struct DeleteAclsResponse {
  static constexpr std::int16_t api_key = 31;
  static constexpr std::string_view name = "DeleteAclsResponse";
  static constexpr VersionRange versions{0, 3};
  static constexpr VersionRange flexible = since(2);

  struct DeleteAclsMatchingAcl {
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message = "";
    std::int8_t resource_type = 0;
    std::string_view resource_name;
    std::int8_t pattern_type = 3;
    std::string_view principal;
    std::string_view host;
    std::int8_t operation = 0;
    std::int8_t permission_type = 0;

    static constexpr FieldList fields{
        field("ErrorCode", &DeleteAclsMatchingAcl::error_code),
        field("ErrorMessage", &DeleteAclsMatchingAcl::error_message, nullable()),
        field("ResourceType", &DeleteAclsMatchingAcl::resource_type),
        field("ResourceName", &DeleteAclsMatchingAcl::resource_name),
        field("PatternType", &DeleteAclsMatchingAcl::pattern_type, since(1)),
        field("Principal", &DeleteAclsMatchingAcl::principal),
        field("Host", &DeleteAclsMatchingAcl::host),
        field("Operation", &DeleteAclsMatchingAcl::operation),
        field("PermissionType", &DeleteAclsMatchingAcl::permission_type),
    };
  };

  struct DeleteAclsFilterResult {
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message = "";
    std::vector<DeleteAclsMatchingAcl> matching_acls;

    static constexpr FieldList fields{
        field("ErrorCode", &DeleteAclsFilterResult::error_code),
        field("ErrorMessage", &DeleteAclsFilterResult::error_message, nullable()),
        field("MatchingAcls", &DeleteAclsFilterResult::matching_acls),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<DeleteAclsFilterResult> filter_results;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &DeleteAclsResponse::throttle_time_ms),
      field("FilterResults", &DeleteAclsResponse::filter_results),
  };
};

}  // namespace fluxmq::protocol
