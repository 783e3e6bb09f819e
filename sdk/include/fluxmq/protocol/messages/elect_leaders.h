// ElectLeaders (key 43): elects leaders of partitions: the preferred, or an unclean one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ElectLeadersRequest {
  static constexpr std::int16_t api_key = 43;
  static constexpr std::string_view name = "ElectLeadersRequest";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(2);

  struct TopicPartitions {
    std::string_view topic;
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("Topic", &TopicPartitions::topic),
        field("Partitions", &TopicPartitions::partitions),
    };
  };

  std::int8_t election_type = 0;
  std::optional<std::vector<TopicPartitions>> topic_partitions = std::vector<TopicPartitions>{};
  std::int32_t timeout_ms = 60000;

  static constexpr FieldList fields{
      field("ElectionType", &ElectLeadersRequest::election_type, since(1)),
      field("TopicPartitions", &ElectLeadersRequest::topic_partitions, nullable()),
      field("TimeoutMs", &ElectLeadersRequest::timeout_ms),
  };
};

struct ElectLeadersResponse {
  static constexpr std::int16_t api_key = 43;
  static constexpr std::string_view name = "ElectLeadersResponse";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(2);

  struct PartitionResult {
    std::int32_t partition_id = 0;
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message = "";

    static constexpr FieldList fields{
        field("PartitionId", &PartitionResult::partition_id),
        field("ErrorCode", &PartitionResult::error_code),
        field("ErrorMessage", &PartitionResult::error_message, nullable()),
    };
  };

  struct ReplicaElectionResult {
    std::string_view topic;
    std::vector<PartitionResult> partition_result;

    static constexpr FieldList fields{
        field("Topic", &ReplicaElectionResult::topic),
        field("PartitionResult", &ReplicaElectionResult::partition_result),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::vector<ReplicaElectionResult> replica_election_results;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &ElectLeadersResponse::throttle_time_ms),
      field("ErrorCode", &ElectLeadersResponse::error_code, since(1)),
      field("ReplicaElectionResults", &ElectLeadersResponse::replica_election_results),
  };
};

}  // namespace fluxmq::protocol
