// GetTelemetrySubscriptions (key 71): which metrics a client is asked to push (KIP-714).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct GetTelemetrySubscriptionsRequest {
  static constexpr std::int16_t api_key = 71;
  static constexpr std::string_view name = "GetTelemetrySubscriptionsRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  Uuid client_instance_id{};

  static constexpr FieldList fields{
      field("ClientInstanceId", &GetTelemetrySubscriptionsRequest::client_instance_id),
  };
};

struct GetTelemetrySubscriptionsResponse {
  static constexpr std::int16_t api_key = 71;
  static constexpr std::string_view name = "GetTelemetrySubscriptionsResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  Uuid client_instance_id{};
  std::int32_t subscription_id = 0;
  std::vector<std::int8_t> accepted_compression_types;
  std::int32_t push_interval_ms = 0;
  std::int32_t telemetry_max_bytes = 0;
  bool delta_temporality = false;
  std::vector<std::string_view> requested_metrics;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &GetTelemetrySubscriptionsResponse::throttle_time_ms),
      field("ErrorCode", &GetTelemetrySubscriptionsResponse::error_code),
      field("ClientInstanceId", &GetTelemetrySubscriptionsResponse::client_instance_id),
      field("SubscriptionId", &GetTelemetrySubscriptionsResponse::subscription_id),
      field("AcceptedCompressionTypes",
            &GetTelemetrySubscriptionsResponse::accepted_compression_types),
      field("PushIntervalMs", &GetTelemetrySubscriptionsResponse::push_interval_ms),
      field("TelemetryMaxBytes", &GetTelemetrySubscriptionsResponse::telemetry_max_bytes),
      field("DeltaTemporality", &GetTelemetrySubscriptionsResponse::delta_temporality),
      field("RequestedMetrics", &GetTelemetrySubscriptionsResponse::requested_metrics),
  };
};

}  // namespace fluxmq::protocol
