// OffsetCommit (key 8): stores the offsets that a group has consumed.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct OffsetCommitRequest {
  static constexpr std::int16_t api_key = 8;
  static constexpr std::string_view name = "OffsetCommitRequest";
  static constexpr VersionRange versions{0, 10};
  static constexpr VersionRange flexible = since(8);

  struct OffsetCommitRequestPartition {
    std::int32_t partition_index = 0;
    std::int64_t committed_offset = 0;
    std::int32_t committed_leader_epoch = -1;
    std::int64_t commit_timestamp = -1;
    std::optional<std::string_view> committed_metadata = "";

    static constexpr FieldList fields{
        field("PartitionIndex", &OffsetCommitRequestPartition::partition_index),
        field("CommittedOffset", &OffsetCommitRequestPartition::committed_offset),
        field("CommittedLeaderEpoch", &OffsetCommitRequestPartition::committed_leader_epoch,
              since(6)),
        field("CommitTimestamp", &OffsetCommitRequestPartition::commit_timestamp, between(1, 1)),
        field("CommittedMetadata", &OffsetCommitRequestPartition::committed_metadata, nullable()),
    };
  };

  struct OffsetCommitRequestTopic {
    std::string_view name;
    Uuid topic_id{};
    std::vector<OffsetCommitRequestPartition> partitions;

    static constexpr FieldList fields{
        field("Name", &OffsetCommitRequestTopic::name, until(9)),
        field("TopicId", &OffsetCommitRequestTopic::topic_id, since(10)),
        field("Partitions", &OffsetCommitRequestTopic::partitions),
    };
  };

  std::string_view group_id;
  std::int32_t generation_id_or_member_epoch = -1;
  std::string_view member_id;
  std::optional<std::string_view> group_instance_id;
  std::int64_t retention_time_ms = -1;
  std::vector<OffsetCommitRequestTopic> topics;

  static constexpr FieldList fields{
      field("GroupId", &OffsetCommitRequest::group_id),
      field("GenerationIdOrMemberEpoch", &OffsetCommitRequest::generation_id_or_member_epoch,
            since(1)),
      field("MemberId", &OffsetCommitRequest::member_id, since(1)),
      field("GroupInstanceId", &OffsetCommitRequest::group_instance_id, since(7),
            nullable_since(7)),
      field("RetentionTimeMs", &OffsetCommitRequest::retention_time_ms, between(2, 4)),
      field("Topics", &OffsetCommitRequest::topics),
  };
};

struct OffsetCommitResponse {
  static constexpr std::int16_t api_key = 8;
  static constexpr std::string_view name = "OffsetCommitResponse";
  static constexpr VersionRange versions{0, 10};
  static constexpr VersionRange flexible = since(8);

  struct OffsetCommitResponsePartition {
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &OffsetCommitResponsePartition::partition_index),
        field("ErrorCode", &OffsetCommitResponsePartition::error_code),
    };
  };

  struct OffsetCommitResponseTopic {
    std::string_view name;
    Uuid topic_id{};
    std::vector<OffsetCommitResponsePartition> partitions;

    static constexpr FieldList fields{
        field("Name", &OffsetCommitResponseTopic::name, until(9)),
        field("TopicId", &OffsetCommitResponseTopic::topic_id, since(10)),
        field("Partitions", &OffsetCommitResponseTopic::partitions),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<OffsetCommitResponseTopic> topics;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &OffsetCommitResponse::throttle_time_ms, since(3)),
      field("Topics", &OffsetCommitResponse::topics),
  };
};

}  // namespace fluxmq::protocol
