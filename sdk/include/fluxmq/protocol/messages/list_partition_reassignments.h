// ListPartitionReassignments (key 46): the moves of partitions that are going on.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ListPartitionReassignmentsRequest {
  static constexpr std::int16_t api_key = 46;
  static constexpr std::string_view name = "ListPartitionReassignmentsRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct ListPartitionReassignmentsTopics {
    std::string_view name;
    std::vector<std::int32_t> partition_indexes;

    static constexpr FieldList fields{
        field("Name", &ListPartitionReassignmentsTopics::name),
        field("PartitionIndexes", &ListPartitionReassignmentsTopics::partition_indexes),
    };
  };

  std::int32_t timeout_ms = 60000;
  std::optional<std::vector<ListPartitionReassignmentsTopics>> topics;

  static constexpr FieldList fields{
      field("TimeoutMs", &ListPartitionReassignmentsRequest::timeout_ms),
      field("Topics", &ListPartitionReassignmentsRequest::topics, nullable()),
  };
};

struct ListPartitionReassignmentsResponse {
  static constexpr std::int16_t api_key = 46;
  static constexpr std::string_view name = "ListPartitionReassignmentsResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct OngoingPartitionReassignment {
    std::int32_t partition_index = 0;
    std::vector<std::int32_t> replicas;
    std::vector<std::int32_t> adding_replicas;
    std::vector<std::int32_t> removing_replicas;

    static constexpr FieldList fields{
        field("PartitionIndex", &OngoingPartitionReassignment::partition_index),
        field("Replicas", &OngoingPartitionReassignment::replicas),
        field("AddingReplicas", &OngoingPartitionReassignment::adding_replicas),
        field("RemovingReplicas", &OngoingPartitionReassignment::removing_replicas),
    };
  };

  struct OngoingTopicReassignment {
    std::string_view name;
    std::vector<OngoingPartitionReassignment> partitions;

    static constexpr FieldList fields{
        field("Name", &OngoingTopicReassignment::name),
        field("Partitions", &OngoingTopicReassignment::partitions),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message = "";
  std::vector<OngoingTopicReassignment> topics;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &ListPartitionReassignmentsResponse::throttle_time_ms),
      field("ErrorCode", &ListPartitionReassignmentsResponse::error_code),
      field("ErrorMessage", &ListPartitionReassignmentsResponse::error_message, nullable()),
      field("Topics", &ListPartitionReassignmentsResponse::topics),
  };
};

}  // namespace fluxmq::protocol
