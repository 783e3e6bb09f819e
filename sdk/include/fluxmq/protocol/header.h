// Request and response headers. Which version of them goes with which API and version:
// request_header_version() and response_header_version().
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct RequestHeader {
  static constexpr std::string_view name = "RequestHeader";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(2);

  std::int16_t request_api_key = 0;
  std::int16_t request_api_version = 0;
  std::int32_t correlation_id = 0;
  std::optional<std::string_view> client_id = "";

  static constexpr FieldList fields{
      field("RequestApiKey", &RequestHeader::request_api_key),
      field("RequestApiVersion", &RequestHeader::request_api_version),
      field("CorrelationId", &RequestHeader::correlation_id),
      field("ClientId", &RequestHeader::client_id, since(1), nullable_since(1), not_flexible()),
  };
};

struct ResponseHeader {
  static constexpr std::string_view name = "ResponseHeader";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(1);

  std::int32_t correlation_id = 0;

  static constexpr FieldList fields{
      field("CorrelationId", &ResponseHeader::correlation_id),
  };
};

// ControlledShutdown 0 alone has no client id.
constexpr std::int16_t request_header_version(std::int16_t api_key, std::int16_t api_version,
                                              bool flexible) {
  constexpr std::int16_t kControlledShutdown = 7;
  if (api_key == kControlledShutdown && api_version == 0) return 0;
  return flexible ? 2 : 1;
}

// ApiVersions answers with header 0 always: the client doesn't know yet what the broker speaks.
constexpr std::int16_t response_header_version(std::int16_t api_key, bool flexible) {
  constexpr std::int16_t kApiVersions = 18;
  return flexible && api_key != kApiVersions ? 1 : 0;
}

}  // namespace fluxmq::protocol
