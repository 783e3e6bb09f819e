// AlterShareGroupOffsets (key 91): sets the start offsets of a share group.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct AlterShareGroupOffsetsRequest {
  static constexpr std::int16_t api_key = 91;
  static constexpr std::string_view name = "AlterShareGroupOffsetsRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct AlterShareGroupOffsetsRequestPartition {
    std::int32_t partition_index = 0;
    std::int64_t start_offset = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &AlterShareGroupOffsetsRequestPartition::partition_index),
        field("StartOffset", &AlterShareGroupOffsetsRequestPartition::start_offset),
    };
  };

  struct AlterShareGroupOffsetsRequestTopic {
    std::string_view topic_name;
    std::vector<AlterShareGroupOffsetsRequestPartition> partitions;

    static constexpr FieldList fields{
        field("TopicName", &AlterShareGroupOffsetsRequestTopic::topic_name),
        field("Partitions", &AlterShareGroupOffsetsRequestTopic::partitions),
    };
  };

  std::string_view group_id;
  std::vector<AlterShareGroupOffsetsRequestTopic> topics;

  static constexpr FieldList fields{
      field("GroupId", &AlterShareGroupOffsetsRequest::group_id),
      field("Topics", &AlterShareGroupOffsetsRequest::topics),
  };
};

struct AlterShareGroupOffsetsResponse {
  static constexpr std::int16_t api_key = 91;
  static constexpr std::string_view name = "AlterShareGroupOffsetsResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct AlterShareGroupOffsetsResponsePartition {
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message;

    static constexpr FieldList fields{
        field("PartitionIndex", &AlterShareGroupOffsetsResponsePartition::partition_index),
        field("ErrorCode", &AlterShareGroupOffsetsResponsePartition::error_code),
        field("ErrorMessage", &AlterShareGroupOffsetsResponsePartition::error_message, nullable()),
    };
  };

  struct AlterShareGroupOffsetsResponseTopic {
    std::string_view topic_name;
    Uuid topic_id{};
    std::vector<AlterShareGroupOffsetsResponsePartition> partitions;

    static constexpr FieldList fields{
        field("TopicName", &AlterShareGroupOffsetsResponseTopic::topic_name),
        field("TopicId", &AlterShareGroupOffsetsResponseTopic::topic_id),
        field("Partitions", &AlterShareGroupOffsetsResponseTopic::partitions),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message;
  std::vector<AlterShareGroupOffsetsResponseTopic> responses;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &AlterShareGroupOffsetsResponse::throttle_time_ms),
      field("ErrorCode", &AlterShareGroupOffsetsResponse::error_code),
      field("ErrorMessage", &AlterShareGroupOffsetsResponse::error_message, nullable()),
      field("Responses", &AlterShareGroupOffsetsResponse::responses),
  };
};

}  // namespace fluxmq::protocol
