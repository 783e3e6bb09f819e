// DescribeDelegationToken (key 41): the delegation tokens of owners.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DescribeDelegationTokenRequest {
  static constexpr std::int16_t api_key = 41;
  static constexpr std::string_view name = "DescribeDelegationTokenRequest";
  static constexpr VersionRange versions{0, 3};
  static constexpr VersionRange flexible = since(2);

  struct DescribeDelegationTokenOwner {
    std::string_view principal_type;
    std::string_view principal_name;

    static constexpr FieldList fields{
        field("PrincipalType", &DescribeDelegationTokenOwner::principal_type),
        field("PrincipalName", &DescribeDelegationTokenOwner::principal_name),
    };
  };

  std::optional<std::vector<DescribeDelegationTokenOwner>> owners =
      std::vector<DescribeDelegationTokenOwner>{};

  static constexpr FieldList fields{
      field("Owners", &DescribeDelegationTokenRequest::owners, nullable()),
  };
};

struct DescribeDelegationTokenResponse {
  static constexpr std::int16_t api_key = 41;
  static constexpr std::string_view name = "DescribeDelegationTokenResponse";
  static constexpr VersionRange versions{0, 3};
  static constexpr VersionRange flexible = since(2);

  struct DescribedDelegationTokenRenewer {
    std::string_view principal_type;
    std::string_view principal_name;

    static constexpr FieldList fields{
        field("PrincipalType", &DescribedDelegationTokenRenewer::principal_type),
        field("PrincipalName", &DescribedDelegationTokenRenewer::principal_name),
    };
  };

  struct DescribedDelegationToken {
    std::string_view principal_type;
    std::string_view principal_name;
    std::string_view token_requester_principal_type;
    std::string_view token_requester_principal_name;
    std::int64_t issue_timestamp = 0;
    std::int64_t expiry_timestamp = 0;
    std::int64_t max_timestamp = 0;
    std::string_view token_id;
    Bytes hmac;
    std::vector<DescribedDelegationTokenRenewer> renewers;

    static constexpr FieldList fields{
        field("PrincipalType", &DescribedDelegationToken::principal_type),
        field("PrincipalName", &DescribedDelegationToken::principal_name),
        field("TokenRequesterPrincipalType",
              &DescribedDelegationToken::token_requester_principal_type, since(3)),
        field("TokenRequesterPrincipalName",
              &DescribedDelegationToken::token_requester_principal_name, since(3)),
        field("IssueTimestamp", &DescribedDelegationToken::issue_timestamp),
        field("ExpiryTimestamp", &DescribedDelegationToken::expiry_timestamp),
        field("MaxTimestamp", &DescribedDelegationToken::max_timestamp),
        field("TokenId", &DescribedDelegationToken::token_id),
        field("Hmac", &DescribedDelegationToken::hmac),
        field("Renewers", &DescribedDelegationToken::renewers),
    };
  };

  std::int16_t error_code = 0;
  std::vector<DescribedDelegationToken> tokens;
  std::int32_t throttle_time_ms = 0;

  static constexpr FieldList fields{
      field("ErrorCode", &DescribeDelegationTokenResponse::error_code),
      field("Tokens", &DescribeDelegationTokenResponse::tokens),
      field("ThrottleTimeMs", &DescribeDelegationTokenResponse::throttle_time_ms),
  };
};

}  // namespace fluxmq::protocol
