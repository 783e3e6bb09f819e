// DescribeShareGroupOffsets (key 90): the start offsets of share groups.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DescribeShareGroupOffsetsRequest {
  static constexpr std::int16_t api_key = 90;
  static constexpr std::string_view name = "DescribeShareGroupOffsetsRequest";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(0);

  struct DescribeShareGroupOffsetsRequestTopic {
    std::string_view topic_name;
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("TopicName", &DescribeShareGroupOffsetsRequestTopic::topic_name),
        field("Partitions", &DescribeShareGroupOffsetsRequestTopic::partitions),
    };
  };

  struct DescribeShareGroupOffsetsRequestGroup {
    std::string_view group_id;
    std::optional<std::vector<DescribeShareGroupOffsetsRequestTopic>> topics =
        std::vector<DescribeShareGroupOffsetsRequestTopic>{};

    static constexpr FieldList fields{
        field("GroupId", &DescribeShareGroupOffsetsRequestGroup::group_id),
        field("Topics", &DescribeShareGroupOffsetsRequestGroup::topics, nullable()),
    };
  };

  std::vector<DescribeShareGroupOffsetsRequestGroup> groups;

  static constexpr FieldList fields{
      field("Groups", &DescribeShareGroupOffsetsRequest::groups),
  };
};

struct DescribeShareGroupOffsetsResponse {
  static constexpr std::int16_t api_key = 90;
  static constexpr std::string_view name = "DescribeShareGroupOffsetsResponse";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(0);

  struct DescribeShareGroupOffsetsResponsePartition {
    std::int32_t partition_index = 0;
    std::int64_t start_offset = 0;
    std::int32_t leader_epoch = 0;
    std::int64_t lag = -1;
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message;

    static constexpr FieldList fields{
        field("PartitionIndex", &DescribeShareGroupOffsetsResponsePartition::partition_index),
        field("StartOffset", &DescribeShareGroupOffsetsResponsePartition::start_offset),
        field("LeaderEpoch", &DescribeShareGroupOffsetsResponsePartition::leader_epoch),
        field("Lag", &DescribeShareGroupOffsetsResponsePartition::lag, since(1)),
        field("ErrorCode", &DescribeShareGroupOffsetsResponsePartition::error_code),
        field("ErrorMessage", &DescribeShareGroupOffsetsResponsePartition::error_message,
              nullable()),
    };
  };

  struct DescribeShareGroupOffsetsResponseTopic {
    std::string_view topic_name;
    Uuid topic_id{};
    std::vector<DescribeShareGroupOffsetsResponsePartition> partitions;

    static constexpr FieldList fields{
        field("TopicName", &DescribeShareGroupOffsetsResponseTopic::topic_name),
        field("TopicId", &DescribeShareGroupOffsetsResponseTopic::topic_id),
        field("Partitions", &DescribeShareGroupOffsetsResponseTopic::partitions),
    };
  };

  struct DescribeShareGroupOffsetsResponseGroup {
    std::string_view group_id;
    std::vector<DescribeShareGroupOffsetsResponseTopic> topics;
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message;

    static constexpr FieldList fields{
        field("GroupId", &DescribeShareGroupOffsetsResponseGroup::group_id),
        field("Topics", &DescribeShareGroupOffsetsResponseGroup::topics),
        field("ErrorCode", &DescribeShareGroupOffsetsResponseGroup::error_code),
        field("ErrorMessage", &DescribeShareGroupOffsetsResponseGroup::error_message, nullable()),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<DescribeShareGroupOffsetsResponseGroup> groups;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &DescribeShareGroupOffsetsResponse::throttle_time_ms),
      field("Groups", &DescribeShareGroupOffsetsResponse::groups),
  };
};

}  // namespace fluxmq::protocol
