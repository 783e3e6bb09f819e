// Fetch (key 1): reads record batches from partitions, waiting for new ones if asked to.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct FetchRequest {
  static constexpr std::int16_t api_key = 1;
  static constexpr std::string_view name = "FetchRequest";
  static constexpr VersionRange versions{0, 18};
  static constexpr VersionRange flexible = since(12);

  struct ReplicaState {
    std::int32_t replica_id = -1;
    std::int64_t replica_epoch = -1;

    static constexpr FieldList fields{
        field("ReplicaId", &ReplicaState::replica_id, since(15)),
        field("ReplicaEpoch", &ReplicaState::replica_epoch, since(15)),
    };
  };

  struct FetchPartition {
    std::int32_t partition = 0;
    std::int32_t current_leader_epoch = -1;
    std::int64_t fetch_offset = 0;
    std::int32_t last_fetched_epoch = -1;
    std::int64_t log_start_offset = -1;
    std::int32_t partition_max_bytes = 0;
    Uuid replica_directory_id{};
    std::int64_t high_watermark = std::numeric_limits<std::int64_t>::max();

    static constexpr FieldList fields{
        field("Partition", &FetchPartition::partition),
        field("CurrentLeaderEpoch", &FetchPartition::current_leader_epoch, since(9)),
        field("FetchOffset", &FetchPartition::fetch_offset),
        field("LastFetchedEpoch", &FetchPartition::last_fetched_epoch, since(12)),
        field("LogStartOffset", &FetchPartition::log_start_offset, since(5)),
        field("PartitionMaxBytes", &FetchPartition::partition_max_bytes),
        field("ReplicaDirectoryId", &FetchPartition::replica_directory_id, since(17), tag(0)),
        field("HighWatermark", &FetchPartition::high_watermark, since(18), tag(1)),
    };
  };

  struct FetchTopic {
    std::string_view topic;
    Uuid topic_id{};
    std::vector<FetchPartition> partitions;

    static constexpr FieldList fields{
        field("Topic", &FetchTopic::topic, until(12)),
        field("TopicId", &FetchTopic::topic_id, since(13)),
        field("Partitions", &FetchTopic::partitions),
    };
  };

  struct ForgottenTopic {
    std::string_view topic;
    Uuid topic_id{};
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("Topic", &ForgottenTopic::topic, between(7, 12)),
        field("TopicId", &ForgottenTopic::topic_id, since(13)),
        field("Partitions", &ForgottenTopic::partitions, since(7)),
    };
  };

  std::optional<std::string_view> cluster_id;
  std::int32_t replica_id = -1;
  ReplicaState replica_state{};
  std::int32_t max_wait_ms = 0;
  std::int32_t min_bytes = 0;
  std::int32_t max_bytes = std::numeric_limits<std::int32_t>::max();
  std::int8_t isolation_level = 0;
  std::int32_t session_id = 0;
  std::int32_t session_epoch = -1;
  std::vector<FetchTopic> topics;
  std::vector<ForgottenTopic> forgotten_topics_data;
  std::string_view rack_id;

  static constexpr FieldList fields{
      field("ClusterId", &FetchRequest::cluster_id, since(12), nullable_since(12), tag(0)),
      field("ReplicaId", &FetchRequest::replica_id, until(14)),
      field("ReplicaState", &FetchRequest::replica_state, since(15), tag(1)),
      field("MaxWaitMs", &FetchRequest::max_wait_ms),
      field("MinBytes", &FetchRequest::min_bytes),
      field("MaxBytes", &FetchRequest::max_bytes, since(3)),
      field("IsolationLevel", &FetchRequest::isolation_level, since(4)),
      field("SessionId", &FetchRequest::session_id, since(7)),
      field("SessionEpoch", &FetchRequest::session_epoch, since(7)),
      field("Topics", &FetchRequest::topics),
      field("ForgottenTopicsData", &FetchRequest::forgotten_topics_data, since(7)),
      field("RackId", &FetchRequest::rack_id, since(11)),
  };
};

struct FetchResponse {
  static constexpr std::int16_t api_key = 1;
  static constexpr std::string_view name = "FetchResponse";
  static constexpr VersionRange versions{0, 18};
  static constexpr VersionRange flexible = since(12);

