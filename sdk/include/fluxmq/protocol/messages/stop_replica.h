// StopReplica (key 5): the controller of a ZooKeeper cluster tells a broker to stop following
// partitions, and perhaps to delete them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct StopReplicaRequest {
  static constexpr std::int16_t api_key = 5;
  static constexpr std::string_view name = "StopReplicaRequest";
  static constexpr VersionRange versions{0, 4};
  static constexpr VersionRange flexible = since(2);

  struct PartitionV0 {
    std::string_view topic_name;
    std::int32_t partition_index = 0;

    static constexpr FieldList fields{
        field("TopicName", &PartitionV0::topic_name, until(0)),
        field("PartitionIndex", &PartitionV0::partition_index, until(0)),
    };
  };

  struct TopicV1 {
    std::string_view name;
    std::vector<std::int32_t> partition_indexes;

    static constexpr FieldList fields{
        field("Name", &TopicV1::name, between(1, 2)),
        field("PartitionIndexes", &TopicV1::partition_indexes, between(1, 2)),
    };
  };

  struct PartitionState {
    std::int32_t partition_index = 0;
    std::int32_t leader_epoch = -1;
    bool delete_partition = false;

    static constexpr FieldList fields{
        field("PartitionIndex", &PartitionState::partition_index, since(3)),
        field("LeaderEpoch", &PartitionState::leader_epoch, since(3)),
        field("DeletePartition", &PartitionState::delete_partition, since(3)),
    };
  };

  struct TopicState {
    std::string_view topic_name;
    std::vector<PartitionState> partition_states;

    static constexpr FieldList fields{
        field("TopicName", &TopicState::topic_name, since(3)),
        field("PartitionStates", &TopicState::partition_states, since(3)),
    };
  };

  std::int32_t controller_id = 0;
  bool is_kraft_controller = false;
  std::int32_t controller_epoch = 0;
  std::int64_t broker_epoch = -1;
  bool delete_partitions = false;
  std::vector<PartitionV0> ungrouped_partitions;
  std::vector<TopicV1> topics;
  std::vector<TopicState> topic_states;

  static constexpr FieldList fields{
      field("ControllerId", &StopReplicaRequest::controller_id),
      field("IsKRaftController", &StopReplicaRequest::is_kraft_controller, since(4)),
      field("ControllerEpoch", &StopReplicaRequest::controller_epoch),
      field("BrokerEpoch", &StopReplicaRequest::broker_epoch, since(1)),
      field("DeletePartitions", &StopReplicaRequest::delete_partitions, until(2)),
      field("UngroupedPartitions", &StopReplicaRequest::ungrouped_partitions, until(0)),
      field("Topics", &StopReplicaRequest::topics, between(1, 2)),
      field("TopicStates", &StopReplicaRequest::topic_states, since(3)),
  };
};

struct StopReplicaResponse {
  static constexpr std::int16_t api_key = 5;
  static constexpr std::string_view name = "StopReplicaResponse";
  static constexpr VersionRange versions{0, 4};
  static constexpr VersionRange flexible = since(2);

  struct PartitionError {
    std::string_view topic_name;
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;

    static constexpr FieldList fields{
        field("TopicName", &PartitionError::topic_name),
        field("PartitionIndex", &PartitionError::partition_index),
        field("ErrorCode", &PartitionError::error_code),
    };
  };

  std::int16_t error_code = 0;
  std::vector<PartitionError> partition_errors;

  static constexpr FieldList fields{
      field("ErrorCode", &StopReplicaResponse::error_code),
      field("PartitionErrors", &StopReplicaResponse::partition_errors),
  };
};

}  // namespace fluxmq::protocol
