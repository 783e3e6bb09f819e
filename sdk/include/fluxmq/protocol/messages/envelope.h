// Envelope (key 58): a broker forwards a client's request to the controller, with the principal
// that sent it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct EnvelopeRequest {
  static constexpr std::int16_t api_key = 58;
  static constexpr std::string_view name = "EnvelopeRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  Bytes request_data;
  std::optional<Bytes> request_principal = Bytes{};
  Bytes client_host_address;

  static constexpr FieldList fields{
      field("RequestData", &EnvelopeRequest::request_data),
      field("RequestPrincipal", &EnvelopeRequest::request_principal, nullable()),
      field("ClientHostAddress", &EnvelopeRequest::client_host_address),
  };
};

struct EnvelopeResponse {
  static constexpr std::int16_t api_key = 58;
  static constexpr std::string_view name = "EnvelopeResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::optional<Bytes> response_data;
  std::int16_t error_code = 0;

  static constexpr FieldList fields{
      field("ResponseData", &EnvelopeResponse::response_data, nullable()),
      field("ErrorCode", &EnvelopeResponse::error_code),
  };
};

}  // namespace fluxmq::protocol
