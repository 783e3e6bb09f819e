// The codecs of messages that only brokers and controllers send each other.
#include "codec.h"
#include "fluxmq/protocol/messages/allocate_producer_ids.h"
#include "fluxmq/protocol/messages/alter_partition.h"
#include "fluxmq/protocol/messages/assign_replicas_to_dirs.h"
#include "fluxmq/protocol/messages/begin_quorum_epoch.h"
#include "fluxmq/protocol/messages/broker_heartbeat.h"
#include "fluxmq/protocol/messages/broker_registration.h"
#include "fluxmq/protocol/messages/controlled_shutdown.h"
#include "fluxmq/protocol/messages/controller_registration.h"
#include "fluxmq/protocol/messages/end_quorum_epoch.h"
#include "fluxmq/protocol/messages/envelope.h"
#include "fluxmq/protocol/messages/fetch_snapshot.h"
#include "fluxmq/protocol/messages/leader_and_isr.h"
#include "fluxmq/protocol/messages/stop_replica.h"
#include "fluxmq/protocol/messages/update_metadata.h"
#include "fluxmq/protocol/messages/update_raft_voter.h"
#include "fluxmq/protocol/messages/vote.h"

namespace fluxmq::testing {

Codecs controller_codecs() {
  return {
      codec<LeaderAndIsrRequest>(),
      codec<LeaderAndIsrResponse>(),
      codec<StopReplicaRequest>(),
      codec<StopReplicaResponse>(),
      codec<UpdateMetadataRequest>(),
      codec<UpdateMetadataResponse>(),
      codec<ControlledShutdownRequest>(),
      codec<ControlledShutdownResponse>(),
      codec<VoteRequest>(),
      codec<VoteResponse>(),
      codec<BeginQuorumEpochRequest>(),
      codec<BeginQuorumEpochResponse>(),
      codec<EndQuorumEpochRequest>(),
      codec<EndQuorumEpochResponse>(),
      codec<UpdateRaftVoterRequest>(),
      codec<UpdateRaftVoterResponse>(),
      codec<FetchSnapshotRequest>(),
      codec<FetchSnapshotResponse>(),
      codec<AlterPartitionRequest>(),
      codec<AlterPartitionResponse>(),
      codec<AssignReplicasToDirsRequest>(),
      codec<AssignReplicasToDirsResponse>(),
      codec<AllocateProducerIdsRequest>(),
      codec<AllocateProducerIdsResponse>(),
      codec<BrokerRegistrationRequest>(),
      codec<BrokerRegistrationResponse>(),
      codec<BrokerHeartbeatRequest>(),
      codec<BrokerHeartbeatResponse>(),
      codec<ControllerRegistrationRequest>(),
      codec<ControllerRegistrationResponse>(),
      codec<EnvelopeRequest>(),
      codec<EnvelopeResponse>(),
  };
}

}  // namespace fluxmq::testing
