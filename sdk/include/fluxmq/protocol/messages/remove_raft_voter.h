// RemoveRaftVoter (key 81): removes a voter from the metadata quorum.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct RemoveRaftVoterRequest {
  static constexpr std::int16_t api_key = 81;
  static constexpr std::string_view name = "RemoveRaftVoterRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::optional<std::string_view> cluster_id = "";
  std::int32_t voter_id = 0;
  Uuid voter_directory_id{};

  static constexpr FieldList fields{
      field("ClusterId", &RemoveRaftVoterRequest::cluster_id, nullable()),
      field("VoterId", &RemoveRaftVoterRequest::voter_id),
      field("VoterDirectoryId", &RemoveRaftVoterRequest::voter_directory_id),
  };
};

struct RemoveRaftVoterResponse {
  static constexpr std::int16_t api_key = 81;
  static constexpr std::string_view name = "RemoveRaftVoterResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message = "";

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &RemoveRaftVoterResponse::throttle_time_ms),
      field("ErrorCode", &RemoveRaftVoterResponse::error_code),
      field("ErrorMessage", &RemoveRaftVoterResponse::error_message, nullable()),
  };
};

}  // namespace fluxmq::protocol
