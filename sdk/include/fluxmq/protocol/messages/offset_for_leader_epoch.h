// OffsetForLeaderEpoch (key 23): where a leader epoch ended, so that diverged readers can find
// their place.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct OffsetForLeaderEpochRequest {
  static constexpr std::int16_t api_key = 23;
  static constexpr std::string_view name = "OffsetForLeaderEpochRequest";
  static constexpr VersionRange versions{0, 4};
  static constexpr VersionRange flexible = since(4);

  struct OffsetForLeaderPartition {
    std::int32_t partition = 0;
    std::int32_t current_leader_epoch = -1;
    std::int32_t leader_epoch = 0;

    static constexpr FieldList fields{
        field("Partition", &OffsetForLeaderPartition::partition),
        field("CurrentLeaderEpoch", &OffsetForLeaderPartition::current_leader_epoch, since(2)),
        field("LeaderEpoch", &OffsetForLeaderPartition::leader_epoch),
    };
  };

  struct OffsetForLeaderTopic {
    std::string_view topic;
    std::vector<OffsetForLeaderPartition> partitions;

    static constexpr FieldList fields{
        field("Topic", &OffsetForLeaderTopic::topic),
        field("Partitions", &OffsetForLeaderTopic::partitions),
    };
  };

  std::int32_t replica_id = -2;
  std::vector<OffsetForLeaderTopic> topics;

  static constexpr FieldList fields{
      field("ReplicaId", &OffsetForLeaderEpochRequest::replica_id, since(3)),
      field("Topics", &OffsetForLeaderEpochRequest::topics),
  };
};

struct OffsetForLeaderEpochResponse {
  static constexpr std::int16_t api_key = 23;
  static constexpr std::string_view name = "OffsetForLeaderEpochResponse";
  static constexpr VersionRange versions{0, 4};
  static constexpr VersionRange flexible = since(4);

  struct EpochEndOffset {
    std::int16_t error_code = 0;
    std::int32_t partition = 0;
    std::int32_t leader_epoch = -1;
    std::int64_t end_offset = -1;

    static constexpr FieldList fields{
        field("ErrorCode", &EpochEndOffset::error_code),
        field("Partition", &EpochEndOffset::partition),
        field("LeaderEpoch", &EpochEndOffset::leader_epoch, since(1)),
        field("EndOffset", &EpochEndOffset::end_offset),
    };
  };

  struct OffsetForLeaderTopicResult {
    std::string_view topic;
    std::vector<EpochEndOffset> partitions;

    static constexpr FieldList fields{
        field("Topic", &OffsetForLeaderTopicResult::topic),
        field("Partitions", &OffsetForLeaderTopicResult::partitions),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<OffsetForLeaderTopicResult> topics;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &OffsetForLeaderEpochResponse::throttle_time_ms, since(2)),
      field("Topics", &OffsetForLeaderEpochResponse::topics),
  };
};

}  // namespace fluxmq::protocol
