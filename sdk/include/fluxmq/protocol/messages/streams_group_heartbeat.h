// StreamsGroupHeartbeat (key 88): joins, stays in and leaves a streams group (KIP-1071).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct StreamsGroupHeartbeatRequest {
  static constexpr std::int16_t api_key = 88;
  static constexpr std::string_view name = "StreamsGroupHeartbeatRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct KeyValue {
    std::string_view key;
    std::string_view value;

    static constexpr FieldList fields{
        field("Key", &KeyValue::key),
        field("Value", &KeyValue::value),
    };
  };

  struct TopicInfo {
    std::string_view name;
    std::int32_t partitions = 0;
    std::int16_t replication_factor = 0;
    std::vector<KeyValue> topic_configs;

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

  struct Topology {
    std::int32_t epoch = 0;
    std::vector<Subtopology> subtopologies;

    static constexpr FieldList fields{
        field("Epoch", &Topology::epoch),
        field("Subtopologies", &Topology::subtopologies),
    };
  };

  struct TaskIds {
    std::string_view subtopology_id;
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("SubtopologyId", &TaskIds::subtopology_id),
        field("Partitions", &TaskIds::partitions),
    };
  };

  struct Endpoint {
    std::string_view host;
    std::uint16_t port = 0;

    static constexpr FieldList fields{
        field("Host", &Endpoint::host),
        field("Port", &Endpoint::port),
    };
  };

  struct TaskOffset {
    std::string_view subtopology_id;
    std::int32_t partition = 0;
    std::int64_t offset = 0;

    static constexpr FieldList fields{
        field("SubtopologyId", &TaskOffset::subtopology_id),
        field("Partition", &TaskOffset::partition),
        field("Offset", &TaskOffset::offset),
    };
  };

  std::string_view group_id;
  std::string_view member_id;
  std::int32_t member_epoch = 0;
  std::int32_t endpoint_information_epoch = 0;
  std::optional<std::string_view> instance_id;
  std::optional<std::string_view> rack_id;
  std::int32_t rebalance_timeout_ms = -1;
  std::optional<Topology> topology;
  std::optional<std::vector<TaskIds>> active_tasks;
  std::optional<std::vector<TaskIds>> standby_tasks;
  std::optional<std::vector<TaskIds>> warmup_tasks;
  std::optional<std::string_view> process_id;
  std::optional<Endpoint> user_endpoint;
  std::optional<std::vector<KeyValue>> client_tags;
  std::optional<std::vector<TaskOffset>> task_offsets;
  std::optional<std::vector<TaskOffset>> task_end_offsets;
  bool shutdown_application = false;

  static constexpr FieldList fields{
      field("GroupId", &StreamsGroupHeartbeatRequest::group_id),
      field("MemberId", &StreamsGroupHeartbeatRequest::member_id),
      field("MemberEpoch", &StreamsGroupHeartbeatRequest::member_epoch),
      field("EndpointInformationEpoch", &StreamsGroupHeartbeatRequest::endpoint_information_epoch),
      field("InstanceId", &StreamsGroupHeartbeatRequest::instance_id, nullable()),
      field("RackId", &StreamsGroupHeartbeatRequest::rack_id, nullable()),
      field("RebalanceTimeoutMs", &StreamsGroupHeartbeatRequest::rebalance_timeout_ms),
      field("Topology", &StreamsGroupHeartbeatRequest::topology, nullable()),
      field("ActiveTasks", &StreamsGroupHeartbeatRequest::active_tasks, nullable()),
      field("StandbyTasks", &StreamsGroupHeartbeatRequest::standby_tasks, nullable()),
      field("WarmupTasks", &StreamsGroupHeartbeatRequest::warmup_tasks, nullable()),
      field("ProcessId", &StreamsGroupHeartbeatRequest::process_id, nullable()),
      field("UserEndpoint", &StreamsGroupHeartbeatRequest::user_endpoint, nullable()),
      field("ClientTags", &StreamsGroupHeartbeatRequest::client_tags, nullable()),
      field("TaskOffsets", &StreamsGroupHeartbeatRequest::task_offsets, nullable()),
      field("TaskEndOffsets", &StreamsGroupHeartbeatRequest::task_end_offsets, nullable()),
      field("ShutdownApplication", &StreamsGroupHeartbeatRequest::shutdown_application),
  };
};

