// SaslAuthenticate (key 36): one step of a SASL exchange.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct SaslAuthenticateRequest {
  static constexpr std::int16_t api_key = 36;
  static constexpr std::string_view name = "SaslAuthenticateRequest";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(2);

  Bytes auth_bytes;

  static constexpr FieldList fields{
      field("AuthBytes", &SaslAuthenticateRequest::auth_bytes),
  };
};

struct SaslAuthenticateResponse {
  static constexpr std::int16_t api_key = 36;
  static constexpr std::string_view name = "SaslAuthenticateResponse";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(2);

  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message = "";
  Bytes auth_bytes;
  std::int64_t session_lifetime_ms = 0;

  static constexpr FieldList fields{
      field("ErrorCode", &SaslAuthenticateResponse::error_code),
      field("ErrorMessage", &SaslAuthenticateResponse::error_message, nullable()),
      field("AuthBytes", &SaslAuthenticateResponse::auth_bytes),
      field("SessionLifetimeMs", &SaslAuthenticateResponse::session_lifetime_ms, since(1)),
  };
};

}  // namespace fluxmq::protocol
