// The codecs of messages about the cluster, and the headers.
#include "codec.h"
#include "fluxmq/protocol/header.h"
#include "fluxmq/protocol/messages/add_raft_voter.h"
#include "fluxmq/protocol/messages/api_versions.h"
#include "fluxmq/protocol/messages/describe_cluster.h"
#include "fluxmq/protocol/messages/describe_quorum.h"
#include "fluxmq/protocol/messages/get_telemetry_subscriptions.h"
#include "fluxmq/protocol/messages/push_telemetry.h"
#include "fluxmq/protocol/messages/remove_raft_voter.h"
#include "fluxmq/protocol/messages/unregister_broker.h"
#include "fluxmq/protocol/messages/update_features.h"

namespace fluxmq::testing {

Codecs cluster_codecs() {
  return {
      codec<ApiVersionsRequest>(),
      codec<ApiVersionsResponse>(),
      codec<DescribeClusterRequest>(),
      codec<DescribeClusterResponse>(),
      codec<DescribeQuorumRequest>(),
      codec<DescribeQuorumResponse>(),
      codec<UpdateFeaturesRequest>(),
      codec<UpdateFeaturesResponse>(),
      codec<UnregisterBrokerRequest>(),
      codec<UnregisterBrokerResponse>(),
      codec<AddRaftVoterRequest>(),
      codec<AddRaftVoterResponse>(),
      codec<RemoveRaftVoterRequest>(),
      codec<RemoveRaftVoterResponse>(),
      codec<GetTelemetrySubscriptionsRequest>(),
      codec<GetTelemetrySubscriptionsResponse>(),
      codec<PushTelemetryRequest>(),
      codec<PushTelemetryResponse>(),
      codec<RequestHeader>(),
      codec<ResponseHeader>(),
  };
}

}  // namespace fluxmq::testing
