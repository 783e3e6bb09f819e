// Heartbeat (key 12): a member of a classic group is alive.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct HeartbeatRequest {
  static constexpr std::int16_t api_key = 12;
  static constexpr std::string_view name = "HeartbeatRequest";
  static constexpr VersionRange versions{0, 4};
  static constexpr VersionRange flexible = since(4);

  std::string_view group_id;
  std::int32_t generation_id = 0;
  std::string_view member_id;
  std::optional<std::string_view> group_instance_id;

  static constexpr FieldList fields{
      field("GroupId", &HeartbeatRequest::group_id),
      field("GenerationId", &HeartbeatRequest::generation_id),
      field("MemberId", &HeartbeatRequest::member_id),
      field("GroupInstanceId", &HeartbeatRequest::group_instance_id, since(3), nullable_since(3)),
  };
};

struct HeartbeatResponse {
  static constexpr std::int16_t api_key = 12;
  static constexpr std::string_view name = "HeartbeatResponse";
  static constexpr VersionRange versions{0, 4};
  static constexpr VersionRange flexible = since(4);

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &HeartbeatResponse::throttle_time_ms, since(1)),
      field("ErrorCode", &HeartbeatResponse::error_code),
  };
};

}  // namespace fluxmq::protocol
