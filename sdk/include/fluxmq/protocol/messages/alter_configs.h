// AlterConfigs (key 33): replaces all configs of resources; clients use IncrementalAlterConfigs
// today.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct AlterConfigsRequest {
  static constexpr std::int16_t api_key = 33;
  static constexpr std::string_view name = "AlterConfigsRequest";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(2);

  struct AlterableConfig {
    std::string_view name;
    std::optional<std::string_view> value = "";

    static constexpr FieldList fields{
        field("Name", &AlterableConfig::name),
        field("Value", &AlterableConfig::value, nullable()),
    };
  };

  struct AlterConfigsResource {
    std::int8_t resource_type = 0;
    std::string_view resource_name;
    std::vector<AlterableConfig> configs;

    static constexpr FieldList fields{
        field("ResourceType", &AlterConfigsResource::resource_type),
        field("ResourceName", &AlterConfigsResource::resource_name),
        field("Configs", &AlterConfigsResource::configs),
    };
  };

  std::vector<AlterConfigsResource> resources;
  bool validate_only = false;

  static constexpr FieldList fields{
      field("Resources", &AlterConfigsRequest::resources),
      field("ValidateOnly", &AlterConfigsRequest::validate_only),
  };
};

struct AlterConfigsResponse {
  static constexpr std::int16_t api_key = 33;
  static constexpr std::string_view name = "AlterConfigsResponse";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(2);

  struct AlterConfigsResourceResponse {
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message = "";
    std::int8_t resource_type = 0;
    std::string_view resource_name;

    static constexpr FieldList fields{
        field("ErrorCode", &AlterConfigsResourceResponse::error_code),
        field("ErrorMessage", &AlterConfigsResourceResponse::error_message, nullable()),
        field("ResourceType", &AlterConfigsResourceResponse::resource_type),
        field("ResourceName", &AlterConfigsResourceResponse::resource_name),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<AlterConfigsResourceResponse> responses;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &AlterConfigsResponse::throttle_time_ms),
      field("Responses", &AlterConfigsResponse::responses),
  };
};

}  // namespace fluxmq::protocol
