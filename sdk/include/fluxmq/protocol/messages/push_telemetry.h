// PushTelemetry (key 72): metrics of a client (KIP-714).
#pragma once

#include <cstdint>
#include <string_view>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct PushTelemetryRequest {
  static constexpr std::int16_t api_key = 72;
  static constexpr std::string_view name = "PushTelemetryRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  Uuid client_instance_id{};
  std::int32_t subscription_id = 0;
  bool terminating = false;
  std::int8_t compression_type = 0;
  Bytes metrics;

  static constexpr FieldList fields{
      field("ClientInstanceId", &PushTelemetryRequest::client_instance_id),
      field("SubscriptionId", &PushTelemetryRequest::subscription_id),
      field("Terminating", &PushTelemetryRequest::terminating),
      field("CompressionType", &PushTelemetryRequest::compression_type),
      field("Metrics", &PushTelemetryRequest::metrics),
  };
};

struct PushTelemetryResponse {
  static constexpr std::int16_t api_key = 72;
  static constexpr std::string_view name = "PushTelemetryResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &PushTelemetryResponse::throttle_time_ms),
      field("ErrorCode", &PushTelemetryResponse::error_code),
  };
};

}  // namespace fluxmq::protocol
