// BrokerHeartbeat (key 63): a broker tells the controller that it lives, and asks to be unfenced or
// to stop.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct BrokerHeartbeatRequest {
  static constexpr std::int16_t api_key = 63;
  static constexpr std::string_view name = "BrokerHeartbeatRequest";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(0);

  std::int32_t broker_id = 0;
  std::int64_t broker_epoch = -1;
  std::int64_t current_metadata_offset = 0;
  bool want_fence = false;
  bool want_shut_down = false;
  std::vector<Uuid> offline_log_dirs;
  std::optional<std::vector<Uuid>> cordoned_log_dirs;

  static constexpr FieldList fields{
      field("BrokerId", &BrokerHeartbeatRequest::broker_id),
      field("BrokerEpoch", &BrokerHeartbeatRequest::broker_epoch),
      field("CurrentMetadataOffset", &BrokerHeartbeatRequest::current_metadata_offset),
      field("WantFence", &BrokerHeartbeatRequest::want_fence),
      field("WantShutDown", &BrokerHeartbeatRequest::want_shut_down),
      field("OfflineLogDirs", &BrokerHeartbeatRequest::offline_log_dirs, since(1), tag(0)),
      field("CordonedLogDirs", &BrokerHeartbeatRequest::cordoned_log_dirs, since(2),
            nullable_since(2), tag(1)),
  };
};

struct BrokerHeartbeatResponse {
  static constexpr std::int16_t api_key = 63;
  static constexpr std::string_view name = "BrokerHeartbeatResponse";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(0);

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  bool is_caught_up = false;
  bool is_fenced = true;
  bool should_shut_down = false;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &BrokerHeartbeatResponse::throttle_time_ms),
      field("ErrorCode", &BrokerHeartbeatResponse::error_code),
      field("IsCaughtUp", &BrokerHeartbeatResponse::is_caught_up),
      field("IsFenced", &BrokerHeartbeatResponse::is_fenced),
      field("ShouldShutDown", &BrokerHeartbeatResponse::should_shut_down),
  };
};

}  // namespace fluxmq::protocol
