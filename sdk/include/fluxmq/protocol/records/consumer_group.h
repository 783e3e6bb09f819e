// Records of consumer groups (KIP-848) in __consumer_offsets.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ConsumerGroupMetadataKey {
  static constexpr std::int16_t record_type = 3;
  static constexpr std::string_view name = "ConsumerGroupMetadataKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;

  static constexpr FieldList fields{
      field("GroupId", &ConsumerGroupMetadataKey::group_id),
  };
};

struct ConsumerGroupMetadataValue {
  static constexpr std::string_view name = "ConsumerGroupMetadataValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::int32_t epoch = 0;
  std::int64_t metadata_hash = 0;

  static constexpr FieldList fields{
      field("Epoch", &ConsumerGroupMetadataValue::epoch),
      field("MetadataHash", &ConsumerGroupMetadataValue::metadata_hash, tag(0)),
  };
};

struct ConsumerGroupPartitionMetadataKey {
  static constexpr std::int16_t record_type = 4;
  static constexpr std::string_view name = "ConsumerGroupPartitionMetadataKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;

  static constexpr FieldList fields{
      field("GroupId", &ConsumerGroupPartitionMetadataKey::group_id),
  };
};

struct ConsumerGroupPartitionMetadataValue {
  static constexpr std::string_view name = "ConsumerGroupPartitionMetadataValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct PartitionMetadata {
    std::int32_t partition = 0;
    std::vector<std::string_view> racks;

    static constexpr FieldList fields{
        field("Partition", &PartitionMetadata::partition),
        field("Racks", &PartitionMetadata::racks),
    };
  };

  struct TopicMetadata {
    Uuid topic_id{};
    std::string_view topic_name;
    std::int32_t num_partitions = 0;
    std::vector<PartitionMetadata> partition_metadata;

    static constexpr FieldList fields{
        field("TopicId", &TopicMetadata::topic_id),
        field("TopicName", &TopicMetadata::topic_name),
        field("NumPartitions", &TopicMetadata::num_partitions),
        field("PartitionMetadata", &TopicMetadata::partition_metadata),
    };
  };

  std::vector<TopicMetadata> topics;

  static constexpr FieldList fields{
      field("Topics", &ConsumerGroupPartitionMetadataValue::topics),
  };
};

struct ConsumerGroupMemberMetadataKey {
  static constexpr std::int16_t record_type = 5;
  static constexpr std::string_view name = "ConsumerGroupMemberMetadataKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;
  std::string_view member_id;

  static constexpr FieldList fields{
      field("GroupId", &ConsumerGroupMemberMetadataKey::group_id),
      field("MemberId", &ConsumerGroupMemberMetadataKey::member_id),
  };
};

struct ConsumerGroupMemberMetadataValue {
  static constexpr std::string_view name = "ConsumerGroupMemberMetadataValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct ClassicProtocol {
    std::string_view name;
    Bytes metadata;

    static constexpr FieldList fields{
        field("Name", &ClassicProtocol::name),
        field("Metadata", &ClassicProtocol::metadata),
    };
  };

  struct ClassicMemberMetadata {
    std::int32_t session_timeout_ms = 0;
    std::vector<ClassicProtocol> supported_protocols;

    static constexpr FieldList fields{
        field("SessionTimeoutMs", &ClassicMemberMetadata::session_timeout_ms),
        field("SupportedProtocols", &ClassicMemberMetadata::supported_protocols),
    };
  };

  std::optional<std::string_view> instance_id = "";
  std::optional<std::string_view> rack_id = "";
  std::string_view client_id;
  std::string_view client_host;
  std::vector<std::string_view> subscribed_topic_names;
  std::optional<std::string_view> subscribed_topic_regex = "";
  std::int32_t rebalance_timeout_ms = -1;
  std::optional<std::string_view> server_assignor = "";
  std::optional<ClassicMemberMetadata> classic_member_metadata = ClassicMemberMetadata{};

  static constexpr FieldList fields{
      field("InstanceId", &ConsumerGroupMemberMetadataValue::instance_id, nullable()),
      field("RackId", &ConsumerGroupMemberMetadataValue::rack_id, nullable()),
      field("ClientId", &ConsumerGroupMemberMetadataValue::client_id),
      field("ClientHost", &ConsumerGroupMemberMetadataValue::client_host),
      field("SubscribedTopicNames", &ConsumerGroupMemberMetadataValue::subscribed_topic_names),
      field("SubscribedTopicRegex", &ConsumerGroupMemberMetadataValue::subscribed_topic_regex,
            nullable()),
      field("RebalanceTimeoutMs", &ConsumerGroupMemberMetadataValue::rebalance_timeout_ms),
      field("ServerAssignor", &ConsumerGroupMemberMetadataValue::server_assignor, nullable()),
      field("ClassicMemberMetadata", &ConsumerGroupMemberMetadataValue::classic_member_metadata,
            nullable(), tag(0)),
  };
};

