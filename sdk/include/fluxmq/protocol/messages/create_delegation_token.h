// CreateDelegationToken (key 38): creates a delegation token.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct CreateDelegationTokenRequest {
  static constexpr std::int16_t api_key = 38;
  static constexpr std::string_view name = "CreateDelegationTokenRequest";
  static constexpr VersionRange versions{0, 3};
  static constexpr VersionRange flexible = since(2);

  struct CreatableRenewers {
    std::string_view principal_type;
    std::string_view principal_name;

    static constexpr FieldList fields{
        field("PrincipalType", &CreatableRenewers::principal_type),
        field("PrincipalName", &CreatableRenewers::principal_name),
    };
  };

  std::optional<std::string_view> owner_principal_type = "";
  std::optional<std::string_view> owner_principal_name = "";
  std::vector<CreatableRenewers> renewers;
  std::int64_t max_lifetime_ms = 0;

  static constexpr FieldList fields{
      field("OwnerPrincipalType", &CreateDelegationTokenRequest::owner_principal_type, since(3),
            nullable_since(3)),
      field("OwnerPrincipalName", &CreateDelegationTokenRequest::owner_principal_name, since(3),
            nullable_since(3)),
      field("Renewers", &CreateDelegationTokenRequest::renewers),
      field("MaxLifetimeMs", &CreateDelegationTokenRequest::max_lifetime_ms),
  };
};

struct CreateDelegationTokenResponse {
  static constexpr std::int16_t api_key = 38;
  static constexpr std::string_view name = "CreateDelegationTokenResponse";
  static constexpr VersionRange versions{0, 3};
  static constexpr VersionRange flexible = since(2);

  std::int16_t error_code = 0;
  std::string_view principal_type;
  std::string_view principal_name;
  std::string_view token_requester_principal_type;
  std::string_view token_requester_principal_name;
  std::int64_t issue_timestamp_ms = 0;
  std::int64_t expiry_timestamp_ms = 0;
  std::int64_t max_timestamp_ms = 0;
  std::string_view token_id;
  Bytes hmac;
  std::int32_t throttle_time_ms = 0;

  static constexpr FieldList fields{
      field("ErrorCode", &CreateDelegationTokenResponse::error_code),
      field("PrincipalType", &CreateDelegationTokenResponse::principal_type),
      field("PrincipalName", &CreateDelegationTokenResponse::principal_name),
      field("TokenRequesterPrincipalType",
            &CreateDelegationTokenResponse::token_requester_principal_type, since(3)),
      field("TokenRequesterPrincipalName",
            &CreateDelegationTokenResponse::token_requester_principal_name, since(3)),
      field("IssueTimestampMs", &CreateDelegationTokenResponse::issue_timestamp_ms),
      field("ExpiryTimestampMs", &CreateDelegationTokenResponse::expiry_timestamp_ms),
      field("MaxTimestampMs", &CreateDelegationTokenResponse::max_timestamp_ms),
      field("TokenId", &CreateDelegationTokenResponse::token_id),
      field("Hmac", &CreateDelegationTokenResponse::hmac),
      field("ThrottleTimeMs", &CreateDelegationTokenResponse::throttle_time_ms),
  };
};

}  // namespace fluxmq::protocol
