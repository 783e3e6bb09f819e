// DescribeAcls (key 29): the access rules that match a filter.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DescribeAclsRequest {
  static constexpr std::int16_t api_key = 29;
  static constexpr std::string_view name = "DescribeAclsRequest";
  static constexpr VersionRange versions{0, 3};
  static constexpr VersionRange flexible = since(2);

  std::int8_t resource_type_filter = 0;
  std::optional<std::string_view> resource_name_filter = "";
  std::int8_t pattern_type_filter = 3;
  std::optional<std::string_view> principal_filter = "";
  std::optional<std::string_view> host_filter = "";
  std::int8_t operation = 0;
  std::int8_t permission_type = 0;

  static constexpr FieldList fields{
      field("ResourceTypeFilter", &DescribeAclsRequest::resource_type_filter),
      field("ResourceNameFilter", &DescribeAclsRequest::resource_name_filter, nullable()),
      field("PatternTypeFilter", &DescribeAclsRequest::pattern_type_filter, since(1)),
      field("PrincipalFilter", &DescribeAclsRequest::principal_filter, nullable()),
      field("HostFilter", &DescribeAclsRequest::host_filter, nullable()),
      field("Operation", &DescribeAclsRequest::operation),
      field("PermissionType", &DescribeAclsRequest::permission_type),
  };
};

struct DescribeAclsResponse {
  static constexpr std::int16_t api_key = 29;
  static constexpr std::string_view name = "DescribeAclsResponse";
  static constexpr VersionRange versions{0, 3};
  static constexpr VersionRange flexible = since(2);

  struct AclDescription {
    std::string_view principal;
    std::string_view host;
    std::int8_t operation = 0;
    std::int8_t permission_type = 0;

    static constexpr FieldList fields{
        field("Principal", &AclDescription::principal),
        field("Host", &AclDescription::host),
        field("Operation", &AclDescription::operation),
        field("PermissionType", &AclDescription::permission_type),
    };
  };

  struct DescribeAclsResource {
    std::int8_t resource_type = 0;
    std::string_view resource_name;
    std::int8_t pattern_type = 3;
    std::vector<AclDescription> acls;

    static constexpr FieldList fields{
        field("ResourceType", &DescribeAclsResource::resource_type),
        field("ResourceName", &DescribeAclsResource::resource_name),
        field("PatternType", &DescribeAclsResource::pattern_type, since(1)),
        field("Acls", &DescribeAclsResource::acls),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message = "";
  std::vector<DescribeAclsResource> resources;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &DescribeAclsResponse::throttle_time_ms),
      field("ErrorCode", &DescribeAclsResponse::error_code),
      field("ErrorMessage", &DescribeAclsResponse::error_message, nullable()),
      field("Resources", &DescribeAclsResponse::resources),
  };
};

}  // namespace fluxmq::protocol
