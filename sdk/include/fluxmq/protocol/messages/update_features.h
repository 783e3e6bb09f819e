// UpdateFeatures (key 57): finalizes the version levels of features.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct UpdateFeaturesRequest {
  static constexpr std::int16_t api_key = 57;
  static constexpr std::string_view name = "UpdateFeaturesRequest";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(0);

  struct FeatureUpdateKey {
    std::string_view feature;
    std::int16_t max_version_level = 0;
    bool allow_downgrade = false;
    std::int8_t upgrade_type = 1;

    static constexpr FieldList fields{
        field("Feature", &FeatureUpdateKey::feature),
        field("MaxVersionLevel", &FeatureUpdateKey::max_version_level),
        field("AllowDowngrade", &FeatureUpdateKey::allow_downgrade, until(0)),
        field("UpgradeType", &FeatureUpdateKey::upgrade_type, since(1)),
    };
  };

  std::int32_t timeout_ms = 60000;
  std::vector<FeatureUpdateKey> feature_updates;
  bool validate_only = false;

  static constexpr FieldList fields{
      field("timeoutMs", &UpdateFeaturesRequest::timeout_ms),
      field("FeatureUpdates", &UpdateFeaturesRequest::feature_updates),
      field("ValidateOnly", &UpdateFeaturesRequest::validate_only, since(1)),
  };
};

struct UpdateFeaturesResponse {
  static constexpr std::int16_t api_key = 57;
  static constexpr std::string_view name = "UpdateFeaturesResponse";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(0);

  struct UpdatableFeatureResult {
    std::string_view feature;
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message = "";

    static constexpr FieldList fields{
        field("Feature", &UpdatableFeatureResult::feature),
        field("ErrorCode", &UpdatableFeatureResult::error_code),
        field("ErrorMessage", &UpdatableFeatureResult::error_message, nullable()),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message = "";
  std::vector<UpdatableFeatureResult> results;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &UpdateFeaturesResponse::throttle_time_ms),
      field("ErrorCode", &UpdateFeaturesResponse::error_code),
      field("ErrorMessage", &UpdateFeaturesResponse::error_message, nullable()),
      field("Results", &UpdateFeaturesResponse::results, until(1)),
  };
};

}  // namespace fluxmq::protocol
