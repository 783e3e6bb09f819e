// UnregisterBroker (key 64): takes a broker out of the cluster.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct UnregisterBrokerRequest {
  static constexpr std::int16_t api_key = 64;
  static constexpr std::string_view name = "UnregisterBrokerRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::int32_t broker_id = 0;

  static constexpr FieldList fields{
      field("BrokerId", &UnregisterBrokerRequest::broker_id),
  };
};

struct UnregisterBrokerResponse {
  static constexpr std::int16_t api_key = 64;
  static constexpr std::string_view name = "UnregisterBrokerResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message = "";

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &UnregisterBrokerResponse::throttle_time_ms),
      field("ErrorCode", &UnregisterBrokerResponse::error_code),
      field("ErrorMessage", &UnregisterBrokerResponse::error_message, nullable()),
  };
};

}  // namespace fluxmq::protocol
