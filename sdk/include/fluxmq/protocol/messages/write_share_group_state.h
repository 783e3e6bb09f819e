// WriteShareGroupState (key 85): writes the persisted state of share partitions (broker to broker,
// KIP-932).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct WriteShareGroupStateRequest {
  static constexpr std::int16_t api_key = 85;
  static constexpr std::string_view name = "WriteShareGroupStateRequest";
  static constexpr VersionRange versions{0, 1};
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

  struct PartitionData {
    std::int32_t partition = 0;
    std::int32_t state_epoch = 0;
    std::int32_t leader_epoch = 0;
    std::int64_t start_offset = 0;
    std::int32_t delivery_complete_count = -1;
    std::vector<StateBatch> state_batches;

    static constexpr FieldList fields{
        field("Partition", &PartitionData::partition),
        field("StateEpoch", &PartitionData::state_epoch),
        field("LeaderEpoch", &PartitionData::leader_epoch),
        field("StartOffset", &PartitionData::start_offset),
        field("DeliveryCompleteCount", &PartitionData::delivery_complete_count, since(1)),
        field("StateBatches", &PartitionData::state_batches),
    };
  };

  struct WriteStateData {
    Uuid topic_id{};
    std::vector<PartitionData> partitions;

    static constexpr FieldList fields{
        field("TopicId", &WriteStateData::topic_id),
        field("Partitions", &WriteStateData::partitions),
    };
  };

  std::string_view group_id;
  std::vector<WriteStateData> topics;

  static constexpr FieldList fields{
      field("GroupId", &WriteShareGroupStateRequest::group_id),
      field("Topics", &WriteShareGroupStateRequest::topics),
  };
};

struct WriteShareGroupStateResponse {
  static constexpr std::int16_t api_key = 85;
  static constexpr std::string_view name = "WriteShareGroupStateResponse";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(0);

  struct PartitionResult {
    std::int32_t partition = 0;
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message;

    static constexpr FieldList fields{
        field("Partition", &PartitionResult::partition),
        field("ErrorCode", &PartitionResult::error_code),
        field("ErrorMessage", &PartitionResult::error_message, nullable()),
    };
  };

  struct WriteStateResult {
    Uuid topic_id{};
    std::vector<PartitionResult> partitions;

    static constexpr FieldList fields{
        field("TopicId", &WriteStateResult::topic_id),
        field("Partitions", &WriteStateResult::partitions),
    };
  };

  std::vector<WriteStateResult> results;

  static constexpr FieldList fields{
      field("Results", &WriteShareGroupStateResponse::results),
  };
};

}  // namespace fluxmq::protocol
