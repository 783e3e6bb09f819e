// The codecs of messages about topics, partitions and configs.
#include "codec.h"
#include "fluxmq/protocol/messages/alter_configs.h"
#include "fluxmq/protocol/messages/alter_partition_reassignments.h"
#include "fluxmq/protocol/messages/alter_replica_log_dirs.h"
#include "fluxmq/protocol/messages/create_partitions.h"
#include "fluxmq/protocol/messages/create_topics.h"
#include "fluxmq/protocol/messages/delete_topics.h"
#include "fluxmq/protocol/messages/describe_configs.h"
#include "fluxmq/protocol/messages/describe_log_dirs.h"
#include "fluxmq/protocol/messages/elect_leaders.h"
#include "fluxmq/protocol/messages/incremental_alter_configs.h"
#include "fluxmq/protocol/messages/list_config_resources.h"
#include "fluxmq/protocol/messages/list_partition_reassignments.h"

namespace fluxmq::testing {

Codecs topic_codecs() {
  return {
      codec<CreateTopicsRequest>(),
      codec<CreateTopicsResponse>(),
      codec<DeleteTopicsRequest>(),
      codec<DeleteTopicsResponse>(),
      codec<CreatePartitionsRequest>(),
      codec<CreatePartitionsResponse>(),
      codec<DescribeConfigsRequest>(),
      codec<DescribeConfigsResponse>(),
      codec<AlterConfigsRequest>(),
      codec<AlterConfigsResponse>(),
      codec<IncrementalAlterConfigsRequest>(),
      codec<IncrementalAlterConfigsResponse>(),
      codec<ListConfigResourcesRequest>(),
      codec<ListConfigResourcesResponse>(),
      codec<AlterReplicaLogDirsRequest>(),
      codec<AlterReplicaLogDirsResponse>(),
      codec<DescribeLogDirsRequest>(),
      codec<DescribeLogDirsResponse>(),
      codec<ElectLeadersRequest>(),
      codec<ElectLeadersResponse>(),
      codec<AlterPartitionReassignmentsRequest>(),
      codec<AlterPartitionReassignmentsResponse>(),
      codec<ListPartitionReassignmentsRequest>(),
      codec<ListPartitionReassignmentsResponse>(),
  };
}

}  // namespace fluxmq::testing
