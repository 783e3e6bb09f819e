// Records of streams groups (KIP-1071) in __consumer_offsets.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct StreamsGroupMetadataKey {
  static constexpr std::int16_t record_type = 17;
  static constexpr std::string_view name = "StreamsGroupMetadataKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;

  static constexpr FieldList fields{
      field("GroupId", &StreamsGroupMetadataKey::group_id),
  };
};

struct StreamsGroupMetadataValue {
  static constexpr std::string_view name = "StreamsGroupMetadataValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct LastAssignmentConfig {
    std::string_view key;
    std::string_view value;

    static constexpr FieldList fields{
        field("Key", &LastAssignmentConfig::key),
        field("Value", &LastAssignmentConfig::value),
    };
  };

  std::int32_t epoch = 0;
  std::int64_t metadata_hash = 0;
  std::int32_t validated_topology_epoch = -1;
  std::optional<std::vector<LastAssignmentConfig>> last_assignment_configs =
      std::vector<LastAssignmentConfig>{};

  static constexpr FieldList fields{
      field("Epoch", &StreamsGroupMetadataValue::epoch),
      field("MetadataHash", &StreamsGroupMetadataValue::metadata_hash),
      field("ValidatedTopologyEpoch", &StreamsGroupMetadataValue::validated_topology_epoch, tag(0)),
      field("LastAssignmentConfigs", &StreamsGroupMetadataValue::last_assignment_configs,
            nullable(), tag(1)),
  };
};

struct StreamsGroupMemberMetadataKey {
  static constexpr std::int16_t record_type = 19;
  static constexpr std::string_view name = "StreamsGroupMemberMetadataKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;
  std::string_view member_id;

  static constexpr FieldList fields{
      field("GroupId", &StreamsGroupMemberMetadataKey::group_id),
      field("MemberId", &StreamsGroupMemberMetadataKey::member_id),
  };
};

struct StreamsGroupMemberMetadataValue {
  static constexpr std::string_view name = "StreamsGroupMemberMetadataValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct Endpoint {
    std::string_view host;
    std::uint16_t port = 0;

    static constexpr FieldList fields{
        field("Host", &Endpoint::host),
        field("Port", &Endpoint::port),
    };
  };

  struct KeyValue {
    std::string_view key;
    std::string_view value;

    static constexpr FieldList fields{
        field("Key", &KeyValue::key),
        field("Value", &KeyValue::value),
    };
  };

  std::optional<std::string_view> instance_id = "";
  std::optional<std::string_view> rack_id = "";
  std::string_view client_id;
  std::string_view client_host;
  std::int32_t rebalance_timeout_ms = -1;
  std::int32_t topology_epoch = 0;
  std::string_view process_id;
  std::optional<Endpoint> user_endpoint;
  std::vector<KeyValue> client_tags;

  static constexpr FieldList fields{
      field("InstanceId", &StreamsGroupMemberMetadataValue::instance_id, nullable()),
      field("RackId", &StreamsGroupMemberMetadataValue::rack_id, nullable()),
      field("ClientId", &StreamsGroupMemberMetadataValue::client_id),
      field("ClientHost", &StreamsGroupMemberMetadataValue::client_host),
      field("RebalanceTimeoutMs", &StreamsGroupMemberMetadataValue::rebalance_timeout_ms),
      field("TopologyEpoch", &StreamsGroupMemberMetadataValue::topology_epoch),
      field("ProcessId", &StreamsGroupMemberMetadataValue::process_id),
      field("UserEndpoint", &StreamsGroupMemberMetadataValue::user_endpoint, nullable()),
      field("ClientTags", &StreamsGroupMemberMetadataValue::client_tags),
  };
};

struct StreamsGroupTargetAssignmentMetadataKey {
  static constexpr std::int16_t record_type = 20;
  static constexpr std::string_view name = "StreamsGroupTargetAssignmentMetadataKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;

  static constexpr FieldList fields{
      field("GroupId", &StreamsGroupTargetAssignmentMetadataKey::group_id),
  };
};

struct StreamsGroupTargetAssignmentMetadataValue {
  static constexpr std::string_view name = "StreamsGroupTargetAssignmentMetadataValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::int32_t assignment_epoch = 0;
  std::int64_t assignment_timestamp = 0;

  static constexpr FieldList fields{
      field("AssignmentEpoch", &StreamsGroupTargetAssignmentMetadataValue::assignment_epoch),
      field("AssignmentTimestamp", &StreamsGroupTargetAssignmentMetadataValue::assignment_timestamp,
            tag(0)),
  };
};

struct StreamsGroupTargetAssignmentMemberKey {
  static constexpr std::int16_t record_type = 21;
  static constexpr std::string_view name = "StreamsGroupTargetAssignmentMemberKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;
  std::string_view member_id;

  static constexpr FieldList fields{
      field("GroupId", &StreamsGroupTargetAssignmentMemberKey::group_id),
      field("MemberId", &StreamsGroupTargetAssignmentMemberKey::member_id),
  };
};

struct StreamsGroupTargetAssignmentMemberValue {
  static constexpr std::string_view name = "StreamsGroupTargetAssignmentMemberValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct TaskIds {
    std::string_view subtopology_id;
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("SubtopologyId", &TaskIds::subtopology_id),
        field("Partitions", &TaskIds::partitions),
    };
  };

  std::vector<TaskIds> active_tasks;
  std::vector<TaskIds> standby_tasks;
  std::vector<TaskIds> warmup_tasks;

  static constexpr FieldList fields{
      field("ActiveTasks", &StreamsGroupTargetAssignmentMemberValue::active_tasks),
      field("StandbyTasks", &StreamsGroupTargetAssignmentMemberValue::standby_tasks),
      field("WarmupTasks", &StreamsGroupTargetAssignmentMemberValue::warmup_tasks),
  };
};

