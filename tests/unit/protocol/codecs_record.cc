// The codecs of coordinator records and of what clients store in groups.
#include "codec.h"
#include "fluxmq/protocol/records/consumer_group.h"
#include "fluxmq/protocol/records/consumer_protocol.h"
#include "fluxmq/protocol/records/control_record.h"
#include "fluxmq/protocol/records/group_coordinator.h"
#include "fluxmq/protocol/records/principal.h"
#include "fluxmq/protocol/records/share_coordinator.h"
#include "fluxmq/protocol/records/share_group.h"
#include "fluxmq/protocol/records/streams_group.h"
#include "fluxmq/protocol/records/transaction_coordinator.h"

namespace fluxmq::testing {

Codecs record_codecs() {
  return {
      codec<ConsumerGroupMetadataKey>(),
      codec<ConsumerGroupMetadataValue>(),
      codec<ConsumerGroupPartitionMetadataKey>(),
      codec<ConsumerGroupPartitionMetadataValue>(),
      codec<ConsumerGroupMemberMetadataKey>(),
      codec<ConsumerGroupMemberMetadataValue>(),
      codec<ConsumerGroupTargetAssignmentMetadataKey>(),
      codec<ConsumerGroupTargetAssignmentMetadataValue>(),
      codec<ConsumerGroupTargetAssignmentMemberKey>(),
      codec<ConsumerGroupTargetAssignmentMemberValue>(),
      codec<ConsumerGroupCurrentMemberAssignmentKey>(),
      codec<ConsumerGroupCurrentMemberAssignmentValue>(),
      codec<ConsumerGroupRegularExpressionKey>(),
      codec<ConsumerGroupRegularExpressionValue>(),
      codec<ConsumerProtocolSubscription>(),
      codec<ConsumerProtocolAssignment>(),
      codec<EndTxnMarker>(),
      codec<ControlRecordTypeSchema>(),
      codec<LegacyOffsetCommitKey>(),
      codec<LegacyOffsetCommitValue>(),
      codec<OffsetCommitKey>(),
      codec<OffsetCommitValue>(),
      codec<GroupMetadataKey>(),
      codec<GroupMetadataValue>(),
      codec<DefaultPrincipalData>(),
      codec<ShareSnapshotKey>(),
      codec<ShareSnapshotValue>(),
      codec<ShareUpdateKey>(),
      codec<ShareUpdateValue>(),
      codec<ShareGroupMemberMetadataKey>(),
      codec<ShareGroupMemberMetadataValue>(),
      codec<ShareGroupMetadataKey>(),
      codec<ShareGroupMetadataValue>(),
      codec<ShareGroupTargetAssignmentMetadataKey>(),
      codec<ShareGroupTargetAssignmentMetadataValue>(),
      codec<ShareGroupTargetAssignmentMemberKey>(),
      codec<ShareGroupTargetAssignmentMemberValue>(),
      codec<ShareGroupCurrentMemberAssignmentKey>(),
      codec<ShareGroupCurrentMemberAssignmentValue>(),
      codec<ShareGroupStatePartitionMetadataKey>(),
      codec<ShareGroupStatePartitionMetadataValue>(),
      codec<StreamsGroupMetadataKey>(),
      codec<StreamsGroupMetadataValue>(),
      codec<StreamsGroupMemberMetadataKey>(),
      codec<StreamsGroupMemberMetadataValue>(),
      codec<StreamsGroupTargetAssignmentMetadataKey>(),
      codec<StreamsGroupTargetAssignmentMetadataValue>(),
      codec<StreamsGroupTargetAssignmentMemberKey>(),
      codec<StreamsGroupTargetAssignmentMemberValue>(),
      codec<StreamsGroupCurrentMemberAssignmentKey>(),
      codec<StreamsGroupCurrentMemberAssignmentValue>(),
      codec<StreamsGroupTopologyKey>(),
      codec<StreamsGroupTopologyValue>(),
      codec<TransactionLogKey>(),
      codec<TransactionLogValue>(),
  };
}

}  // namespace fluxmq::testing