struct ConsumerGroupTargetAssignmentMetadataKey {
  static constexpr std::int16_t record_type = 6;
  static constexpr std::string_view name = "ConsumerGroupTargetAssignmentMetadataKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;

  static constexpr FieldList fields{
      field("GroupId", &ConsumerGroupTargetAssignmentMetadataKey::group_id),
  };
};

struct ConsumerGroupTargetAssignmentMetadataValue {
  static constexpr std::string_view name = "ConsumerGroupTargetAssignmentMetadataValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::int32_t assignment_epoch = 0;
  std::int64_t assignment_timestamp = 0;

  static constexpr FieldList fields{
      field("AssignmentEpoch", &ConsumerGroupTargetAssignmentMetadataValue::assignment_epoch),
      field("AssignmentTimestamp",
            &ConsumerGroupTargetAssignmentMetadataValue::assignment_timestamp, tag(0)),
  };
};

struct ConsumerGroupTargetAssignmentMemberKey {
  static constexpr std::int16_t record_type = 7;
  static constexpr std::string_view name = "ConsumerGroupTargetAssignmentMemberKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;
  std::string_view member_id;

  static constexpr FieldList fields{
      field("GroupId", &ConsumerGroupTargetAssignmentMemberKey::group_id),
      field("MemberId", &ConsumerGroupTargetAssignmentMemberKey::member_id),
  };
};

struct ConsumerGroupTargetAssignmentMemberValue {
  static constexpr std::string_view name = "ConsumerGroupTargetAssignmentMemberValue";
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
      field("TopicPartitions", &ConsumerGroupTargetAssignmentMemberValue::topic_partitions),
  };
};

struct ConsumerGroupCurrentMemberAssignmentKey {
  static constexpr std::int16_t record_type = 8;
  static constexpr std::string_view name = "ConsumerGroupCurrentMemberAssignmentKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;
  std::string_view member_id;

  static constexpr FieldList fields{
      field("GroupId", &ConsumerGroupCurrentMemberAssignmentKey::group_id),
      field("MemberId", &ConsumerGroupCurrentMemberAssignmentKey::member_id),
  };
};

struct ConsumerGroupCurrentMemberAssignmentValue {
  static constexpr std::string_view name = "ConsumerGroupCurrentMemberAssignmentValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct TopicPartitions {
    Uuid topic_id{};
    std::vector<std::int32_t> partitions;
    std::optional<std::vector<std::int32_t>> assignment_epochs = std::vector<std::int32_t>{};

    static constexpr FieldList fields{
        field("TopicId", &TopicPartitions::topic_id),
        field("Partitions", &TopicPartitions::partitions),
        field("AssignmentEpochs", &TopicPartitions::assignment_epochs, nullable(), tag(0)),
    };
  };

  std::int32_t member_epoch = 0;
  std::int32_t previous_member_epoch = 0;
  std::int8_t state = 0;
  std::vector<TopicPartitions> assigned_partitions;
  std::vector<TopicPartitions> partitions_pending_revocation;

  static constexpr FieldList fields{
      field("MemberEpoch", &ConsumerGroupCurrentMemberAssignmentValue::member_epoch),
      field("PreviousMemberEpoch",
            &ConsumerGroupCurrentMemberAssignmentValue::previous_member_epoch),
      field("State", &ConsumerGroupCurrentMemberAssignmentValue::state),
      field("AssignedPartitions", &ConsumerGroupCurrentMemberAssignmentValue::assigned_partitions),
      field("PartitionsPendingRevocation",
            &ConsumerGroupCurrentMemberAssignmentValue::partitions_pending_revocation),
  };
};

struct ConsumerGroupRegularExpressionKey {
  static constexpr std::int16_t record_type = 16;
  static constexpr std::string_view name = "ConsumerGroupRegularExpressionKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;
  std::string_view regular_expression;

  static constexpr FieldList fields{
      field("GroupId", &ConsumerGroupRegularExpressionKey::group_id),
      field("RegularExpression", &ConsumerGroupRegularExpressionKey::regular_expression),
  };
};

struct ConsumerGroupRegularExpressionValue {
  static constexpr std::string_view name = "ConsumerGroupRegularExpressionValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::vector<std::string_view> topics;
  std::int64_t version = 0;
  std::int64_t timestamp = 0;

  static constexpr FieldList fields{
      field("Topics", &ConsumerGroupRegularExpressionValue::topics),
      field("Version", &ConsumerGroupRegularExpressionValue::version),
      field("Timestamp", &ConsumerGroupRegularExpressionValue::timestamp),
  };
};

}  // namespace fluxmq::protocol