struct StreamsGroupCurrentMemberAssignmentKey {
  static constexpr std::int16_t record_type = 22;
  static constexpr std::string_view name = "StreamsGroupCurrentMemberAssignmentKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;
  std::string_view member_id;

  static constexpr FieldList fields{
      field("GroupId", &StreamsGroupCurrentMemberAssignmentKey::group_id),
      field("MemberId", &StreamsGroupCurrentMemberAssignmentKey::member_id),
  };
};

struct StreamsGroupCurrentMemberAssignmentValue {
  static constexpr std::string_view name = "StreamsGroupCurrentMemberAssignmentValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct TaskIds {
    std::string_view subtopology_id;
    std::vector<std::int32_t> partitions;
    std::optional<std::vector<std::int32_t>> assignment_epochs = std::vector<std::int32_t>{};

    static constexpr FieldList fields{
        field("SubtopologyId", &TaskIds::subtopology_id),
        field("Partitions", &TaskIds::partitions),
        field("AssignmentEpochs", &TaskIds::assignment_epochs, nullable(), tag(0)),
    };
  };

  std::int32_t member_epoch = 0;
  std::int32_t previous_member_epoch = 0;
  std::int8_t state = 0;
  std::vector<TaskIds> active_tasks;
  std::vector<TaskIds> standby_tasks;
  std::vector<TaskIds> warmup_tasks;
  std::vector<TaskIds> active_tasks_pending_revocation;
  std::vector<TaskIds> standby_tasks_pending_revocation;
  std::vector<TaskIds> warmup_tasks_pending_revocation;

  static constexpr FieldList fields{
      field("MemberEpoch", &StreamsGroupCurrentMemberAssignmentValue::member_epoch),
      field("PreviousMemberEpoch",
            &StreamsGroupCurrentMemberAssignmentValue::previous_member_epoch),
      field("State", &StreamsGroupCurrentMemberAssignmentValue::state),
      field("ActiveTasks", &StreamsGroupCurrentMemberAssignmentValue::active_tasks),
      field("StandbyTasks", &StreamsGroupCurrentMemberAssignmentValue::standby_tasks),
      field("WarmupTasks", &StreamsGroupCurrentMemberAssignmentValue::warmup_tasks),
      field("ActiveTasksPendingRevocation",
            &StreamsGroupCurrentMemberAssignmentValue::active_tasks_pending_revocation),
      field("StandbyTasksPendingRevocation",
            &StreamsGroupCurrentMemberAssignmentValue::standby_tasks_pending_revocation),
      field("WarmupTasksPendingRevocation",
            &StreamsGroupCurrentMemberAssignmentValue::warmup_tasks_pending_revocation),
  };
};

struct StreamsGroupTopologyKey {
  static constexpr std::int16_t record_type = 23;
  static constexpr std::string_view name = "StreamsGroupTopologyKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;

  static constexpr FieldList fields{
      field("GroupId", &StreamsGroupTopologyKey::group_id),
  };
};

struct StreamsGroupTopologyValue {
  static constexpr std::string_view name = "StreamsGroupTopologyValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct TopicConfig {
    std::string_view key;
    std::string_view value;

    static constexpr FieldList fields{
        field("key", &TopicConfig::key),
        field("value", &TopicConfig::value),
    };
  };

  struct TopicInfo {
    std::string_view name;
    std::int32_t partitions = 0;
    std::int16_t replication_factor = 0;
    std::vector<TopicConfig> topic_configs;

    static constexpr FieldList fields{
        field("Name", &TopicInfo::name),
        field("Partitions", &TopicInfo::partitions),
        field("ReplicationFactor", &TopicInfo::replication_factor),
        field("TopicConfigs", &TopicInfo::topic_configs),
    };
  };

  struct CopartitionGroup {
    std::vector<std::int16_t> source_topics;
    std::vector<std::int16_t> source_topic_regex;
    std::vector<std::int16_t> repartition_source_topics;

    static constexpr FieldList fields{
        field("SourceTopics", &CopartitionGroup::source_topics),
        field("SourceTopicRegex", &CopartitionGroup::source_topic_regex),
        field("RepartitionSourceTopics", &CopartitionGroup::repartition_source_topics),
    };
  };

  struct Subtopology {
    std::string_view subtopology_id;
    std::vector<std::string_view> source_topics;
    std::vector<std::string_view> source_topic_regex;
    std::vector<TopicInfo> state_changelog_topics;
    std::vector<std::string_view> repartition_sink_topics;
    std::vector<TopicInfo> repartition_source_topics;
    std::vector<CopartitionGroup> copartition_groups;

    static constexpr FieldList fields{
        field("SubtopologyId", &Subtopology::subtopology_id),
        field("SourceTopics", &Subtopology::source_topics),
        field("SourceTopicRegex", &Subtopology::source_topic_regex),
        field("StateChangelogTopics", &Subtopology::state_changelog_topics),
        field("RepartitionSinkTopics", &Subtopology::repartition_sink_topics),
        field("RepartitionSourceTopics", &Subtopology::repartition_source_topics),
        field("CopartitionGroups", &Subtopology::copartition_groups),
    };
  };

  std::int32_t epoch = 0;
  std::vector<Subtopology> subtopologies;

  static constexpr FieldList fields{
      field("Epoch", &StreamsGroupTopologyValue::epoch),
      field("Subtopologies", &StreamsGroupTopologyValue::subtopologies),
  };
};

}  // namespace fluxmq::protocol
