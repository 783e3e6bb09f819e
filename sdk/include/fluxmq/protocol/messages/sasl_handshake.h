// SaslHandshake (key 17): chooses a SASL mechanism. After version 0 raw tokens follow, after
// version 1 SaslAuthenticate.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct SaslHandshakeRequest {
  static constexpr std::int16_t api_key = 17;
  static constexpr std::string_view name = "SaslHandshakeRequest";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = never();

  std::string_view mechanism;

  static constexpr FieldList fields{
      field("Mechanism", &SaslHandshakeRequest::mechanism),
  };
};

struct SaslHandshakeResponse {
  static constexpr std::int16_t api_key = 17;
  static constexpr std::string_view name = "SaslHandshakeResponse";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = never();

  std::int16_t error_code = 0;
  std::vector<std::string_view> mechanisms;

  static constexpr FieldList fields{
      field("ErrorCode", &SaslHandshakeResponse::error_code),
      field("Mechanisms", &SaslHandshakeResponse::mechanisms),
  };
};

}  // namespace fluxmq::protocol
