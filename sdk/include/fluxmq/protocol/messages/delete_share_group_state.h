// DeleteShareGroupState (key 86): deletes the persisted state of share partitions (broker to
// broker, KIP-932).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DeleteShareGroupStateRequest {
  static constexpr std::int16_t api_key = 86;
  static constexpr std::string_view name = "DeleteShareGroupStateRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct PartitionData {
    std::int32_t partition = 0;

    static constexpr FieldList fields{
        field("Partition", &PartitionData::partition),
    };
  };

  struct DeleteStateData {
    Uuid topic_id{};
    std::vector<PartitionData> partitions;

    static constexpr FieldList fields{
        field("TopicId", &DeleteStateData::topic_id),
        field("Partitions", &DeleteStateData::partitions),
    };
  };

  std::string_view group_id;
  std::vector<DeleteStateData> topics;

  static constexpr FieldList fields{
      field("GroupId", &DeleteShareGroupStateRequest::group_id),
      field("Topics", &DeleteShareGroupStateRequest::topics),
  };
};

struct DeleteShareGroupStateResponse {
  static constexpr std::int16_t api_key = 86;
  static constexpr std::string_view name = "DeleteShareGroupStateResponse";
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

  struct DeleteStateResult {
    Uuid topic_id{};
    std::vector<PartitionResult> partitions;

    static constexpr FieldList fields{
        field("TopicId", &DeleteStateResult::topic_id),
        field("Partitions", &DeleteStateResult::partitions),
    };
  };

  std::vector<DeleteStateResult> results;

  static constexpr FieldList fields{
      field("Results", &DeleteShareGroupStateResponse::results),
  };
};

}  // namespace fluxmq::protocol
