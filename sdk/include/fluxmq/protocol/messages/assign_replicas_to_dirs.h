// AssignReplicasToDirs (key 73): a broker tells the controller which of its log directories hold
// which replicas.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct AssignReplicasToDirsRequest {
  static constexpr std::int16_t api_key = 73;
  static constexpr std::string_view name = "AssignReplicasToDirsRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct PartitionData {
    std::int32_t partition_index = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &PartitionData::partition_index),
    };
  };

  struct TopicData {
    Uuid topic_id{};
    std::vector<PartitionData> partitions;

    static constexpr FieldList fields{
        field("TopicId", &TopicData::topic_id),
        field("Partitions", &TopicData::partitions),
    };
  };

  struct DirectoryData {
    Uuid id{};
    std::vector<TopicData> topics;

    static constexpr FieldList fields{
        field("Id", &DirectoryData::id),
        field("Topics", &DirectoryData::topics),
    };
  };

  std::int32_t broker_id = 0;
  std::int64_t broker_epoch = -1;
  std::vector<DirectoryData> directories;

  static constexpr FieldList fields{
      field("BrokerId", &AssignReplicasToDirsRequest::broker_id),
      field("BrokerEpoch", &AssignReplicasToDirsRequest::broker_epoch),
      field("Directories", &AssignReplicasToDirsRequest::directories),
  };
};

struct AssignReplicasToDirsResponse {
  static constexpr std::int16_t api_key = 73;
  static constexpr std::string_view name = "AssignReplicasToDirsResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct PartitionData {
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &PartitionData::partition_index),
        field("ErrorCode", &PartitionData::error_code),
    };
  };

  struct TopicData {
    Uuid topic_id{};
    std::vector<PartitionData> partitions;

    static constexpr FieldList fields{
        field("TopicId", &TopicData::topic_id),
        field("Partitions", &TopicData::partitions),
    };
  };

  struct DirectoryData {
    Uuid id{};
    std::vector<TopicData> topics;

    static constexpr FieldList fields{
        field("Id", &DirectoryData::id),
        field("Topics", &DirectoryData::topics),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::vector<DirectoryData> directories;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &AssignReplicasToDirsResponse::throttle_time_ms),
      field("ErrorCode", &AssignReplicasToDirsResponse::error_code),
      field("Directories", &AssignReplicasToDirsResponse::directories),
  };
};

}  // namespace fluxmq::protocol
