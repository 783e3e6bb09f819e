// DescribeClientQuotas (key 48): the quotas that match a filter of users and clients.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DescribeClientQuotasRequest {
  static constexpr std::int16_t api_key = 48;
  static constexpr std::string_view name = "DescribeClientQuotasRequest";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(1);

  struct ComponentData {
    std::string_view entity_type;
    std::int8_t match_type = 0;
    std::optional<std::string_view> match = "";

    static constexpr FieldList fields{
        field("EntityType", &ComponentData::entity_type),
        field("MatchType", &ComponentData::match_type),
        field("Match", &ComponentData::match, nullable()),
    };
  };

  std::vector<ComponentData> components;
  bool strict = false;

  static constexpr FieldList fields{
      field("Components", &DescribeClientQuotasRequest::components),
      field("Strict", &DescribeClientQuotasRequest::strict),
  };
};

struct DescribeClientQuotasResponse {
  static constexpr std::int16_t api_key = 48;
  static constexpr std::string_view name = "DescribeClientQuotasResponse";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(1);

  struct EntityData {
    std::string_view entity_type;
    std::optional<std::string_view> entity_name = "";

    static constexpr FieldList fields{
        field("EntityType", &EntityData::entity_type),
        field("EntityName", &EntityData::entity_name, nullable()),
    };
  };

  struct ValueData {
    std::string_view key;
    double value = 0;

    static constexpr FieldList fields{
        field("Key", &ValueData::key),
        field("Value", &ValueData::value),
    };
  };

  struct EntryData {
    std::vector<EntityData> entity;
    std::vector<ValueData> values;

    static constexpr FieldList fields{
        field("Entity", &EntryData::entity),
        field("Values", &EntryData::values),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message = "";
  std::optional<std::vector<EntryData>> entries = std::vector<EntryData>{};

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &DescribeClientQuotasResponse::throttle_time_ms),
      field("ErrorCode", &DescribeClientQuotasResponse::error_code),
      field("ErrorMessage", &DescribeClientQuotasResponse::error_message, nullable()),
      field("Entries", &DescribeClientQuotasResponse::entries, nullable()),
  };
};

}  // namespace fluxmq::protocol
