// Records of share groups (KIP-932) in __consumer_offsets.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ShareGroupMemberMetadataKey {
  static constexpr std::int16_t record_type = 10;
  static constexpr std::string_view name = "ShareGroupMemberMetadataKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;
  std::string_view member_id;

  static constexpr FieldList fields{
      field("GroupId", &ShareGroupMemberMetadataKey::group_id),
      field("MemberId", &ShareGroupMemberMetadataKey::member_id),
  };
};

struct ShareGroupMemberMetadataValue {
  static constexpr std::string_view name = "ShareGroupMemberMetadataValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::optional<std::string_view> rack_id = "";
  std::string_view client_id;
  std::string_view client_host;
  std::vector<std::string_view> subscribed_topic_names;

  static constexpr FieldList fields{
      field("RackId", &ShareGroupMemberMetadataValue::rack_id, nullable()),
      field("ClientId", &ShareGroupMemberMetadataValue::client_id),
      field("ClientHost", &ShareGroupMemberMetadataValue::client_host),
      field("SubscribedTopicNames", &ShareGroupMemberMetadataValue::subscribed_topic_names),
  };
};

struct ShareGroupMetadataKey {
  static constexpr std::int16_t record_type = 11;
  static constexpr std::string_view name = "ShareGroupMetadataKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;

  static constexpr FieldList fields{
      field("GroupId", &ShareGroupMetadataKey::group_id),
  };
};

struct ShareGroupMetadataValue {
  static constexpr std::string_view name = "ShareGroupMetadataValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::int32_t epoch = 0;
  std::int64_t metadata_hash = 0;

  static constexpr FieldList fields{
      field("Epoch", &ShareGroupMetadataValue::epoch),
      field("MetadataHash", &ShareGroupMetadataValue::metadata_hash),
  };
};

struct ShareGroupTargetAssignmentMetadataKey {
  static constexpr std::int16_t record_type = 12;
  static constexpr std::string_view name = "ShareGroupTargetAssignmentMetadataKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;

  static constexpr FieldList fields{
      field("GroupId", &ShareGroupTargetAssignmentMetadataKey::group_id),
  };
};

struct ShareGroupTargetAssignmentMetadataValue {
  static constexpr std::string_view name = "ShareGroupTargetAssignmentMetadataValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::int32_t assignment_epoch = 0;
  std::int64_t assignment_timestamp = 0;

  static constexpr FieldList fields{
      field("AssignmentEpoch", &ShareGroupTargetAssignmentMetadataValue::assignment_epoch),
      field("AssignmentTimestamp", &ShareGroupTargetAssignmentMetadataValue::assignment_timestamp,
            tag(0)),
  };
};

struct ShareGroupTargetAssignmentMemberKey {
  static constexpr std::int16_t record_type = 13;
  static constexpr std::string_view name = "ShareGroupTargetAssignmentMemberKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;
  std::string_view member_id;

  static constexpr FieldList fields{
      field("GroupId", &ShareGroupTargetAssignmentMemberKey::group_id),
      field("MemberId", &ShareGroupTargetAssignmentMemberKey::member_id),
  };
};

struct ShareGroupTargetAssignmentMemberValue {
  static constexpr std::string_view name = "ShareGroupTargetAssignmentMemberValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct TopicPartition {
    Uuid topic_id{};
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("TopicId", &TopicPartition::topic_id),
        field("Partitions", &TopicPartition::partitions),
    };
  };

  std::vector<TopicPartition> topic_partitions;

  static constexpr FieldList fields{
      field("TopicPartitions", &ShareGroupTargetAssignmentMemberValue::topic_partitions),
  };
};

struct ShareGroupCurrentMemberAssignmentKey {
  static constexpr std::int16_t record_type = 14;
  static constexpr std::string_view name = "ShareGroupCurrentMemberAssignmentKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;
  std::string_view member_id;

  static constexpr FieldList fields{
      field("GroupId", &ShareGroupCurrentMemberAssignmentKey::group_id),
      field("MemberId", &ShareGroupCurrentMemberAssignmentKey::member_id),
  };
};

struct ShareGroupCurrentMemberAssignmentValue {
  static constexpr std::string_view name = "ShareGroupCurrentMemberAssignmentValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct TopicPartitions {
    Uuid topic_id{};
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("TopicId", &TopicPartitions::topic_id),
        field("Partitions", &TopicPartitions::partitions),
    };
  };

  std::int32_t member_epoch = 0;
  std::int32_t previous_member_epoch = 0;
  std::int8_t state = 0;
  std::vector<TopicPartitions> assigned_partitions;

  static constexpr FieldList fields{
      field("MemberEpoch", &ShareGroupCurrentMemberAssignmentValue::member_epoch),
      field("PreviousMemberEpoch", &ShareGroupCurrentMemberAssignmentValue::previous_member_epoch),
      field("State", &ShareGroupCurrentMemberAssignmentValue::state),
      field("AssignedPartitions", &ShareGroupCurrentMemberAssignmentValue::assigned_partitions),
  };
};

struct ShareGroupStatePartitionMetadataKey {
  static constexpr std::int16_t record_type = 15;
  static constexpr std::string_view name = "ShareGroupStatePartitionMetadataKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;

  static constexpr FieldList fields{
      field("GroupId", &ShareGroupStatePartitionMetadataKey::group_id),
  };
};

struct ShareGroupStatePartitionMetadataValue {
  static constexpr std::string_view name = "ShareGroupStatePartitionMetadataValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct TopicPartitionsInfo {
    Uuid topic_id{};
    std::string_view topic_name;
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("TopicId", &TopicPartitionsInfo::topic_id),
        field("TopicName", &TopicPartitionsInfo::topic_name),
        field("Partitions", &TopicPartitionsInfo::partitions),
    };
  };

  struct TopicInfo {
    Uuid topic_id{};
    std::string_view topic_name;

    static constexpr FieldList fields{
        field("TopicId", &TopicInfo::topic_id),
        field("TopicName", &TopicInfo::topic_name),
    };
  };

  std::vector<TopicPartitionsInfo> initializing_topics;
  std::vector<TopicPartitionsInfo> initialized_topics;
  std::vector<TopicInfo> deleting_topics;

  static constexpr FieldList fields{
      field("InitializingTopics", &ShareGroupStatePartitionMetadataValue::initializing_topics),
      field("InitializedTopics", &ShareGroupStatePartitionMetadataValue::initialized_topics),
      field("DeletingTopics", &ShareGroupStatePartitionMetadataValue::deleting_topics),
  };
};

}  // namespace fluxmq::protocol
