// ControlledShutdown (key 7): a broker of a ZooKeeper cluster asks to be relieved of its
// leaderships before it stops.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ControlledShutdownRequest {
  static constexpr std::int16_t api_key = 7;
  static constexpr std::string_view name = "ControlledShutdownRequest";
  static constexpr VersionRange versions{0, 3};
  static constexpr VersionRange flexible = since(3);

  std::int32_t broker_id = 0;
  std::int64_t broker_epoch = -1;

  static constexpr FieldList fields{
      field("BrokerId", &ControlledShutdownRequest::broker_id),
      field("BrokerEpoch", &ControlledShutdownRequest::broker_epoch, since(2)),
  };
};

struct ControlledShutdownResponse {
  static constexpr std::int16_t api_key = 7;
  static constexpr std::string_view name = "ControlledShutdownResponse";
  static constexpr VersionRange versions{0, 3};
  static constexpr VersionRange flexible = since(3);

  struct RemainingPartition {
    std::string_view topic_name;
    std::int32_t partition_index = 0;

    static constexpr FieldList fields{
        field("TopicName", &RemainingPartition::topic_name),
        field("PartitionIndex", &RemainingPartition::partition_index),
    };
  };

  std::int16_t error_code = 0;
  std::vector<RemainingPartition> remaining_partitions;

  static constexpr FieldList fields{
      field("ErrorCode", &ControlledShutdownResponse::error_code),
      field("RemainingPartitions", &ControlledShutdownResponse::remaining_partitions),
  };
};

}  // namespace fluxmq::protocol
