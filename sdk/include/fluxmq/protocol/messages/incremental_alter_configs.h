// IncrementalAlterConfigs (key 44): sets, deletes, appends to and subtracts from single configs.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct IncrementalAlterConfigsRequest {
  static constexpr std::int16_t api_key = 44;
  static constexpr std::string_view name = "IncrementalAlterConfigsRequest";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(1);

  struct AlterableConfig {
    std::string_view name;
    std::int8_t config_operation = 0;
    std::optional<std::string_view> value = "";

    static constexpr FieldList fields{
        field("Name", &AlterableConfig::name),
        field("ConfigOperation", &AlterableConfig::config_operation),
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
      field("Resources", &IncrementalAlterConfigsRequest::resources),
      field("ValidateOnly", &IncrementalAlterConfigsRequest::validate_only),
  };
};

struct IncrementalAlterConfigsResponse {
  static constexpr std::int16_t api_key = 44;
  static constexpr std::string_view name = "IncrementalAlterConfigsResponse";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(1);

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
      field("ThrottleTimeMs", &IncrementalAlterConfigsResponse::throttle_time_ms),
      field("Responses", &IncrementalAlterConfigsResponse::responses),
  };
};

}  // namespace fluxmq::protocol
