// StreamsGroupDescribe (key 89): state, topology and members of streams groups (KIP-1071).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct StreamsGroupDescribeRequest {
  static constexpr std::int16_t api_key = 89;
  static constexpr std::string_view name = "StreamsGroupDescribeRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::vector<std::string_view> group_ids;
  bool include_authorized_operations = false;

  static constexpr FieldList fields{
      field("GroupIds", &StreamsGroupDescribeRequest::group_ids),
      field("IncludeAuthorizedOperations",
            &StreamsGroupDescribeRequest::include_authorized_operations),
  };
};

struct StreamsGroupDescribeResponse {
  static constexpr std::int16_t api_key = 89;
  static constexpr std::string_view name = "StreamsGroupDescribeResponse";
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

  struct Subtopology {
    std::string_view subtopology_id;
    std::vector<std::string_view> source_topics;
    std::vector<std::string_view> repartition_sink_topics;
    std::vector<TopicInfo> state_changelog_topics;
    std::vector<TopicInfo> repartition_source_topics;

    static constexpr FieldList fields{
        field("SubtopologyId", &Subtopology::subtopology_id),
        field("SourceTopics", &Subtopology::source_topics),
        field("RepartitionSinkTopics", &Subtopology::repartition_sink_topics),
        field("StateChangelogTopics", &Subtopology::state_changelog_topics),
        field("RepartitionSourceTopics", &Subtopology::repartition_source_topics),
    };
  };

  struct Topology {
    std::int32_t epoch = 0;
    std::optional<std::vector<Subtopology>> subtopologies;

    static constexpr FieldList fields{
        field("Epoch", &Topology::epoch),
        field("Subtopologies", &Topology::subtopologies, nullable()),
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

  struct TaskIds {
    std::string_view subtopology_id;
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("SubtopologyId", &TaskIds::subtopology_id),
        field("Partitions", &TaskIds::partitions),
    };
  };

  struct Assignment {
    std::vector<TaskIds> active_tasks;
    std::vector<TaskIds> standby_tasks;
    std::vector<TaskIds> warmup_tasks;

    static constexpr FieldList fields{
        field("ActiveTasks", &Assignment::active_tasks),
        field("StandbyTasks", &Assignment::standby_tasks),
        field("WarmupTasks", &Assignment::warmup_tasks),
    };
  };

  struct Member {
    std::string_view member_id;
    std::int32_t member_epoch = 0;
    std::optional<std::string_view> instance_id;
    std::optional<std::string_view> rack_id;
    std::string_view client_id;
    std::string_view client_host;
    std::int32_t topology_epoch = 0;
    std::string_view process_id;
    std::optional<Endpoint> user_endpoint;
    std::vector<KeyValue> client_tags;
    std::vector<TaskOffset> task_offsets;
    std::vector<TaskOffset> task_end_offsets;
    Assignment assignment{};
    Assignment target_assignment{};
    bool is_classic = false;

    static constexpr FieldList fields{
        field("MemberId", &Member::member_id),
        field("MemberEpoch", &Member::member_epoch),
        field("InstanceId", &Member::instance_id, nullable()),
        field("RackId", &Member::rack_id, nullable()),
        field("ClientId", &Member::client_id),
        field("ClientHost", &Member::client_host),
        field("TopologyEpoch", &Member::topology_epoch),
        field("ProcessId", &Member::process_id),
        field("UserEndpoint", &Member::user_endpoint, nullable()),
        field("ClientTags", &Member::client_tags),
        field("TaskOffsets", &Member::task_offsets),
        field("TaskEndOffsets", &Member::task_end_offsets),
        field("Assignment", &Member::assignment),
        field("TargetAssignment", &Member::target_assignment),
        field("IsClassic", &Member::is_classic),
    };
  };

  struct DescribedGroup {
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message;
    std::string_view group_id;
    std::string_view group_state;
    std::int32_t group_epoch = 0;
    std::int32_t assignment_epoch = 0;
    std::optional<Topology> topology;
    std::vector<Member> members;
    std::int32_t authorized_operations = std::numeric_limits<std::int32_t>::min();

    static constexpr FieldList fields{
        field("ErrorCode", &DescribedGroup::error_code),
        field("ErrorMessage", &DescribedGroup::error_message, nullable()),
        field("GroupId", &DescribedGroup::group_id),
        field("GroupState", &DescribedGroup::group_state),
        field("GroupEpoch", &DescribedGroup::group_epoch),
        field("AssignmentEpoch", &DescribedGroup::assignment_epoch),
        field("Topology", &DescribedGroup::topology, nullable()),
        field("Members", &DescribedGroup::members),
        field("AuthorizedOperations", &DescribedGroup::authorized_operations),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<DescribedGroup> groups;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &StreamsGroupDescribeResponse::throttle_time_ms),
      field("Groups", &StreamsGroupDescribeResponse::groups),
  };
};

}  // namespace fluxmq::protocol