  struct EpochEndOffset {
    std::int32_t epoch = -1;
    std::int64_t end_offset = -1;

    static constexpr FieldList fields{
        field("Epoch", &EpochEndOffset::epoch, since(12)),
        field("EndOffset", &EpochEndOffset::end_offset, since(12)),
    };
  };

  struct LeaderIdAndEpoch {
    std::int32_t leader_id = -1;
    std::int32_t leader_epoch = -1;

    static constexpr FieldList fields{
        field("LeaderId", &LeaderIdAndEpoch::leader_id, since(12)),
        field("LeaderEpoch", &LeaderIdAndEpoch::leader_epoch, since(12)),
    };
  };

  struct SnapshotId {
    std::int64_t end_offset = -1;
    std::int32_t epoch = -1;

    static constexpr FieldList fields{
        field("EndOffset", &SnapshotId::end_offset, since(4)),
        field("Epoch", &SnapshotId::epoch, since(4)),
    };
  };

  struct AbortedTransaction {
    std::int64_t producer_id = 0;
    std::int64_t first_offset = 0;

    static constexpr FieldList fields{
        field("ProducerId", &AbortedTransaction::producer_id, since(4)),
        field("FirstOffset", &AbortedTransaction::first_offset, since(4)),
    };
  };

  struct PartitionData {
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;
    std::int64_t high_watermark = 0;
    std::int64_t last_stable_offset = -1;
    std::int64_t log_start_offset = -1;
    EpochEndOffset diverging_epoch{};
    LeaderIdAndEpoch current_leader{};
    SnapshotId snapshot_id{};
    std::optional<std::vector<AbortedTransaction>> aborted_transactions =
        std::vector<AbortedTransaction>{};
    std::int32_t preferred_read_replica = -1;
    Records records{};

    static constexpr FieldList fields{
        field("PartitionIndex", &PartitionData::partition_index),
        field("ErrorCode", &PartitionData::error_code),
        field("HighWatermark", &PartitionData::high_watermark),
        field("LastStableOffset", &PartitionData::last_stable_offset, since(4)),
        field("LogStartOffset", &PartitionData::log_start_offset, since(5)),
        field("DivergingEpoch", &PartitionData::diverging_epoch, since(12), tag(0)),
        field("CurrentLeader", &PartitionData::current_leader, since(12), tag(1)),
        field("SnapshotId", &PartitionData::snapshot_id, since(12), tag(2)),
        field("AbortedTransactions", &PartitionData::aborted_transactions, since(4),
              nullable_since(4)),
        field("PreferredReadReplica", &PartitionData::preferred_read_replica, since(11)),
        field("Records", &PartitionData::records, nullable()),
    };
  };

  struct FetchableTopicResponse {
    std::string_view topic;
    Uuid topic_id{};
    std::vector<PartitionData> partitions;

    static constexpr FieldList fields{
        field("Topic", &FetchableTopicResponse::topic, until(12)),
        field("TopicId", &FetchableTopicResponse::topic_id, since(13)),
        field("Partitions", &FetchableTopicResponse::partitions),
    };
  };

  struct NodeEndpoint {
    std::int32_t node_id = 0;
    std::string_view host;
    std::int32_t port = 0;
    std::optional<std::string_view> rack;

    static constexpr FieldList fields{
        field("NodeId", &NodeEndpoint::node_id, since(16)),
        field("Host", &NodeEndpoint::host, since(16)),
        field("Port", &NodeEndpoint::port, since(16)),
        field("Rack", &NodeEndpoint::rack, since(16), nullable_since(16)),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::int32_t session_id = 0;
  std::vector<FetchableTopicResponse> responses;
  std::vector<NodeEndpoint> node_endpoints;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &FetchResponse::throttle_time_ms, since(1)),
      field("ErrorCode", &FetchResponse::error_code, since(7)),
      field("SessionId", &FetchResponse::session_id, since(7)),
      field("Responses", &FetchResponse::responses),
      field("NodeEndpoints", &FetchResponse::node_endpoints, since(16), tag(0)),
  };
};

}  // namespace fluxmq::protocol
