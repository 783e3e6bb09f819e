// FindCoordinator (key 10): which broker coordinates a group or transactional id. From version 4
// on for several keys at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct FindCoordinatorRequest {
  static constexpr std::int16_t api_key = 10;
  static constexpr std::string_view name = "FindCoordinatorRequest";
  static constexpr VersionRange versions{0, 6};
  static constexpr VersionRange flexible = since(3);

  std::string_view key;
  std::int8_t key_type = 0;
  std::vector<std::string_view> coordinator_keys;

  static constexpr FieldList fields{
      field("Key", &FindCoordinatorRequest::key, until(3)),
      field("KeyType", &FindCoordinatorRequest::key_type, since(1)),
      field("CoordinatorKeys", &FindCoordinatorRequest::coordinator_keys, since(4)),
  };
};

struct FindCoordinatorResponse {
  static constexpr std::int16_t api_key = 10;
  static constexpr std::string_view name = "FindCoordinatorResponse";
  static constexpr VersionRange versions{0, 6};
  static constexpr VersionRange flexible = since(3);

  struct Coordinator {
    std::string_view key;
    std::int32_t node_id = 0;
    std::string_view host;
    std::int32_t port = 0;
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message = "";

    static constexpr FieldList fields{
        field("Key", &Coordinator::key, since(4)),
        field("NodeId", &Coordinator::node_id, since(4)),
        field("Host", &Coordinator::host, since(4)),
        field("Port", &Coordinator::port, since(4)),
        field("ErrorCode", &Coordinator::error_code, since(4)),
        field("ErrorMessage", &Coordinator::error_message, since(4), nullable_since(4)),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message = "";
  std::int32_t node_id = 0;
  std::string_view host;
  std::int32_t port = 0;
  std::vector<Coordinator> coordinators;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &FindCoordinatorResponse::throttle_time_ms, since(1)),
      field("ErrorCode", &FindCoordinatorResponse::error_code, until(3)),
      field("ErrorMessage", &FindCoordinatorResponse::error_message, between(1, 3),
            nullable_between(1, 3)),
      field("NodeId", &FindCoordinatorResponse::node_id, until(3)),
      field("Host", &FindCoordinatorResponse::host, until(3)),
      field("Port", &FindCoordinatorResponse::port, until(3)),
      field("Coordinators", &FindCoordinatorResponse::coordinators, since(4)),
  };
};

}  // namespace fluxmq::protocol
