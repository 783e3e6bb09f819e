// RenewDelegationToken (key 39): prolongs the life of a delegation token.
#pragma once

#include <cstdint>
#include <string_view>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct RenewDelegationTokenRequest {
  static constexpr std::int16_t api_key = 39;
  static constexpr std::string_view name = "RenewDelegationTokenRequest";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(2);

  Bytes hmac;
  std::int64_t renew_period_ms = 0;

  static constexpr FieldList fields{
      field("Hmac", &RenewDelegationTokenRequest::hmac),
      field("RenewPeriodMs", &RenewDelegationTokenRequest::renew_period_ms),
  };
};

struct RenewDelegationTokenResponse {
  static constexpr std::int16_t api_key = 39;
  static constexpr std::string_view name = "RenewDelegationTokenResponse";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(2);

  std::int16_t error_code = 0;
  std::int64_t expiry_timestamp_ms = 0;
  std::int32_t throttle_time_ms = 0;

  static constexpr FieldList fields{
      field("ErrorCode", &RenewDelegationTokenResponse::error_code),
      field("ExpiryTimestampMs", &RenewDelegationTokenResponse::expiry_timestamp_ms),
      field("ThrottleTimeMs", &RenewDelegationTokenResponse::throttle_time_ms),
  };
};

}  // namespace fluxmq::protocol
