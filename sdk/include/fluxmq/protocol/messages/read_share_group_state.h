// ReadShareGroupState (key 84): reads the persisted state of share partitions (broker to broker,
// KIP-932).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ReadShareGroupStateRequest {
  static constexpr std::int16_t api_key = 84;
  static constexpr std::string_view name = "ReadShareGroupStateRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct PartitionData {
    std::int32_t partition = 0;
    std::int32_t leader_epoch = 0;

    static constexpr FieldList fields{
        field("Partition", &PartitionData::partition),
        field("LeaderEpoch", &PartitionData::leader_epoch),
    };
  };

  struct ReadStateData {
    Uuid topic_id{};
    std::vector<PartitionData> partitions;

    static constexpr FieldList fields{
        field("TopicId", &ReadStateData::topic_id),
        field("Partitions", &ReadStateData::partitions),
    };
  };

  std::string_view group_id;
  std::vector<ReadStateData> topics;

  static constexpr FieldList fields{
      field("GroupId", &ReadShareGroupStateRequest::group_id),
      field("Topics", &ReadShareGroupStateRequest::topics),
  };
};

struct ReadShareGroupStateResponse {
  static constexpr std::int16_t api_key = 84;
  static constexpr std::string_view name = "ReadShareGroupStateResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct StateBatch {
    std::int64_t first_offset = 0;
    std::int64_t last_offset = 0;
    std::int8_t delivery_state = 0;
    std::int16_t delivery_count = 0;

    static constexpr FieldList fields{
        field("FirstOffset", &StateBatch::first_offset),
        field("LastOffset", &StateBatch::last_offset),
        field("DeliveryState", &StateBatch::delivery_state),
        field("DeliveryCount", &StateBatch::delivery_count),
    };
  };

  struct PartitionResult {
    std::int32_t partition = 0;
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message;
    std::int32_t state_epoch = 0;
    std::int64_t start_offset = 0;
    std::vector<StateBatch> state_batches;

    static constexpr FieldList fields{
        field("Partition", &PartitionResult::partition),
        field("ErrorCode", &PartitionResult::error_code),
        field("ErrorMessage", &PartitionResult::error_message, nullable()),
        field("StateEpoch", &PartitionResult::state_epoch),
        field("StartOffset", &PartitionResult::start_offset),
        field("StateBatches", &PartitionResult::state_batches),
    };
  };

  struct ReadStateResult {
    Uuid topic_id{};
    std::vector<PartitionResult> partitions;

    static constexpr FieldList fields{
        field("TopicId", &ReadStateResult::topic_id),
        field("Partitions", &ReadStateResult::partitions),
    };
  };

  std::vector<ReadStateResult> results;

  static constexpr FieldList fields{
      field("Results", &ReadShareGroupStateResponse::results),
  };
};

}  // namespace fluxmq::protocol
