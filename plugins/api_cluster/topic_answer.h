// What Metadata and DescribeTopicPartitions tell of topics alike.
#pragma once
#include <cstdint>
#include <string_view>

#include "fluxmq/catalog.h"
#include "fluxmq/protocol/errors.h"
#include "fluxmq/topic_name.h"

namespace fluxmq::api_cluster {

// Why there is no topic of a name.
inline protocol::ErrorCode error_of_missing(std::string_view name) {
  return check_topic_name(name).empty() ? protocol::ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
                                        : protocol::ErrorCode::INVALID_TOPIC_EXCEPTION;
}

// All replicas are this broker's. One whose folder failed has no leader and is offline.
template <class PartitionAnswer>
void describe_partition(PartitionAnswer& answer, const Catalog& catalog, const Topic& topic,
                        std::int32_t index) {
  answer.partition_index = index;
  answer.leader_id = -1;
  if (const auto partition = catalog.partition(topic, index)) {
    const auto state = partition.state();
    answer.leader_id = state.leader_id;
    answer.leader_epoch = state.leader_epoch;
    if (state.leader_id < 0) answer.offline_replicas.assign(1, catalog.broker_id());
  }
  if (answer.leader_id < 0) {
    answer.error_code = protocol::to_int16(protocol::ErrorCode::LEADER_NOT_AVAILABLE);
  }
  answer.replica_nodes.assign(1, catalog.broker_id());
  answer.isr_nodes.assign(1, catalog.broker_id());
}

}  // namespace fluxmq::api_cluster
