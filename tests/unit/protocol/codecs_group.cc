// The codecs of messages about groups of every kind.
#include "codec.h"
#include "fluxmq/protocol/messages/consumer_group_describe.h"
#include "fluxmq/protocol/messages/consumer_group_heartbeat.h"
#include "fluxmq/protocol/messages/delete_groups.h"
#include "fluxmq/protocol/messages/describe_groups.h"
#include "fluxmq/protocol/messages/find_coordinator.h"
#include "fluxmq/protocol/messages/heartbeat.h"
#include "fluxmq/protocol/messages/join_group.h"
#include "fluxmq/protocol/messages/leave_group.h"
#include "fluxmq/protocol/messages/list_groups.h"
#include "fluxmq/protocol/messages/offset_commit.h"
#include "fluxmq/protocol/messages/offset_delete.h"
#include "fluxmq/protocol/messages/offset_fetch.h"
#include "fluxmq/protocol/messages/streams_group_describe.h"
#include "fluxmq/protocol/messages/streams_group_heartbeat.h"
#include "fluxmq/protocol/messages/sync_group.h"

namespace fluxmq::testing {

Codecs group_codecs() {
  return {
      codec<OffsetCommitRequest>(),
      codec<OffsetCommitResponse>(),
      codec<OffsetFetchRequest>(),
      codec<OffsetFetchResponse>(),
      codec<FindCoordinatorRequest>(),
      codec<FindCoordinatorResponse>(),
      codec<JoinGroupRequest>(),
      codec<JoinGroupResponse>(),
      codec<HeartbeatRequest>(),
      codec<HeartbeatResponse>(),
      codec<LeaveGroupRequest>(),
      codec<LeaveGroupResponse>(),
      codec<SyncGroupRequest>(),
      codec<SyncGroupResponse>(),
      codec<DescribeGroupsRequest>(),
      codec<DescribeGroupsResponse>(),
      codec<ListGroupsRequest>(),
      codec<ListGroupsResponse>(),
      codec<DeleteGroupsRequest>(),
      codec<DeleteGroupsResponse>(),
      codec<OffsetDeleteRequest>(),
      codec<OffsetDeleteResponse>(),
      codec<ConsumerGroupHeartbeatRequest>(),
      codec<ConsumerGroupHeartbeatResponse>(),
      codec<ConsumerGroupDescribeRequest>(),
      codec<ConsumerGroupDescribeResponse>(),
      codec<StreamsGroupHeartbeatRequest>(),
      codec<StreamsGroupHeartbeatResponse>(),
      codec<StreamsGroupDescribeRequest>(),
      codec<StreamsGroupDescribeResponse>(),
  };
}

}  // namespace fluxmq::testing
