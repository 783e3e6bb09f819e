// DescribeUserScramCredentials (key 50): which SCRAM mechanisms and iterations users have; never
// the secrets.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DescribeUserScramCredentialsRequest {
  static constexpr std::int16_t api_key = 50;
  static constexpr std::string_view name = "DescribeUserScramCredentialsRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct UserName {
    std::string_view name;

    static constexpr FieldList fields{
        field("Name", &UserName::name),
    };
  };

  std::optional<std::vector<UserName>> users = std::vector<UserName>{};

  static constexpr FieldList fields{
      field("Users", &DescribeUserScramCredentialsRequest::users, nullable()),
  };
};

struct DescribeUserScramCredentialsResponse {
  static constexpr std::int16_t api_key = 50;
  static constexpr std::string_view name = "DescribeUserScramCredentialsResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct CredentialInfo {
    std::int8_t mechanism = 0;
    std::int32_t iterations = 0;

    static constexpr FieldList fields{
        field("Mechanism", &CredentialInfo::mechanism),
        field("Iterations", &CredentialInfo::iterations),
    };
  };

  struct DescribeUserScramCredentialsResult {
    std::string_view user;
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message = "";
    std::vector<CredentialInfo> credential_infos;

    static constexpr FieldList fields{
        field("User", &DescribeUserScramCredentialsResult::user),
        field("ErrorCode", &DescribeUserScramCredentialsResult::error_code),
        field("ErrorMessage", &DescribeUserScramCredentialsResult::error_message, nullable()),
        field("CredentialInfos", &DescribeUserScramCredentialsResult::credential_infos),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message = "";
  std::vector<DescribeUserScramCredentialsResult> results;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &DescribeUserScramCredentialsResponse::throttle_time_ms),
      field("ErrorCode", &DescribeUserScramCredentialsResponse::error_code),
      field("ErrorMessage", &DescribeUserScramCredentialsResponse::error_message, nullable()),
      field("Results", &DescribeUserScramCredentialsResponse::results),
  };
};

}  // namespace fluxmq::protocol
