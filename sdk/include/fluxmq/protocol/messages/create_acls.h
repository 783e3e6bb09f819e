// CreateAcls (key 30): adds access rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct CreateAclsRequest {
  static constexpr std::int16_t api_key = 30;
  static constexpr std::string_view name = "CreateAclsRequest";
  static constexpr VersionRange versions{0, 3};
  static constexpr VersionRange flexible = since(2);

  struct AclCreation {
    std::int8_t resource_type = 0;
    std::string_view resource_name;
    std::int8_t resource_pattern_type = 3;
    std::string_view principal;
    std::string_view host;
    std::int8_t operation = 0;
    std::int8_t permission_type = 0;

    static constexpr FieldList fields{
        field("ResourceType", &AclCreation::resource_type),
        field("ResourceName", &AclCreation::resource_name),
        field("ResourcePatternType", &AclCreation::resource_pattern_type, since(1)),
        field("Principal", &AclCreation::principal),
        field("Host", &AclCreation::host),
        field("Operation", &AclCreation::operation),
        field("PermissionType", &AclCreation::permission_type),
    };
  };

  std::vector<AclCreation> creations;

  static constexpr FieldList fields{
      field("Creations", &CreateAclsRequest::creations),
  };
};

struct CreateAclsResponse {
  static constexpr std::int16_t api_key = 30;
  static constexpr std::string_view name = "CreateAclsResponse";
  static constexpr VersionRange versions{0, 3};
  static constexpr VersionRange flexible = since(2);

  struct AclCreationResult {
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message = "";

    static constexpr FieldList fields{
        field("ErrorCode", &AclCreationResult::error_code),
        field("ErrorMessage", &AclCreationResult::error_message, nullable()),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<AclCreationResult> results;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &CreateAclsResponse::throttle_time_ms),
      field("Results", &CreateAclsResponse::results),
  };
};

}  // namespace fluxmq::protocol
