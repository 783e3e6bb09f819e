// DescribeTopicPartitions (key 75): topics and partitions page by page.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DescribeTopicPartitionsRequest {
  static constexpr std::int16_t api_key = 75;
  static constexpr std::string_view name = "DescribeTopicPartitionsRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct TopicRequest {
    std::string_view name;

    static constexpr FieldList fields{
        field("Name", &TopicRequest::name),
    };
  };

  struct Cursor {
    std::string_view topic_name;
    std::int32_t partition_index = 0;

    static constexpr FieldList fields{
        field("TopicName", &Cursor::topic_name),
        field("PartitionIndex", &Cursor::partition_index),
    };
  };

  std::vector<TopicRequest> topics;
  std::int32_t response_partition_limit = 2000;
  std::optional<Cursor> cursor;

  static constexpr FieldList fields{
      field("Topics", &DescribeTopicPartitionsRequest::topics),
      field("ResponsePartitionLimit", &DescribeTopicPartitionsRequest::response_partition_limit),
      field("Cursor", &DescribeTopicPartitionsRequest::cursor, nullable()),
  };
};

struct DescribeTopicPartitionsResponse {
  static constexpr std::int16_t api_key = 75;
  static constexpr std::string_view name = "DescribeTopicPartitionsResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct DescribeTopicPartitionsResponsePartition {
    std::int16_t error_code = 0;
    std::int32_t partition_index = 0;
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = -1;
    std::vector<std::int32_t> replica_nodes;
    std::vector<std::int32_t> isr_nodes;
    std::optional<std::vector<std::int32_t>> eligible_leader_replicas;
    std::optional<std::vector<std::int32_t>> last_known_elr;
    std::vector<std::int32_t> offline_replicas;

    static constexpr FieldList fields{
        field("ErrorCode", &DescribeTopicPartitionsResponsePartition::error_code),
        field("PartitionIndex", &DescribeTopicPartitionsResponsePartition::partition_index),
        field("LeaderId", &DescribeTopicPartitionsResponsePartition::leader_id),
        field("LeaderEpoch", &DescribeTopicPartitionsResponsePartition::leader_epoch),
        field("ReplicaNodes", &DescribeTopicPartitionsResponsePartition::replica_nodes),
        field("IsrNodes", &DescribeTopicPartitionsResponsePartition::isr_nodes),
        field("EligibleLeaderReplicas",
              &DescribeTopicPartitionsResponsePartition::eligible_leader_replicas, nullable()),
        field("LastKnownElr", &DescribeTopicPartitionsResponsePartition::last_known_elr,
              nullable()),
        field("OfflineReplicas", &DescribeTopicPartitionsResponsePartition::offline_replicas),
    };
  };

  struct DescribeTopicPartitionsResponseTopic {
    std::int16_t error_code = 0;
    std::optional<std::string_view> name = "";
    Uuid topic_id{};
    bool is_internal = false;
    std::vector<DescribeTopicPartitionsResponsePartition> partitions;
    std::int32_t topic_authorized_operations = std::numeric_limits<std::int32_t>::min();

    static constexpr FieldList fields{
        field("ErrorCode", &DescribeTopicPartitionsResponseTopic::error_code),
        field("Name", &DescribeTopicPartitionsResponseTopic::name, nullable()),
        field("TopicId", &DescribeTopicPartitionsResponseTopic::topic_id),
        field("IsInternal", &DescribeTopicPartitionsResponseTopic::is_internal),
        field("Partitions", &DescribeTopicPartitionsResponseTopic::partitions),
        field("TopicAuthorizedOperations",
              &DescribeTopicPartitionsResponseTopic::topic_authorized_operations),
    };
  };

  struct Cursor {
    std::string_view topic_name;
    std::int32_t partition_index = 0;

    static constexpr FieldList fields{
        field("TopicName", &Cursor::topic_name),
        field("PartitionIndex", &Cursor::partition_index),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<DescribeTopicPartitionsResponseTopic> topics;
  std::optional<Cursor> next_cursor;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &DescribeTopicPartitionsResponse::throttle_time_ms),
      field("Topics", &DescribeTopicPartitionsResponse::topics),
      field("NextCursor", &DescribeTopicPartitionsResponse::next_cursor, nullable()),
  };
};

}  // namespace fluxmq::protocol
