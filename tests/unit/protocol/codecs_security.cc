// The codecs of messages about authentication, access rules, tokens and quotas.
#include "codec.h"
#include "fluxmq/protocol/messages/alter_client_quotas.h"
#include "fluxmq/protocol/messages/alter_user_scram_credentials.h"
#include "fluxmq/protocol/messages/create_acls.h"
#include "fluxmq/protocol/messages/create_delegation_token.h"
#include "fluxmq/protocol/messages/delete_acls.h"
#include "fluxmq/protocol/messages/describe_acls.h"
#include "fluxmq/protocol/messages/describe_client_quotas.h"
#include "fluxmq/protocol/messages/describe_delegation_token.h"
#include "fluxmq/protocol/messages/describe_user_scram_credentials.h"
#include "fluxmq/protocol/messages/expire_delegation_token.h"
#include "fluxmq/protocol/messages/renew_delegation_token.h"
#include "fluxmq/protocol/messages/sasl_authenticate.h"
#include "fluxmq/protocol/messages/sasl_handshake.h"

namespace fluxmq::testing {

Codecs security_codecs() {
  return {
      codec<SaslHandshakeRequest>(),
      codec<SaslHandshakeResponse>(),
      codec<SaslAuthenticateRequest>(),
      codec<SaslAuthenticateResponse>(),
      codec<DescribeAclsRequest>(),
      codec<DescribeAclsResponse>(),
      codec<CreateAclsRequest>(),
      codec<CreateAclsResponse>(),
      codec<DeleteAclsRequest>(),
      codec<DeleteAclsResponse>(),
      codec<CreateDelegationTokenRequest>(),
      codec<CreateDelegationTokenResponse>(),
      codec<RenewDelegationTokenRequest>(),
      codec<RenewDelegationTokenResponse>(),
      codec<ExpireDelegationTokenRequest>(),
      codec<ExpireDelegationTokenResponse>(),
      codec<DescribeDelegationTokenRequest>(),
      codec<DescribeDelegationTokenResponse>(),
      codec<DescribeClientQuotasRequest>(),
      codec<DescribeClientQuotasResponse>(),
      codec<AlterClientQuotasRequest>(),
      codec<AlterClientQuotasResponse>(),
      codec<DescribeUserScramCredentialsRequest>(),
      codec<DescribeUserScramCredentialsResponse>(),
      codec<AlterUserScramCredentialsRequest>(),
      codec<AlterUserScramCredentialsResponse>(),
  };
}

}  // namespace fluxmq::testing
