// ApiVersions (key 18): which APIs and versions the broker serves, and its features.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ApiVersionsRequest {
  static constexpr std::int16_t api_key = 18;
  static constexpr std::string_view name = "ApiVersionsRequest";
  static constexpr VersionRange versions{0, 4};
  static constexpr VersionRange flexible = since(3);

  std::string_view client_software_name;
  std::string_view client_software_version;

  static constexpr FieldList fields{
      field("ClientSoftwareName", &ApiVersionsRequest::client_software_name, since(3)),
      field("ClientSoftwareVersion", &ApiVersionsRequest::client_software_version, since(3)),
  };
};

struct ApiVersionsResponse {
  static constexpr std::int16_t api_key = 18;
  static constexpr std::string_view name = "ApiVersionsResponse";
  static constexpr VersionRange versions{0, 4};
  static constexpr VersionRange flexible = since(3);

  struct ApiVersion {
    std::int16_t api_key = 0;
    std::int16_t min_version = 0;
    std::int16_t max_version = 0;

    static constexpr FieldList fields{
        field("ApiKey", &ApiVersion::api_key),
        field("MinVersion", &ApiVersion::min_version),
        field("MaxVersion", &ApiVersion::max_version),
    };
  };

  struct SupportedFeatureKey {
    std::string_view name;
    std::int16_t min_version = 0;
    std::int16_t max_version = 0;

    static constexpr FieldList fields{
        field("Name", &SupportedFeatureKey::name, since(3)),
        field("MinVersion", &SupportedFeatureKey::min_version, since(3)),
        field("MaxVersion", &SupportedFeatureKey::max_version, since(3)),
    };
  };

  struct FinalizedFeatureKey {
    std::string_view name;
    std::int16_t max_version_level = 0;
    std::int16_t min_version_level = 0;

    static constexpr FieldList fields{
        field("Name", &FinalizedFeatureKey::name, since(3)),
        field("MaxVersionLevel", &FinalizedFeatureKey::max_version_level, since(3)),
        field("MinVersionLevel", &FinalizedFeatureKey::min_version_level, since(3)),
    };
  };

  std::int16_t error_code = 0;
  std::vector<ApiVersion> api_keys;
  std::int32_t throttle_time_ms = 0;
  std::vector<SupportedFeatureKey> supported_features;
  std::int64_t finalized_features_epoch = -1;
  std::vector<FinalizedFeatureKey> finalized_features;
  bool zk_migration_ready = false;

  static constexpr FieldList fields{
      field("ErrorCode", &ApiVersionsResponse::error_code),
      field("ApiKeys", &ApiVersionsResponse::api_keys),
      field("ThrottleTimeMs", &ApiVersionsResponse::throttle_time_ms, since(1)),
      field("SupportedFeatures", &ApiVersionsResponse::supported_features, since(3), tag(0)),
      field("FinalizedFeaturesEpoch", &ApiVersionsResponse::finalized_features_epoch, since(3),
            tag(1)),
      field("FinalizedFeatures", &ApiVersionsResponse::finalized_features, since(3), tag(2)),
      field("ZkMigrationReady", &ApiVersionsResponse::zk_migration_ready, since(3), tag(3)),
  };
};

}  // namespace fluxmq::protocol
