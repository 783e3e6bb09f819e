// BrokerRegistration (key 62): a broker introduces itself to the controller when it starts.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct BrokerRegistrationRequest {
  static constexpr std::int16_t api_key = 62;
  static constexpr std::string_view name = "BrokerRegistrationRequest";
  static constexpr VersionRange versions{0, 4};
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

  std::int32_t broker_id = 0;
  std::string_view cluster_id;
  Uuid incarnation_id{};
  std::vector<Listener> listeners;
  std::vector<Feature> features;
  std::optional<std::string_view> rack = "";
  bool is_migrating_zk_broker = false;
  std::vector<Uuid> log_dirs;
  std::int64_t previous_broker_epoch = -1;

  static constexpr FieldList fields{
      field("BrokerId", &BrokerRegistrationRequest::broker_id),
      field("ClusterId", &BrokerRegistrationRequest::cluster_id),
      field("IncarnationId", &BrokerRegistrationRequest::incarnation_id),
      field("Listeners", &BrokerRegistrationRequest::listeners),
      field("Features", &BrokerRegistrationRequest::features),
      field("Rack", &BrokerRegistrationRequest::rack, nullable()),
      field("IsMigratingZkBroker", &BrokerRegistrationRequest::is_migrating_zk_broker, since(1)),
      field("LogDirs", &BrokerRegistrationRequest::log_dirs, since(2)),
      field("PreviousBrokerEpoch", &BrokerRegistrationRequest::previous_broker_epoch, since(3)),
  };
};

struct BrokerRegistrationResponse {
  static constexpr std::int16_t api_key = 62;
  static constexpr std::string_view name = "BrokerRegistrationResponse";
  static constexpr VersionRange versions{0, 4};
  static constexpr VersionRange flexible = since(0);

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::int64_t broker_epoch = -1;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &BrokerRegistrationResponse::throttle_time_ms),
      field("ErrorCode", &BrokerRegistrationResponse::error_code),
      field("BrokerEpoch", &BrokerRegistrationResponse::broker_epoch),
  };
};

}  // namespace fluxmq::protocol
