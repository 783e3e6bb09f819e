// DescribeConfigs (key 32): the configs of topics, brokers and other resources.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DescribeConfigsRequest {
  static constexpr std::int16_t api_key = 32;
  static constexpr std::string_view name = "DescribeConfigsRequest";
  static constexpr VersionRange versions{0, 4};
  static constexpr VersionRange flexible = since(4);

  struct DescribeConfigsResource {
    std::int8_t resource_type = 0;
    std::string_view resource_name;
    std::optional<std::vector<std::string_view>> configuration_keys =
        std::vector<std::string_view>{};

    static constexpr FieldList fields{
        field("ResourceType", &DescribeConfigsResource::resource_type),
        field("ResourceName", &DescribeConfigsResource::resource_name),
        field("ConfigurationKeys", &DescribeConfigsResource::configuration_keys, nullable()),
    };
  };

  std::vector<DescribeConfigsResource> resources;
  bool include_synonyms = false;
  bool include_documentation = false;

  static constexpr FieldList fields{
      field("Resources", &DescribeConfigsRequest::resources),
      field("IncludeSynonyms", &DescribeConfigsRequest::include_synonyms, since(1)),
      field("IncludeDocumentation", &DescribeConfigsRequest::include_documentation, since(3)),
  };
};

struct DescribeConfigsResponse {
  static constexpr std::int16_t api_key = 32;
  static constexpr std::string_view name = "DescribeConfigsResponse";
  static constexpr VersionRange versions{0, 4};
  static constexpr VersionRange flexible = since(4);

  struct DescribeConfigsSynonym {
    std::string_view name;
    std::optional<std::string_view> value = "";
    std::int8_t source = 0;

    static constexpr FieldList fields{
        field("Name", &DescribeConfigsSynonym::name, since(1)),
        field("Value", &DescribeConfigsSynonym::value, since(1), nullable_since(1)),
        field("Source", &DescribeConfigsSynonym::source, since(1)),
    };
  };

  struct DescribeConfigsResourceResult {
    std::string_view name;
    std::optional<std::string_view> value = "";
    bool read_only = false;
    bool is_default = false;
    std::int8_t config_source = -1;
    bool is_sensitive = false;
    std::vector<DescribeConfigsSynonym> synonyms;
    std::int8_t config_type = 0;
    std::optional<std::string_view> documentation = "";

    static constexpr FieldList fields{
        field("Name", &DescribeConfigsResourceResult::name),
        field("Value", &DescribeConfigsResourceResult::value, nullable()),
        field("ReadOnly", &DescribeConfigsResourceResult::read_only),
        field("IsDefault", &DescribeConfigsResourceResult::is_default, until(0)),
        field("ConfigSource", &DescribeConfigsResourceResult::config_source, since(1)),
        field("IsSensitive", &DescribeConfigsResourceResult::is_sensitive),
        field("Synonyms", &DescribeConfigsResourceResult::synonyms, since(1)),
        field("ConfigType", &DescribeConfigsResourceResult::config_type, since(3)),
        field("Documentation", &DescribeConfigsResourceResult::documentation, since(3), nullable()),
    };
  };

  struct DescribeConfigsResult {
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message = "";
    std::int8_t resource_type = 0;
    std::string_view resource_name;
    std::vector<DescribeConfigsResourceResult> configs;

    static constexpr FieldList fields{
        field("ErrorCode", &DescribeConfigsResult::error_code),
        field("ErrorMessage", &DescribeConfigsResult::error_message, nullable()),
        field("ResourceType", &DescribeConfigsResult::resource_type),
        field("ResourceName", &DescribeConfigsResult::resource_name),
        field("Configs", &DescribeConfigsResult::configs),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<DescribeConfigsResult> results;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &DescribeConfigsResponse::throttle_time_ms),
      field("Results", &DescribeConfigsResponse::results),
  };
};

}  // namespace fluxmq::protocol
