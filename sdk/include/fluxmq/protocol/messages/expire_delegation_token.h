// ExpireDelegationToken (key 40): changes when a delegation token expires, or ends it at once.
#pragma once

#include <cstdint>
#include <string_view>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ExpireDelegationTokenRequest {
  static constexpr std::int16_t api_key = 40;
  static constexpr std::string_view name = "ExpireDelegationTokenRequest";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(2);

  Bytes hmac;
  std::int64_t expiry_time_period_ms = 0;

  static constexpr FieldList fields{
      field("Hmac", &ExpireDelegationTokenRequest::hmac),
      field("ExpiryTimePeriodMs", &ExpireDelegationTokenRequest::expiry_time_period_ms),
  };
};

struct ExpireDelegationTokenResponse {
  static constexpr std::int16_t api_key = 40;
  static constexpr std::string_view name = "ExpireDelegationTokenResponse";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(2);

  std::int16_t error_code = 0;
  std::int64_t expiry_timestamp_ms = 0;
  std::int32_t throttle_time_ms = 0;

  static constexpr FieldList fields{
      field("ErrorCode", &ExpireDelegationTokenResponse::error_code),
      field("ExpiryTimestampMs", &ExpireDelegationTokenResponse::expiry_timestamp_ms),
      field("ThrottleTimeMs", &ExpireDelegationTokenResponse::throttle_time_ms),
  };
};

}  // namespace fluxmq::protocol
