// AlterReplicaLogDirs (key 34): moves replicas between log directories of a broker.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct AlterReplicaLogDirsRequest {
  static constexpr std::int16_t api_key = 34;
  static constexpr std::string_view name = "AlterReplicaLogDirsRequest";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(2);

  struct AlterReplicaLogDirTopic {
    std::string_view name;
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("Name", &AlterReplicaLogDirTopic::name),
        field("Partitions", &AlterReplicaLogDirTopic::partitions),
    };
  };

  struct AlterReplicaLogDir {
    std::string_view path;
    std::vector<AlterReplicaLogDirTopic> topics;

    static constexpr FieldList fields{
        field("Path", &AlterReplicaLogDir::path),
        field("Topics", &AlterReplicaLogDir::topics),
    };
  };

  std::vector<AlterReplicaLogDir> dirs;

  static constexpr FieldList fields{
      field("Dirs", &AlterReplicaLogDirsRequest::dirs),
  };
};

struct AlterReplicaLogDirsResponse {
  static constexpr std::int16_t api_key = 34;
  static constexpr std::string_view name = "AlterReplicaLogDirsResponse";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(2);

  struct AlterReplicaLogDirPartitionResult {
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &AlterReplicaLogDirPartitionResult::partition_index),
        field("ErrorCode", &AlterReplicaLogDirPartitionResult::error_code),
    };
  };

  struct AlterReplicaLogDirTopicResult {
    std::string_view topic_name;
    std::vector<AlterReplicaLogDirPartitionResult> partitions;

    static constexpr FieldList fields{
        field("TopicName", &AlterReplicaLogDirTopicResult::topic_name),
        field("Partitions", &AlterReplicaLogDirTopicResult::partitions),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<AlterReplicaLogDirTopicResult> results;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &AlterReplicaLogDirsResponse::throttle_time_ms),
      field("Results", &AlterReplicaLogDirsResponse::results),
  };
};

}  // namespace fluxmq::protocol
