// AlterClientQuotas (key 49): sets and removes quotas of users and clients.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct AlterClientQuotasRequest {
  static constexpr std::int16_t api_key = 49;
  static constexpr std::string_view name = "AlterClientQuotasRequest";
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

  struct OpData {
    std::string_view key;
    double value = 0;
    bool remove = false;

    static constexpr FieldList fields{
        field("Key", &OpData::key),
        field("Value", &OpData::value),
        field("Remove", &OpData::remove),
    };
  };

  struct EntryData {
    std::vector<EntityData> entity;
    std::vector<OpData> ops;

    static constexpr FieldList fields{
        field("Entity", &EntryData::entity),
        field("Ops", &EntryData::ops),
    };
  };

  std::vector<EntryData> entries;
  bool validate_only = false;

  static constexpr FieldList fields{
      field("Entries", &AlterClientQuotasRequest::entries),
      field("ValidateOnly", &AlterClientQuotasRequest::validate_only),
  };
};

struct AlterClientQuotasResponse {
  static constexpr std::int16_t api_key = 49;
  static constexpr std::string_view name = "AlterClientQuotasResponse";
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

  struct EntryData {
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message = "";
    std::vector<EntityData> entity;

    static constexpr FieldList fields{
        field("ErrorCode", &EntryData::error_code),
        field("ErrorMessage", &EntryData::error_message, nullable()),
        field("Entity", &EntryData::entity),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<EntryData> entries;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &AlterClientQuotasResponse::throttle_time_ms),
      field("Entries", &AlterClientQuotasResponse::entries),
  };
};

}  // namespace fluxmq::protocol
