// AlterPartition (key 56): a partition's leader asks the controller to change the in-sync replicas.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct AlterPartitionRequest {
  static constexpr std::int16_t api_key = 56;
  static constexpr std::string_view name = "AlterPartitionRequest";
  static constexpr VersionRange versions{0, 3};
  static constexpr VersionRange flexible = since(0);

  struct BrokerState {
    std::int32_t broker_id = 0;
    std::int64_t broker_epoch = -1;

    static constexpr FieldList fields{
        field("BrokerId", &BrokerState::broker_id, since(3)),
        field("BrokerEpoch", &BrokerState::broker_epoch, since(3)),
    };
  };

  struct PartitionData {
    std::int32_t partition_index = 0;
    std::int32_t leader_epoch = 0;
    std::vector<std::int32_t> new_isr;
    std::vector<BrokerState> new_isr_with_epochs;
    std::int8_t leader_recovery_state = 0;
    std::int32_t partition_epoch = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &PartitionData::partition_index),
        field("LeaderEpoch", &PartitionData::leader_epoch),
        field("NewIsr", &PartitionData::new_isr, until(2)),
        field("NewIsrWithEpochs", &PartitionData::new_isr_with_epochs, since(3)),
        field("LeaderRecoveryState", &PartitionData::leader_recovery_state, since(1)),
        field("PartitionEpoch", &PartitionData::partition_epoch),
    };
  };

  struct TopicData {
    std::string_view topic_name;
    Uuid topic_id{};
    std::vector<PartitionData> partitions;

    static constexpr FieldList fields{
        field("TopicName", &TopicData::topic_name, until(1)),
        field("TopicId", &TopicData::topic_id, since(2)),
        field("Partitions", &TopicData::partitions),
    };
  };

  std::int32_t broker_id = 0;
  std::int64_t broker_epoch = -1;
  std::vector<TopicData> topics;

  static constexpr FieldList fields{
      field("BrokerId", &AlterPartitionRequest::broker_id),
      field("BrokerEpoch", &AlterPartitionRequest::broker_epoch),
      field("Topics", &AlterPartitionRequest::topics),
  };
};

struct AlterPartitionResponse {
  static constexpr std::int16_t api_key = 56;
  static constexpr std::string_view name = "AlterPartitionResponse";
  static constexpr VersionRange versions{0, 3};
  static constexpr VersionRange flexible = since(0);

  struct PartitionData {
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = 0;
    std::vector<std::int32_t> isr;
    std::int8_t leader_recovery_state = 0;
    std::int32_t partition_epoch = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &PartitionData::partition_index),
        field("ErrorCode", &PartitionData::error_code),
        field("LeaderId", &PartitionData::leader_id),
        field("LeaderEpoch", &PartitionData::leader_epoch),
        field("Isr", &PartitionData::isr),
        field("LeaderRecoveryState", &PartitionData::leader_recovery_state, since(1)),
        field("PartitionEpoch", &PartitionData::partition_epoch),
    };
  };

  struct TopicData {
    std::string_view topic_name;
    Uuid topic_id{};
    std::vector<PartitionData> partitions;

    static constexpr FieldList fields{
        field("TopicName", &TopicData::topic_name, until(1)),
        field("TopicId", &TopicData::topic_id, since(2)),
        field("Partitions", &TopicData::partitions),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::vector<TopicData> topics;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &AlterPartitionResponse::throttle_time_ms),
      field("ErrorCode", &AlterPartitionResponse::error_code),
      field("Topics", &AlterPartitionResponse::topics),
  };
};

}  // namespace fluxmq::protocol
