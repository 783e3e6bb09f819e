// DescribeProducers (key 61): the producers that are active on partitions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DescribeProducersRequest {
  static constexpr std::int16_t api_key = 61;
  static constexpr std::string_view name = "DescribeProducersRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct TopicRequest {
    std::string_view name;
    std::vector<std::int32_t> partition_indexes;

    static constexpr FieldList fields{
        field("Name", &TopicRequest::name),
        field("PartitionIndexes", &TopicRequest::partition_indexes),
    };
  };

  std::vector<TopicRequest> topics;

  static constexpr FieldList fields{
      field("Topics", &DescribeProducersRequest::topics),
  };
};

struct DescribeProducersResponse {
  static constexpr std::int16_t api_key = 61;
  static constexpr std::string_view name = "DescribeProducersResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct ProducerState {
    std::int64_t producer_id = 0;
    std::int32_t producer_epoch = 0;
    std::int32_t last_sequence = -1;
    std::int64_t last_timestamp = -1;
    std::int32_t coordinator_epoch = 0;
    std::int64_t current_txn_start_offset = -1;

    static constexpr FieldList fields{
        field("ProducerId", &ProducerState::producer_id),
        field("ProducerEpoch", &ProducerState::producer_epoch),
        field("LastSequence", &ProducerState::last_sequence),
        field("LastTimestamp", &ProducerState::last_timestamp),
        field("CoordinatorEpoch", &ProducerState::coordinator_epoch),
        field("CurrentTxnStartOffset", &ProducerState::current_txn_start_offset),
    };
  };

  struct PartitionResponse {
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message;
    std::vector<ProducerState> active_producers;

    static constexpr FieldList fields{
        field("PartitionIndex", &PartitionResponse::partition_index),
        field("ErrorCode", &PartitionResponse::error_code),
        field("ErrorMessage", &PartitionResponse::error_message, nullable()),
        field("ActiveProducers", &PartitionResponse::active_producers),
    };
  };

  struct TopicResponse {
    std::string_view name;
    std::vector<PartitionResponse> partitions;

    static constexpr FieldList fields{
        field("Name", &TopicResponse::name),
        field("Partitions", &TopicResponse::partitions),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<TopicResponse> topics;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &DescribeProducersResponse::throttle_time_ms),
      field("Topics", &DescribeProducersResponse::topics),
  };
};

}  // namespace fluxmq::protocol
