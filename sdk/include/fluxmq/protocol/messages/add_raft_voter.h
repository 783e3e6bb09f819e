// AddRaftVoter (key 80): adds a voter to the metadata quorum.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct AddRaftVoterRequest {
  static constexpr std::int16_t api_key = 80;
  static constexpr std::string_view name = "AddRaftVoterRequest";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(0);

  struct Listener {
    std::string_view name;
    std::string_view host;
    std::uint16_t port = 0;

    static constexpr FieldList fields{
        field("Name", &Listener::name),
        field("Host", &Listener::host),
        field("Port", &Listener::port),
    };
  };

  std::optional<std::string_view> cluster_id = "";
  std::int32_t timeout_ms = 0;
  std::int32_t voter_id = 0;
  Uuid voter_directory_id{};
  std::vector<Listener> listeners;
  bool ack_when_committed = true;

  static constexpr FieldList fields{
      field("ClusterId", &AddRaftVoterRequest::cluster_id, nullable()),
      field("TimeoutMs", &AddRaftVoterRequest::timeout_ms),
      field("VoterId", &AddRaftVoterRequest::voter_id),
      field("VoterDirectoryId", &AddRaftVoterRequest::voter_directory_id),
      field("Listeners", &AddRaftVoterRequest::listeners),
      field("AckWhenCommitted", &AddRaftVoterRequest::ack_when_committed, since(1)),
  };
};

struct AddRaftVoterResponse {
  static constexpr std::int16_t api_key = 80;
  static constexpr std::string_view name = "AddRaftVoterResponse";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(0);

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message = "";

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &AddRaftVoterResponse::throttle_time_ms),
      field("ErrorCode", &AddRaftVoterResponse::error_code),
      field("ErrorMessage", &AddRaftVoterResponse::error_message, nullable()),
  };
};

}  // namespace fluxmq::protocol
