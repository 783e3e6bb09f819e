// AlterPartitionReassignments (key 45): begins or cancels moves of partitions between brokers.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct AlterPartitionReassignmentsRequest {
  static constexpr std::int16_t api_key = 45;
  static constexpr std::string_view name = "AlterPartitionReassignmentsRequest";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(0);

  struct ReassignablePartition {
    std::int32_t partition_index = 0;
    std::optional<std::vector<std::int32_t>> replicas;

    static constexpr FieldList fields{
        field("PartitionIndex", &ReassignablePartition::partition_index),
        field("Replicas", &ReassignablePartition::replicas, nullable()),
    };
  };

  struct ReassignableTopic {
    std::string_view name;
    std::vector<ReassignablePartition> partitions;

    static constexpr FieldList fields{
        field("Name", &ReassignableTopic::name),
        field("Partitions", &ReassignableTopic::partitions),
    };
  };

  std::int32_t timeout_ms = 60000;
  bool allow_replication_factor_change = true;
  std::vector<ReassignableTopic> topics;

  static constexpr FieldList fields{
      field("TimeoutMs", &AlterPartitionReassignmentsRequest::timeout_ms),
      field("AllowReplicationFactorChange",
            &AlterPartitionReassignmentsRequest::allow_replication_factor_change, since(1)),
      field("Topics", &AlterPartitionReassignmentsRequest::topics),
  };
};

struct AlterPartitionReassignmentsResponse {
  static constexpr std::int16_t api_key = 45;
  static constexpr std::string_view name = "AlterPartitionReassignmentsResponse";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(0);

  struct ReassignablePartitionResponse {
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message = "";

    static constexpr FieldList fields{
        field("PartitionIndex", &ReassignablePartitionResponse::partition_index),
        field("ErrorCode", &ReassignablePartitionResponse::error_code),
        field("ErrorMessage", &ReassignablePartitionResponse::error_message, nullable()),
    };
  };

  struct ReassignableTopicResponse {
    std::string_view name;
    std::vector<ReassignablePartitionResponse> partitions;

    static constexpr FieldList fields{
        field("Name", &ReassignableTopicResponse::name),
        field("Partitions", &ReassignableTopicResponse::partitions),
    };
  };

  std::int32_t throttle_time_ms = 0;
  bool allow_replication_factor_change = true;
  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message = "";
  std::vector<ReassignableTopicResponse> responses;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &AlterPartitionReassignmentsResponse::throttle_time_ms),
      field("AllowReplicationFactorChange",
            &AlterPartitionReassignmentsResponse::allow_replication_factor_change, since(1)),
      field("ErrorCode", &AlterPartitionReassignmentsResponse::error_code),
      field("ErrorMessage", &AlterPartitionReassignmentsResponse::error_message, nullable()),
      field("Responses", &AlterPartitionReassignmentsResponse::responses),
  };
};

}  // namespace fluxmq::protocol
