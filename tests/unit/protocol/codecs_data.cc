// The codecs of messages about reading, writing and finding records.
#include "codec.h"
#include "fluxmq/protocol/messages/delete_records.h"
#include "fluxmq/protocol/messages/describe_producers.h"
#include "fluxmq/protocol/messages/describe_topic_partitions.h"
#include "fluxmq/protocol/messages/fetch.h"
#include "fluxmq/protocol/messages/list_offsets.h"
#include "fluxmq/protocol/messages/metadata.h"
#include "fluxmq/protocol/messages/offset_for_leader_epoch.h"
#include "fluxmq/protocol/messages/produce.h"

namespace fluxmq::testing {

Codecs data_codecs() {
  return {
      codec<ProduceRequest>(),
      codec<ProduceResponse>(),
      codec<FetchRequest>(),
      codec<FetchResponse>(),
      codec<ListOffsetsRequest>(),
      codec<ListOffsetsResponse>(),
      codec<MetadataRequest>(),
      codec<MetadataResponse>(),
      codec<OffsetForLeaderEpochRequest>(),
      codec<OffsetForLeaderEpochResponse>(),
      codec<DeleteRecordsRequest>(),
      codec<DeleteRecordsResponse>(),
      codec<DescribeProducersRequest>(),
      codec<DescribeProducersResponse>(),
      codec<DescribeTopicPartitionsRequest>(),
      codec<DescribeTopicPartitionsResponse>(),
  };
}

}  // namespace fluxmq::testing
