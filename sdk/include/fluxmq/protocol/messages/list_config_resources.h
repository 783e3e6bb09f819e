// ListConfigResources (key 74): the resources that have configs, by type. Version 0 knows client
// metrics only.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ListConfigResourcesRequest {
  static constexpr std::int16_t api_key = 74;
  static constexpr std::string_view name = "ListConfigResourcesRequest";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(0);

  std::vector<std::int8_t> resource_types;

  static constexpr FieldList fields{
      field("ResourceTypes", &ListConfigResourcesRequest::resource_types, since(1)),
  };
};

struct ListConfigResourcesResponse {
  static constexpr std::int16_t api_key = 74;
  static constexpr std::string_view name = "ListConfigResourcesResponse";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(0);

  struct ConfigResource {
    std::string_view resource_name;
    std::int8_t resource_type = 16;

    static constexpr FieldList fields{
        field("ResourceName", &ConfigResource::resource_name),
        field("ResourceType", &ConfigResource::resource_type, since(1)),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::vector<ConfigResource> config_resources;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &ListConfigResourcesResponse::throttle_time_ms),
      field("ErrorCode", &ListConfigResourcesResponse::error_code),
      field("ConfigResources", &ListConfigResourcesResponse::config_resources),
  };
};

}  // namespace fluxmq::protocol
