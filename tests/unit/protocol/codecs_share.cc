// The codecs of messages about share groups.
#include "codec.h"
#include "fluxmq/protocol/messages/alter_share_group_offsets.h"
#include "fluxmq/protocol/messages/delete_share_group_offsets.h"
#include "fluxmq/protocol/messages/delete_share_group_state.h"
#include "fluxmq/protocol/messages/describe_share_group_offsets.h"
#include "fluxmq/protocol/messages/initialize_share_group_state.h"
#include "fluxmq/protocol/messages/read_share_group_state.h"
#include "fluxmq/protocol/messages/read_share_group_state_summary.h"
#include "fluxmq/protocol/messages/share_acknowledge.h"
#include "fluxmq/protocol/messages/share_fetch.h"
#include "fluxmq/protocol/messages/share_group_describe.h"
#include "fluxmq/protocol/messages/share_group_heartbeat.h"
#include "fluxmq/protocol/messages/write_share_group_state.h"

namespace fluxmq::testing {

Codecs share_codecs() {
  return {
      codec<ShareGroupHeartbeatRequest>(),
      codec<ShareGroupHeartbeatResponse>(),
      codec<ShareGroupDescribeRequest>(),
      codec<ShareGroupDescribeResponse>(),
      codec<ShareFetchRequest>(),
      codec<ShareFetchResponse>(),
      codec<ShareAcknowledgeRequest>(),
      codec<ShareAcknowledgeResponse>(),
      codec<InitializeShareGroupStateRequest>(),
      codec<InitializeShareGroupStateResponse>(),
      codec<ReadShareGroupStateRequest>(),
      codec<ReadShareGroupStateResponse>(),
      codec<WriteShareGroupStateRequest>(),
      codec<WriteShareGroupStateResponse>(),
      codec<DeleteShareGroupStateRequest>(),
      codec<DeleteShareGroupStateResponse>(),
      codec<ReadShareGroupStateSummaryRequest>(),
      codec<ReadShareGroupStateSummaryResponse>(),
      codec<DescribeShareGroupOffsetsRequest>(),
      codec<DescribeShareGroupOffsetsResponse>(),
      codec<AlterShareGroupOffsetsRequest>(),
      codec<AlterShareGroupOffsetsResponse>(),
      codec<DeleteShareGroupOffsetsRequest>(),
      codec<DeleteShareGroupOffsetsResponse>(),
  };
}

}  // namespace fluxmq::testing