struct StreamsGroupHeartbeatResponse {
  static constexpr std::int16_t api_key = 88;
  static constexpr std::string_view name = "StreamsGroupHeartbeatResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct Status {
    std::int8_t status_code = 0;
    std::string_view status_detail;

    static constexpr FieldList fields{
        field("StatusCode", &Status::status_code),
        field("StatusDetail", &Status::status_detail),
    };
  };

  struct TaskIds {
    std::string_view subtopology_id;
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("SubtopologyId", &TaskIds::subtopology_id),
        field("Partitions", &TaskIds::partitions),
    };
  };

  struct Endpoint {
    std::string_view host;
    std::uint16_t port = 0;

    static constexpr FieldList fields{
        field("Host", &Endpoint::host),
        field("Port", &Endpoint::port),
    };
  };

  struct TopicPartition {
    std::string_view topic;
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("Topic", &TopicPartition::topic),
        field("Partitions", &TopicPartition::partitions),
    };
  };

  struct EndpointToPartitions {
    Endpoint user_endpoint{};
    std::vector<TopicPartition> active_partitions;
    std::vector<TopicPartition> standby_partitions;

    static constexpr FieldList fields{
        field("UserEndpoint", &EndpointToPartitions::user_endpoint),
        field("ActivePartitions", &EndpointToPartitions::active_partitions),
        field("StandbyPartitions", &EndpointToPartitions::standby_partitions),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message;
  std::string_view member_id;
  std::int32_t member_epoch = 0;
  std::int32_t heartbeat_interval_ms = 0;
  std::int32_t acceptable_recovery_lag = 0;
  std::int32_t task_offset_interval_ms = 0;
  std::optional<std::vector<Status>> status = std::vector<Status>{};
  std::optional<std::vector<TaskIds>> active_tasks;
  std::optional<std::vector<TaskIds>> standby_tasks;
  std::optional<std::vector<TaskIds>> warmup_tasks;
  std::int32_t endpoint_information_epoch = 0;
  std::optional<std::vector<EndpointToPartitions>> partitions_by_user_endpoint;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &StreamsGroupHeartbeatResponse::throttle_time_ms),
      field("ErrorCode", &StreamsGroupHeartbeatResponse::error_code),
      field("ErrorMessage", &StreamsGroupHeartbeatResponse::error_message, nullable()),
      field("MemberId", &StreamsGroupHeartbeatResponse::member_id),
      field("MemberEpoch", &StreamsGroupHeartbeatResponse::member_epoch),
      field("HeartbeatIntervalMs", &StreamsGroupHeartbeatResponse::heartbeat_interval_ms),
      field("AcceptableRecoveryLag", &StreamsGroupHeartbeatResponse::acceptable_recovery_lag),
      field("TaskOffsetIntervalMs", &StreamsGroupHeartbeatResponse::task_offset_interval_ms),
      field("Status", &StreamsGroupHeartbeatResponse::status, nullable()),
      field("ActiveTasks", &StreamsGroupHeartbeatResponse::active_tasks, nullable()),
      field("StandbyTasks", &StreamsGroupHeartbeatResponse::standby_tasks, nullable()),
      field("WarmupTasks", &StreamsGroupHeartbeatResponse::warmup_tasks, nullable()),
      field("EndpointInformationEpoch", &StreamsGroupHeartbeatResponse::endpoint_information_epoch),
      field("PartitionsByUserEndpoint", &StreamsGroupHeartbeatResponse::partitions_by_user_endpoint,
            nullable()),
  };
};

}  // namespace fluxmq::protocol
