// InitializeShareGroupState (key 83): begins the persisted state of share partitions (broker to
// broker, KIP-932).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct InitializeShareGroupStateRequest {
  static constexpr std::int16_t api_key = 83;
  static constexpr std::string_view name = "InitializeShareGroupStateRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct PartitionData {
    std::int32_t partition = 0;
    std::int32_t state_epoch = 0;
    std::int64_t start_offset = 0;

    static constexpr FieldList fields{
        field("Partition", &PartitionData::partition),
        field("StateEpoch", &PartitionData::state_epoch),
        field("StartOffset", &PartitionData::start_offset),
    };
  };

  struct InitializeStateData {
    Uuid topic_id{};
    std::vector<PartitionData> partitions;

    static constexpr FieldList fields{
        field("TopicId", &InitializeStateData::topic_id),
        field("Partitions", &InitializeStateData::partitions),
    };
  };

  std::string_view group_id;
  std::vector<InitializeStateData> topics;

  static constexpr FieldList fields{
      field("GroupId", &InitializeShareGroupStateRequest::group_id),
      field("Topics", &InitializeShareGroupStateRequest::topics),
  };
};

struct InitializeShareGroupStateResponse {
  static constexpr std::int16_t api_key = 83;
  static constexpr std::string_view name = "InitializeShareGroupStateResponse";
  static constexpr VersionRange versions{0, 0};
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

  struct InitializeStateResult {
    Uuid topic_id{};
    std::vector<PartitionResult> partitions;

    static constexpr FieldList fields{
        field("TopicId", &InitializeStateResult::topic_id),
        field("Partitions", &InitializeStateResult::partitions),
    };
  };

  std::vector<InitializeStateResult> results;

  static constexpr FieldList fields{
      field("Results", &InitializeShareGroupStateResponse::results),
  };
};

}  // namespace fluxmq::protocol
