// OffsetDelete (key 47): deletes committed offsets of a group.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct OffsetDeleteRequest {
  static constexpr std::int16_t api_key = 47;
  static constexpr std::string_view name = "OffsetDeleteRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  struct OffsetDeleteRequestPartition {
    std::int32_t partition_index = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &OffsetDeleteRequestPartition::partition_index),
    };
  };

  struct OffsetDeleteRequestTopic {
    std::string_view name;
    std::vector<OffsetDeleteRequestPartition> partitions;

    static constexpr FieldList fields{
        field("Name", &OffsetDeleteRequestTopic::name),
        field("Partitions", &OffsetDeleteRequestTopic::partitions),
    };
  };

  std::string_view group_id;
  std::vector<OffsetDeleteRequestTopic> topics;

  static constexpr FieldList fields{
      field("GroupId", &OffsetDeleteRequest::group_id),
      field("Topics", &OffsetDeleteRequest::topics),
  };
};

struct OffsetDeleteResponse {
  static constexpr std::int16_t api_key = 47;
  static constexpr std::string_view name = "OffsetDeleteResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  struct OffsetDeleteResponsePartition {
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &OffsetDeleteResponsePartition::partition_index),
        field("ErrorCode", &OffsetDeleteResponsePartition::error_code),
    };
  };

  struct OffsetDeleteResponseTopic {
    std::string_view name;
    std::vector<OffsetDeleteResponsePartition> partitions;

    static constexpr FieldList fields{
        field("Name", &OffsetDeleteResponseTopic::name),
        field("Partitions", &OffsetDeleteResponseTopic::partitions),
    };
  };

  std::int16_t error_code = 0;
  std::int32_t throttle_time_ms = 0;
  std::vector<OffsetDeleteResponseTopic> topics;

  static constexpr FieldList fields{
      field("ErrorCode", &OffsetDeleteResponse::error_code),
      field("ThrottleTimeMs", &OffsetDeleteResponse::throttle_time_ms),
      field("Topics", &OffsetDeleteResponse::topics),
  };
};

}  // namespace fluxmq::protocol
