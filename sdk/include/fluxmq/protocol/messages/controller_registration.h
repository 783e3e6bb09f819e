// ControllerRegistration (key 70): a controller introduces itself to the active one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ControllerRegistrationRequest {
  static constexpr std::int16_t api_key = 70;
  static constexpr std::string_view name = "ControllerRegistrationRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct Listener {
    std::string_view name;
    std::string_view host;
    std::uint16_t port = 0;
    std::int16_t security_protocol = 0;

    static constexpr FieldList fields{
        field("Name", &Listener::name),
        field("Host", &Listener::host),
        field("Port", &Listener::port),
        field("SecurityProtocol", &Listener::security_protocol),
    };
  };

  struct Feature {
    std::string_view name;
    std::int16_t min_supported_version = 0;
    std::int16_t max_supported_version = 0;

    static constexpr FieldList fields{
        field("Name", &Feature::name),
        field("MinSupportedVersion", &Feature::min_supported_version),
        field("MaxSupportedVersion", &Feature::max_supported_version),
    };
  };

  std::int32_t controller_id = 0;
  Uuid incarnation_id{};
  bool zk_migration_ready = false;
  std::vector<Listener> listeners;
  std::vector<Feature> features;

  static constexpr FieldList fields{
      field("ControllerId", &ControllerRegistrationRequest::controller_id),
      field("IncarnationId", &ControllerRegistrationRequest::incarnation_id),
      field("ZkMigrationReady", &ControllerRegistrationRequest::zk_migration_ready),
      field("Listeners", &ControllerRegistrationRequest::listeners),
      field("Features", &ControllerRegistrationRequest::features),
  };
};

struct ControllerRegistrationResponse {
  static constexpr std::int16_t api_key = 70;
  static constexpr std::string_view name = "ControllerRegistrationResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message = "";

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &ControllerRegistrationResponse::throttle_time_ms),
      field("ErrorCode", &ControllerRegistrationResponse::error_code),
      field("ErrorMessage", &ControllerRegistrationResponse::error_message, nullable()),
  };
};

}  // namespace fluxmq::protocol
