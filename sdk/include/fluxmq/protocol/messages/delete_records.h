// DeleteRecords (key 21): raises the log start offset of partitions.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DeleteRecordsRequest {
  static constexpr std::int16_t api_key = 21;
  static constexpr std::string_view name = "DeleteRecordsRequest";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(2);

  struct DeleteRecordsPartition {
    std::int32_t partition_index = 0;
    std::int64_t offset = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &DeleteRecordsPartition::partition_index),
        field("Offset", &DeleteRecordsPartition::offset),
    };
  };

  struct DeleteRecordsTopic {
    std::string_view name;
    std::vector<DeleteRecordsPartition> partitions;

    static constexpr FieldList fields{
        field("Name", &DeleteRecordsTopic::name),
        field("Partitions", &DeleteRecordsTopic::partitions),
    };
  };

  std::vector<DeleteRecordsTopic> topics;
  std::int32_t timeout_ms = 0;

  static constexpr FieldList fields{
      field("Topics", &DeleteRecordsRequest::topics),
      field("TimeoutMs", &DeleteRecordsRequest::timeout_ms),
  };
};

struct DeleteRecordsResponse {
  static constexpr std::int16_t api_key = 21;
  static constexpr std::string_view name = "DeleteRecordsResponse";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(2);

  struct DeleteRecordsPartitionResult {
    std::int32_t partition_index = 0;
    std::int64_t low_watermark = 0;
    std::int16_t error_code = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &DeleteRecordsPartitionResult::partition_index),
        field("LowWatermark", &DeleteRecordsPartitionResult::low_watermark),
        field("ErrorCode", &DeleteRecordsPartitionResult::error_code),
    };
  };

  struct DeleteRecordsTopicResult {
    std::string_view name;
    std::vector<DeleteRecordsPartitionResult> partitions;

    static constexpr FieldList fields{
        field("Name", &DeleteRecordsTopicResult::name),
        field("Partitions", &DeleteRecordsTopicResult::partitions),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<DeleteRecordsTopicResult> topics;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &DeleteRecordsResponse::throttle_time_ms),
      field("Topics", &DeleteRecordsResponse::topics),
  };
};

}  // namespace fluxmq::protocol
