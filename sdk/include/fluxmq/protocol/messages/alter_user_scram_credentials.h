// AlterUserScramCredentials (key 51): sets and deletes SCRAM credentials of users.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct AlterUserScramCredentialsRequest {
  static constexpr std::int16_t api_key = 51;
  static constexpr std::string_view name = "AlterUserScramCredentialsRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct ScramCredentialDeletion {
    std::string_view name;
    std::int8_t mechanism = 0;

    static constexpr FieldList fields{
        field("Name", &ScramCredentialDeletion::name),
        field("Mechanism", &ScramCredentialDeletion::mechanism),
    };
  };

  struct ScramCredentialUpsertion {
    std::string_view name;
    std::int8_t mechanism = 0;
    std::int32_t iterations = 0;
    Bytes salt;
    Bytes salted_password;

    static constexpr FieldList fields{
        field("Name", &ScramCredentialUpsertion::name),
        field("Mechanism", &ScramCredentialUpsertion::mechanism),
        field("Iterations", &ScramCredentialUpsertion::iterations),
        field("Salt", &ScramCredentialUpsertion::salt),
        field("SaltedPassword", &ScramCredentialUpsertion::salted_password),
    };
  };

  std::vector<ScramCredentialDeletion> deletions;
  std::vector<ScramCredentialUpsertion> upsertions;

  static constexpr FieldList fields{
      field("Deletions", &AlterUserScramCredentialsRequest::deletions),
      field("Upsertions", &AlterUserScramCredentialsRequest::upsertions),
  };
};

struct AlterUserScramCredentialsResponse {
  static constexpr std::int16_t api_key = 51;
  static constexpr std::string_view name = "AlterUserScramCredentialsResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct AlterUserScramCredentialsResult {
    std::string_view user;
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message = "";

    static constexpr FieldList fields{
        field("User", &AlterUserScramCredentialsResult::user),
        field("ErrorCode", &AlterUserScramCredentialsResult::error_code),
        field("ErrorMessage", &AlterUserScramCredentialsResult::error_message, nullable()),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<AlterUserScramCredentialsResult> results;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &AlterUserScramCredentialsResponse::throttle_time_ms),
      field("Results", &AlterUserScramCredentialsResponse::results),
  };
};

}  // namespace fluxmq::protocol
