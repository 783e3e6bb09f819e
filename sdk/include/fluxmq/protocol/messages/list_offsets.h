// ListOffsets (key 2): finds offsets of partitions by timestamp, or by one of the special
// timestamps (-1 latest, -2 earliest...).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ListOffsetsRequest {
  static constexpr std::int16_t api_key = 2;
  static constexpr std::string_view name = "ListOffsetsRequest";
  static constexpr VersionRange versions{0, 11};
  static constexpr VersionRange flexible = since(6);

  struct ListOffsetsPartition {
    std::int32_t partition_index = 0;
    std::int32_t current_leader_epoch = -1;
    std::int64_t timestamp = 0;
    std::int32_t max_num_offsets = 1;

    static constexpr FieldList fields{
        field("PartitionIndex", &ListOffsetsPartition::partition_index),
        field("CurrentLeaderEpoch", &ListOffsetsPartition::current_leader_epoch, since(4)),
        field("Timestamp", &ListOffsetsPartition::timestamp),
        field("MaxNumOffsets", &ListOffsetsPartition::max_num_offsets, until(0)),
    };
  };

  struct ListOffsetsTopic {
    std::string_view name;
    std::vector<ListOffsetsPartition> partitions;

    static constexpr FieldList fields{
        field("Name", &ListOffsetsTopic::name),
        field("Partitions", &ListOffsetsTopic::partitions),
    };
  };

  std::int32_t replica_id = 0;
  std::int8_t isolation_level = 0;
  std::vector<ListOffsetsTopic> topics;
  std::int32_t timeout_ms = 0;

  static constexpr FieldList fields{
      field("ReplicaId", &ListOffsetsRequest::replica_id),
      field("IsolationLevel", &ListOffsetsRequest::isolation_level, since(2)),
      field("Topics", &ListOffsetsRequest::topics),
      field("TimeoutMs", &ListOffsetsRequest::timeout_ms, since(10)),
  };
};

struct ListOffsetsResponse {
  static constexpr std::int16_t api_key = 2;
  static constexpr std::string_view name = "ListOffsetsResponse";
  static constexpr VersionRange versions{0, 11};
  static constexpr VersionRange flexible = since(6);

  struct ListOffsetsPartitionResponse {
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;
    std::vector<std::int64_t> old_style_offsets;
    std::int64_t timestamp = -1;
    std::int64_t offset = -1;
    std::int32_t leader_epoch = -1;

    static constexpr FieldList fields{
        field("PartitionIndex", &ListOffsetsPartitionResponse::partition_index),
        field("ErrorCode", &ListOffsetsPartitionResponse::error_code),
        field("OldStyleOffsets", &ListOffsetsPartitionResponse::old_style_offsets, until(0)),
        field("Timestamp", &ListOffsetsPartitionResponse::timestamp, since(1)),
        field("Offset", &ListOffsetsPartitionResponse::offset, since(1)),
        field("LeaderEpoch", &ListOffsetsPartitionResponse::leader_epoch, since(4)),
    };
  };

  struct ListOffsetsTopicResponse {
    std::string_view name;
    std::vector<ListOffsetsPartitionResponse> partitions;

    static constexpr FieldList fields{
        field("Name", &ListOffsetsTopicResponse::name),
        field("Partitions", &ListOffsetsTopicResponse::partitions),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<ListOffsetsTopicResponse> topics;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &ListOffsetsResponse::throttle_time_ms, since(2)),
      field("Topics", &ListOffsetsResponse::topics),
  };
};

}  // namespace fluxmq::protocol
