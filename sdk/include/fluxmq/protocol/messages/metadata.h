// Metadata (key 3): brokers, topics and partition leaders; the first thing that a client wants to
// know.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct MetadataRequest {
  static constexpr std::int16_t api_key = 3;
  static constexpr std::string_view name = "MetadataRequest";
  static constexpr VersionRange versions{0, 13};
  static constexpr VersionRange flexible = since(9);

  struct MetadataRequestTopic {
    Uuid topic_id{};
    std::optional<std::string_view> name = "";

    static constexpr FieldList fields{
        field("TopicId", &MetadataRequestTopic::topic_id, since(10)),
        field("Name", &MetadataRequestTopic::name, nullable_since(10)),
    };
  };

  std::optional<std::vector<MetadataRequestTopic>> topics = std::vector<MetadataRequestTopic>{};
  bool allow_auto_topic_creation = true;
  bool include_cluster_authorized_operations = false;
  bool include_topic_authorized_operations = false;

  static constexpr FieldList fields{
      field("Topics", &MetadataRequest::topics, nullable_since(1)),
      field("AllowAutoTopicCreation", &MetadataRequest::allow_auto_topic_creation, since(4)),
      field("IncludeClusterAuthorizedOperations",
            &MetadataRequest::include_cluster_authorized_operations, between(8, 10)),
      field("IncludeTopicAuthorizedOperations",
            &MetadataRequest::include_topic_authorized_operations, since(8)),
  };
};

struct MetadataResponse {
  static constexpr std::int16_t api_key = 3;
  static constexpr std::string_view name = "MetadataResponse";
  static constexpr VersionRange versions{0, 13};
  static constexpr VersionRange flexible = since(9);

  struct MetadataResponseBroker {
    std::int32_t node_id = 0;
    std::string_view host;
    std::int32_t port = 0;
    std::optional<std::string_view> rack;

    static constexpr FieldList fields{
        field("NodeId", &MetadataResponseBroker::node_id),
        field("Host", &MetadataResponseBroker::host),
        field("Port", &MetadataResponseBroker::port),
        field("Rack", &MetadataResponseBroker::rack, since(1), nullable_since(1)),
    };
  };

  struct MetadataResponsePartition {
    std::int16_t error_code = 0;
    std::int32_t partition_index = 0;
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = -1;
    std::vector<std::int32_t> replica_nodes;
    std::vector<std::int32_t> isr_nodes;
    std::vector<std::int32_t> offline_replicas;

    static constexpr FieldList fields{
        field("ErrorCode", &MetadataResponsePartition::error_code),
        field("PartitionIndex", &MetadataResponsePartition::partition_index),
        field("LeaderId", &MetadataResponsePartition::leader_id),
        field("LeaderEpoch", &MetadataResponsePartition::leader_epoch, since(7)),
        field("ReplicaNodes", &MetadataResponsePartition::replica_nodes),
        field("IsrNodes", &MetadataResponsePartition::isr_nodes),
        field("OfflineReplicas", &MetadataResponsePartition::offline_replicas, since(5)),
    };
  };

  struct MetadataResponseTopic {
    std::int16_t error_code = 0;
    std::optional<std::string_view> name = "";
    Uuid topic_id{};
    bool is_internal = false;
    std::vector<MetadataResponsePartition> partitions;
    std::int32_t topic_authorized_operations = std::numeric_limits<std::int32_t>::min();

    static constexpr FieldList fields{
        field("ErrorCode", &MetadataResponseTopic::error_code),
        field("Name", &MetadataResponseTopic::name, nullable_since(12)),
        field("TopicId", &MetadataResponseTopic::topic_id, since(10)),
        field("IsInternal", &MetadataResponseTopic::is_internal, since(1)),
        field("Partitions", &MetadataResponseTopic::partitions),
        field("TopicAuthorizedOperations", &MetadataResponseTopic::topic_authorized_operations,
              since(8)),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<MetadataResponseBroker> brokers;
  std::optional<std::string_view> cluster_id;
  std::int32_t controller_id = -1;
  std::vector<MetadataResponseTopic> topics;
  std::int32_t cluster_authorized_operations = std::numeric_limits<std::int32_t>::min();
  std::int16_t error_code = 0;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &MetadataResponse::throttle_time_ms, since(3)),
      field("Brokers", &MetadataResponse::brokers),
      field("ClusterId", &MetadataResponse::cluster_id, since(2), nullable_since(2)),
      field("ControllerId", &MetadataResponse::controller_id, since(1)),
      field("Topics", &MetadataResponse::topics),
      field("ClusterAuthorizedOperations", &MetadataResponse::cluster_authorized_operations,
            between(8, 10)),
      field("ErrorCode", &MetadataResponse::error_code, since(13)),
  };
};

}  // namespace fluxmq::protocol
