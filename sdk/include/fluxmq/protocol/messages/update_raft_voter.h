// UpdateRaftVoter (key 82): a voter of the metadata quorum announces its endpoints and versions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct UpdateRaftVoterRequest {
  static constexpr std::int16_t api_key = 82;
  static constexpr std::string_view name = "UpdateRaftVoterRequest";
  static constexpr VersionRange versions{0, 0};
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

  struct KRaftVersionFeature {
    std::int16_t min_supported_version = 0;
    std::int16_t max_supported_version = 0;

    static constexpr FieldList fields{
        field("MinSupportedVersion", &KRaftVersionFeature::min_supported_version),
        field("MaxSupportedVersion", &KRaftVersionFeature::max_supported_version),
    };
  };

  std::optional<std::string_view> cluster_id = "";
  std::int32_t current_leader_epoch = 0;
  std::int32_t voter_id = 0;
  Uuid voter_directory_id{};
  std::vector<Listener> listeners;
  KRaftVersionFeature k_raft_version_feature{};

  static constexpr FieldList fields{
      field("ClusterId", &UpdateRaftVoterRequest::cluster_id, nullable()),
      field("CurrentLeaderEpoch", &UpdateRaftVoterRequest::current_leader_epoch),
      field("VoterId", &UpdateRaftVoterRequest::voter_id),
      field("VoterDirectoryId", &UpdateRaftVoterRequest::voter_directory_id),
      field("Listeners", &UpdateRaftVoterRequest::listeners),
      field("KRaftVersionFeature", &UpdateRaftVoterRequest::k_raft_version_feature),
  };
};

struct UpdateRaftVoterResponse {
  static constexpr std::int16_t api_key = 82;
  static constexpr std::string_view name = "UpdateRaftVoterResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct CurrentLeader {
    std::int32_t leader_id = -1;
    std::int32_t leader_epoch = -1;
    std::string_view host;
    std::int32_t port = 0;

    static constexpr FieldList fields{
        field("LeaderId", &CurrentLeader::leader_id),
        field("LeaderEpoch", &CurrentLeader::leader_epoch),
        field("Host", &CurrentLeader::host),
        field("Port", &CurrentLeader::port),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  CurrentLeader current_leader{};

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &UpdateRaftVoterResponse::throttle_time_ms),
      field("ErrorCode", &UpdateRaftVoterResponse::error_code),
      field("CurrentLeader", &UpdateRaftVoterResponse::current_leader, tag(0)),
  };
};

}  // namespace fluxmq::protocol
