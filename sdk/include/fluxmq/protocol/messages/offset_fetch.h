// OffsetFetch (key 9): reads back the offsets that groups have committed. From version 8 on for
// several groups at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct OffsetFetchRequest {
  static constexpr std::int16_t api_key = 9;
  static constexpr std::string_view name = "OffsetFetchRequest";
  static constexpr VersionRange versions{0, 10};
  static constexpr VersionRange flexible = since(6);

  struct OffsetFetchRequestTopic {
    std::string_view name;
    std::vector<std::int32_t> partition_indexes;

    static constexpr FieldList fields{
        field("Name", &OffsetFetchRequestTopic::name, until(7)),
        field("PartitionIndexes", &OffsetFetchRequestTopic::partition_indexes, until(7)),
    };
  };

  struct OffsetFetchRequestTopics {
    std::string_view name;
    Uuid topic_id{};
    std::vector<std::int32_t> partition_indexes;

    static constexpr FieldList fields{
        field("Name", &OffsetFetchRequestTopics::name, between(8, 9)),
        field("TopicId", &OffsetFetchRequestTopics::topic_id, since(10)),
        field("PartitionIndexes", &OffsetFetchRequestTopics::partition_indexes, since(8)),
    };
  };

  struct OffsetFetchRequestGroup {
    std::string_view group_id;
    std::optional<std::string_view> member_id;
    std::int32_t member_epoch = -1;
    std::optional<std::vector<OffsetFetchRequestTopics>> topics =
        std::vector<OffsetFetchRequestTopics>{};

    static constexpr FieldList fields{
        field("GroupId", &OffsetFetchRequestGroup::group_id, since(8)),
        field("MemberId", &OffsetFetchRequestGroup::member_id, since(9), nullable_since(9)),
        field("MemberEpoch", &OffsetFetchRequestGroup::member_epoch, since(9)),
        field("Topics", &OffsetFetchRequestGroup::topics, since(8), nullable_since(8)),
    };
  };

  std::string_view group_id;
  std::optional<std::vector<OffsetFetchRequestTopic>> topics =
      std::vector<OffsetFetchRequestTopic>{};
  std::vector<OffsetFetchRequestGroup> groups;
  bool require_stable = false;

  static constexpr FieldList fields{
      field("GroupId", &OffsetFetchRequest::group_id, until(7)),
      field("Topics", &OffsetFetchRequest::topics, until(7), nullable_between(2, 7)),
      field("Groups", &OffsetFetchRequest::groups, since(8)),
      field("RequireStable", &OffsetFetchRequest::require_stable, since(7)),
  };
};

struct OffsetFetchResponse {
  static constexpr std::int16_t api_key = 9;
  static constexpr std::string_view name = "OffsetFetchResponse";
  static constexpr VersionRange versions{0, 10};
  static constexpr VersionRange flexible = since(6);

  struct OffsetFetchResponsePartition {
    std::int32_t partition_index = 0;
    std::int64_t committed_offset = 0;
    std::int32_t committed_leader_epoch = -1;
    std::optional<std::string_view> metadata = "";
    std::int16_t error_code = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &OffsetFetchResponsePartition::partition_index, until(7)),
        field("CommittedOffset", &OffsetFetchResponsePartition::committed_offset, until(7)),
        field("CommittedLeaderEpoch", &OffsetFetchResponsePartition::committed_leader_epoch,
              between(5, 7)),
        field("Metadata", &OffsetFetchResponsePartition::metadata, until(7),
              nullable_between(0, 7)),
        field("ErrorCode", &OffsetFetchResponsePartition::error_code, until(7)),
    };
  };

  struct OffsetFetchResponseTopic {
    std::string_view name;
    std::vector<OffsetFetchResponsePartition> partitions;

    static constexpr FieldList fields{
        field("Name", &OffsetFetchResponseTopic::name, until(7)),
        field("Partitions", &OffsetFetchResponseTopic::partitions, until(7)),
    };
  };

  struct OffsetFetchResponsePartitions {
    std::int32_t partition_index = 0;
    std::int64_t committed_offset = 0;
    std::int32_t committed_leader_epoch = -1;
    std::optional<std::string_view> metadata = "";
    std::int16_t error_code = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &OffsetFetchResponsePartitions::partition_index, since(8)),
        field("CommittedOffset", &OffsetFetchResponsePartitions::committed_offset, since(8)),
        field("CommittedLeaderEpoch", &OffsetFetchResponsePartitions::committed_leader_epoch,
              since(8)),
        field("Metadata", &OffsetFetchResponsePartitions::metadata, since(8), nullable_since(8)),
        field("ErrorCode", &OffsetFetchResponsePartitions::error_code, since(8)),
    };
  };

  struct OffsetFetchResponseTopics {
    std::string_view name;
    Uuid topic_id{};
    std::vector<OffsetFetchResponsePartitions> partitions;

    static constexpr FieldList fields{
        field("Name", &OffsetFetchResponseTopics::name, between(8, 9)),
        field("TopicId", &OffsetFetchResponseTopics::topic_id, since(10)),
        field("Partitions", &OffsetFetchResponseTopics::partitions, since(8)),
    };
  };

  struct OffsetFetchResponseGroup {
    std::string_view group_id;
    std::vector<OffsetFetchResponseTopics> topics;
    std::int16_t error_code = 0;

    static constexpr FieldList fields{
        field("GroupId", &OffsetFetchResponseGroup::group_id, since(8)),
        field("Topics", &OffsetFetchResponseGroup::topics, since(8)),
        field("ErrorCode", &OffsetFetchResponseGroup::error_code, since(8)),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<OffsetFetchResponseTopic> topics;
  std::int16_t error_code = 0;
  std::vector<OffsetFetchResponseGroup> groups;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &OffsetFetchResponse::throttle_time_ms, since(3)),
      field("Topics", &OffsetFetchResponse::topics, until(7)),
      field("ErrorCode", &OffsetFetchResponse::error_code, between(2, 7)),
      field("Groups", &OffsetFetchResponse::groups, since(8)),
  };
};

}  // namespace fluxmq::protocol
