// ReadShareGroupStateSummary (key 87): reads the start offsets of share partitions (broker to
// broker, KIP-932).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ReadShareGroupStateSummaryRequest {
  static constexpr std::int16_t api_key = 87;
  static constexpr std::string_view name = "ReadShareGroupStateSummaryRequest";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(0);

  struct PartitionData {
    std::int32_t partition = 0;
    std::int32_t leader_epoch = 0;

    static constexpr FieldList fields{
        field("Partition", &PartitionData::partition),
        field("LeaderEpoch", &PartitionData::leader_epoch),
    };
  };

  struct ReadStateSummaryData {
    Uuid topic_id{};
    std::vector<PartitionData> partitions;

    static constexpr FieldList fields{
        field("TopicId", &ReadStateSummaryData::topic_id),
        field("Partitions", &ReadStateSummaryData::partitions),
    };
  };

  std::string_view group_id;
  std::vector<ReadStateSummaryData> topics;

  static constexpr FieldList fields{
      field("GroupId", &ReadShareGroupStateSummaryRequest::group_id),
      field("Topics", &ReadShareGroupStateSummaryRequest::topics),
  };
};

struct ReadShareGroupStateSummaryResponse {
  static constexpr std::int16_t api_key = 87;
  static constexpr std::string_view name = "ReadShareGroupStateSummaryResponse";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(0);

  struct PartitionResult {
    std::int32_t partition = 0;
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message;
    std::int32_t state_epoch = 0;
    std::int32_t leader_epoch = 0;
    std::int64_t start_offset = 0;
    std::int32_t delivery_complete_count = -1;

    static constexpr FieldList fields{
        field("Partition", &PartitionResult::partition),
        field("ErrorCode", &PartitionResult::error_code),
        field("ErrorMessage", &PartitionResult::error_message, nullable()),
        field("StateEpoch", &PartitionResult::state_epoch),
        field("LeaderEpoch", &PartitionResult::leader_epoch),
        field("StartOffset", &PartitionResult::start_offset),
        field("DeliveryCompleteCount", &PartitionResult::delivery_complete_count, since(1)),
    };
  };

  struct ReadStateSummaryResult {
    Uuid topic_id{};
    std::vector<PartitionResult> partitions;

    static constexpr FieldList fields{
        field("TopicId", &ReadStateSummaryResult::topic_id),
        field("Partitions", &ReadStateSummaryResult::partitions),
    };
  };

  std::vector<ReadStateSummaryResult> results;

  static constexpr FieldList fields{
      field("Results", &ReadShareGroupStateSummaryResponse::results),
  };
};

}  // namespace fluxmq::protocol
