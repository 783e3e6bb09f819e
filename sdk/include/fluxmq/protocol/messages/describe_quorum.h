// DescribeQuorum (key 55): leader, voters and observers of the metadata quorum.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DescribeQuorumRequest {
  static constexpr std::int16_t api_key = 55;
  static constexpr std::string_view name = "DescribeQuorumRequest";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(0);

  struct PartitionData {
    std::int32_t partition_index = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &PartitionData::partition_index),
    };
  };

  struct TopicData {
    std::string_view topic_name;
    std::vector<PartitionData> partitions;

    static constexpr FieldList fields{
        field("TopicName", &TopicData::topic_name),
        field("Partitions", &TopicData::partitions),
    };
  };

  std::vector<TopicData> topics;

  static constexpr FieldList fields{
      field("Topics", &DescribeQuorumRequest::topics),
  };
};

struct DescribeQuorumResponse {
  static constexpr std::int16_t api_key = 55;
  static constexpr std::string_view name = "DescribeQuorumResponse";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(0);

  struct ReplicaState {
    std::int32_t replica_id = 0;
    Uuid replica_directory_id{};
    std::int64_t log_end_offset = 0;
    std::int64_t last_fetch_timestamp = -1;
    std::int64_t last_caught_up_timestamp = -1;

    static constexpr FieldList fields{
        field("ReplicaId", &ReplicaState::replica_id),
        field("ReplicaDirectoryId", &ReplicaState::replica_directory_id, since(2)),
        field("LogEndOffset", &ReplicaState::log_end_offset),
        field("LastFetchTimestamp", &ReplicaState::last_fetch_timestamp, since(1)),
        field("LastCaughtUpTimestamp", &ReplicaState::last_caught_up_timestamp, since(1)),
    };
  };

  struct PartitionData {
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message = "";
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = 0;
    std::int64_t high_watermark = 0;
    std::vector<ReplicaState> current_voters;
    std::vector<ReplicaState> observers;

    static constexpr FieldList fields{
        field("PartitionIndex", &PartitionData::partition_index),
        field("ErrorCode", &PartitionData::error_code),
        field("ErrorMessage", &PartitionData::error_message, since(2), nullable_since(2)),
        field("LeaderId", &PartitionData::leader_id),
        field("LeaderEpoch", &PartitionData::leader_epoch),
        field("HighWatermark", &PartitionData::high_watermark),
        field("CurrentVoters", &PartitionData::current_voters),
        field("Observers", &PartitionData::observers),
    };
  };

  struct TopicData {
    std::string_view topic_name;
    std::vector<PartitionData> partitions;

    static constexpr FieldList fields{
        field("TopicName", &TopicData::topic_name),
        field("Partitions", &TopicData::partitions),
    };
  };

  struct Listener {
    std::string_view name;
    std::string_view host;
    std::uint16_t port = 0;

    static constexpr FieldList fields{
        field("Name", &Listener::name, since(2)),
        field("Host", &Listener::host, since(2)),
        field("Port", &Listener::port, since(2)),
    };
  };

  struct Node {
    std::int32_t node_id = 0;
    std::vector<Listener> listeners;

    static constexpr FieldList fields{
        field("NodeId", &Node::node_id, since(2)),
        field("Listeners", &Node::listeners, since(2)),
    };
  };

  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message = "";
  std::vector<TopicData> topics;
  std::vector<Node> nodes;

  static constexpr FieldList fields{
      field("ErrorCode", &DescribeQuorumResponse::error_code),
      field("ErrorMessage", &DescribeQuorumResponse::error_message, since(2), nullable_since(2)),
      field("Topics", &DescribeQuorumResponse::topics),
      field("Nodes", &DescribeQuorumResponse::nodes, since(2)),
  };
};

}  // namespace fluxmq::protocol
