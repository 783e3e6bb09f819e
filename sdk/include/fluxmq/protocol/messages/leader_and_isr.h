// LeaderAndIsr (key 4): the controller of a ZooKeeper cluster tells a broker which partitions it
// leads or follows.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct LeaderAndIsrRequest {
  static constexpr std::int16_t api_key = 4;
  static constexpr std::string_view name = "LeaderAndIsrRequest";
  static constexpr VersionRange versions{0, 7};
  static constexpr VersionRange flexible = since(4);

  struct PartitionState {
    std::string_view topic_name;
    std::int32_t partition_index = 0;
    std::int32_t controller_epoch = 0;
    std::int32_t leader = 0;
    std::int32_t leader_epoch = 0;
    std::vector<std::int32_t> isr;
    std::int32_t partition_epoch = 0;
    std::vector<std::int32_t> replicas;
    std::vector<std::int32_t> adding_replicas;
    std::vector<std::int32_t> removing_replicas;
    bool is_new = false;
    std::int8_t leader_recovery_state = 0;

    static constexpr FieldList fields{
        field("TopicName", &PartitionState::topic_name, until(1)),
        field("PartitionIndex", &PartitionState::partition_index),
        field("ControllerEpoch", &PartitionState::controller_epoch),
        field("Leader", &PartitionState::leader),
        field("LeaderEpoch", &PartitionState::leader_epoch),
        field("Isr", &PartitionState::isr),
        field("PartitionEpoch", &PartitionState::partition_epoch),
        field("Replicas", &PartitionState::replicas),
        field("AddingReplicas", &PartitionState::adding_replicas, since(3)),
        field("RemovingReplicas", &PartitionState::removing_replicas, since(3)),
        field("IsNew", &PartitionState::is_new, since(1)),
        field("LeaderRecoveryState", &PartitionState::leader_recovery_state, since(6)),
    };
  };

  struct TopicState {
    std::string_view topic_name;
    Uuid topic_id{};
    std::vector<PartitionState> partition_states;

    static constexpr FieldList fields{
        field("TopicName", &TopicState::topic_name, since(2)),
        field("TopicId", &TopicState::topic_id, since(5)),
        field("PartitionStates", &TopicState::partition_states, since(2)),
    };
  };

  struct LiveLeader {
    std::int32_t broker_id = 0;
    std::string_view host_name;
    std::int32_t port = 0;

    static constexpr FieldList fields{
        field("BrokerId", &LiveLeader::broker_id),
        field("HostName", &LiveLeader::host_name),
        field("Port", &LiveLeader::port),
    };
  };

  std::int32_t controller_id = 0;
  bool is_kraft_controller = false;
  std::int32_t controller_epoch = 0;
  std::int64_t broker_epoch = -1;
  std::int8_t type = 0;
  std::vector<PartitionState> ungrouped_partition_states;
  std::vector<TopicState> topic_states;
  std::vector<LiveLeader> live_leaders;

  static constexpr FieldList fields{
      field("ControllerId", &LeaderAndIsrRequest::controller_id),
      field("IsKRaftController", &LeaderAndIsrRequest::is_kraft_controller, since(7)),
      field("ControllerEpoch", &LeaderAndIsrRequest::controller_epoch),
      field("BrokerEpoch", &LeaderAndIsrRequest::broker_epoch, since(2)),
      field("Type", &LeaderAndIsrRequest::type, since(5)),
      field("UngroupedPartitionStates", &LeaderAndIsrRequest::ungrouped_partition_states, until(1)),
      field("TopicStates", &LeaderAndIsrRequest::topic_states, since(2)),
      field("LiveLeaders", &LeaderAndIsrRequest::live_leaders),
  };
};

struct LeaderAndIsrResponse {
  static constexpr std::int16_t api_key = 4;
  static constexpr std::string_view name = "LeaderAndIsrResponse";
  static constexpr VersionRange versions{0, 7};
  static constexpr VersionRange flexible = since(4);

  struct PartitionError {
    std::string_view topic_name;
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;

    static constexpr FieldList fields{
        field("TopicName", &PartitionError::topic_name, until(4)),
        field("PartitionIndex", &PartitionError::partition_index),
        field("ErrorCode", &PartitionError::error_code),
    };
  };

  struct TopicError {
    Uuid topic_id{};
    std::vector<PartitionError> partition_errors;

    static constexpr FieldList fields{
        field("TopicId", &TopicError::topic_id, since(5)),
        field("PartitionErrors", &TopicError::partition_errors, since(5)),
    };
  };

  std::int16_t error_code = 0;
  std::vector<PartitionError> partition_errors;
  std::vector<TopicError> topics;

  static constexpr FieldList fields{
      field("ErrorCode", &LeaderAndIsrResponse::error_code),
      field("PartitionErrors", &LeaderAndIsrResponse::partition_errors, until(4)),
      field("Topics", &LeaderAndIsrResponse::topics, since(5)),
  };
};

}  // namespace fluxmq::protocol
