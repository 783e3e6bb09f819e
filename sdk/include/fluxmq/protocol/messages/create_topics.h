// CreateTopics (key 19): creates topics.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct CreateTopicsRequest {
  static constexpr std::int16_t api_key = 19;
  static constexpr std::string_view name = "CreateTopicsRequest";
  static constexpr VersionRange versions{0, 7};
  static constexpr VersionRange flexible = since(5);

  struct CreatableReplicaAssignment {
    std::int32_t partition_index = 0;
    std::vector<std::int32_t> broker_ids;

    static constexpr FieldList fields{
        field("PartitionIndex", &CreatableReplicaAssignment::partition_index),
        field("BrokerIds", &CreatableReplicaAssignment::broker_ids),
    };
  };

  struct CreatableTopicConfig {
    std::string_view name;
    std::optional<std::string_view> value = "";

    static constexpr FieldList fields{
        field("Name", &CreatableTopicConfig::name),
        field("Value", &CreatableTopicConfig::value, nullable()),
    };
  };

  struct CreatableTopic {
    std::string_view name;
    std::int32_t num_partitions = 0;
    std::int16_t replication_factor = 0;
    std::vector<CreatableReplicaAssignment> assignments;
    std::vector<CreatableTopicConfig> configs;

    static constexpr FieldList fields{
        field("Name", &CreatableTopic::name),
        field("NumPartitions", &CreatableTopic::num_partitions),
        field("ReplicationFactor", &CreatableTopic::replication_factor),
        field("Assignments", &CreatableTopic::assignments),
        field("Configs", &CreatableTopic::configs),
    };
  };

  std::vector<CreatableTopic> topics;
  std::int32_t timeout_ms = 60000;
  bool validate_only = false;

  static constexpr FieldList fields{
      field("Topics", &CreateTopicsRequest::topics),
      field("timeoutMs", &CreateTopicsRequest::timeout_ms),
      field("validateOnly", &CreateTopicsRequest::validate_only, since(1)),
  };
};

struct CreateTopicsResponse {
  static constexpr std::int16_t api_key = 19;
  static constexpr std::string_view name = "CreateTopicsResponse";
  static constexpr VersionRange versions{0, 7};
  static constexpr VersionRange flexible = since(5);

  struct CreatableTopicConfigs {
    std::string_view name;
    std::optional<std::string_view> value = "";
    bool read_only = false;
    std::int8_t config_source = -1;
    bool is_sensitive = false;

    static constexpr FieldList fields{
        field("Name", &CreatableTopicConfigs::name, since(5)),
        field("Value", &CreatableTopicConfigs::value, since(5), nullable_since(5)),
        field("ReadOnly", &CreatableTopicConfigs::read_only, since(5)),
        field("ConfigSource", &CreatableTopicConfigs::config_source, since(5)),
        field("IsSensitive", &CreatableTopicConfigs::is_sensitive, since(5)),
    };
  };

  struct CreatableTopicResult {
    std::string_view name;
    Uuid topic_id{};
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message = "";
    std::int16_t topic_config_error_code = 0;
    std::int32_t num_partitions = -1;
    std::int16_t replication_factor = -1;
    std::optional<std::vector<CreatableTopicConfigs>> configs =
        std::vector<CreatableTopicConfigs>{};

    static constexpr FieldList fields{
        field("Name", &CreatableTopicResult::name),
        field("TopicId", &CreatableTopicResult::topic_id, since(7)),
        field("ErrorCode", &CreatableTopicResult::error_code),
        field("ErrorMessage", &CreatableTopicResult::error_message, since(1), nullable()),
        field("TopicConfigErrorCode", &CreatableTopicResult::topic_config_error_code, since(5),
              tag(0)),
        field("NumPartitions", &CreatableTopicResult::num_partitions, since(5)),
        field("ReplicationFactor", &CreatableTopicResult::replication_factor, since(5)),
        field("Configs", &CreatableTopicResult::configs, since(5), nullable_since(5)),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<CreatableTopicResult> topics;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &CreateTopicsResponse::throttle_time_ms, since(2)),
      field("Topics", &CreateTopicsResponse::topics),
  };
};

}  // namespace fluxmq::protocol
