// DescribeLogDirs (key 35): log directories, and what partitions take up there.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DescribeLogDirsRequest {
  static constexpr std::int16_t api_key = 35;
  static constexpr std::string_view name = "DescribeLogDirsRequest";
  static constexpr VersionRange versions{0, 5};
  static constexpr VersionRange flexible = since(2);

  struct DescribableLogDirTopic {
    std::string_view topic;
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("Topic", &DescribableLogDirTopic::topic),
        field("Partitions", &DescribableLogDirTopic::partitions),
    };
  };

  std::optional<std::vector<DescribableLogDirTopic>> topics = std::vector<DescribableLogDirTopic>{};

  static constexpr FieldList fields{
      field("Topics", &DescribeLogDirsRequest::topics, nullable()),
  };
};

struct DescribeLogDirsResponse {
  static constexpr std::int16_t api_key = 35;
  static constexpr std::string_view name = "DescribeLogDirsResponse";
  static constexpr VersionRange versions{0, 5};
  static constexpr VersionRange flexible = since(2);

  struct DescribeLogDirsPartition {
    std::int32_t partition_index = 0;
    std::int64_t partition_size = 0;
    std::int64_t offset_lag = 0;
    bool is_future_key = false;

    static constexpr FieldList fields{
        field("PartitionIndex", &DescribeLogDirsPartition::partition_index),
        field("PartitionSize", &DescribeLogDirsPartition::partition_size),
        field("OffsetLag", &DescribeLogDirsPartition::offset_lag),
        field("IsFutureKey", &DescribeLogDirsPartition::is_future_key),
    };
  };

  struct DescribeLogDirsTopic {
    std::string_view name;
    std::vector<DescribeLogDirsPartition> partitions;

    static constexpr FieldList fields{
        field("Name", &DescribeLogDirsTopic::name),
        field("Partitions", &DescribeLogDirsTopic::partitions),
    };
  };

  struct DescribeLogDirsResult {
    std::int16_t error_code = 0;
    std::string_view log_dir;
    std::vector<DescribeLogDirsTopic> topics;
    std::int64_t total_bytes = -1;
    std::int64_t usable_bytes = -1;
    bool is_cordoned = false;

    static constexpr FieldList fields{
        field("ErrorCode", &DescribeLogDirsResult::error_code),
        field("LogDir", &DescribeLogDirsResult::log_dir),
        field("Topics", &DescribeLogDirsResult::topics),
        field("TotalBytes", &DescribeLogDirsResult::total_bytes, since(4)),
        field("UsableBytes", &DescribeLogDirsResult::usable_bytes, since(4)),
        field("IsCordoned", &DescribeLogDirsResult::is_cordoned, since(5)),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::vector<DescribeLogDirsResult> results;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &DescribeLogDirsResponse::throttle_time_ms),
      field("ErrorCode", &DescribeLogDirsResponse::error_code, since(3)),
      field("Results", &DescribeLogDirsResponse::results),
  };
};

}  // namespace fluxmq::protocol
