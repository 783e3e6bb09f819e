// Vote (key 52): a candidate of the metadata quorum asks a voter for its vote.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct VoteRequest {
  static constexpr std::int16_t api_key = 52;
  static constexpr std::string_view name = "VoteRequest";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(0);

  struct PartitionData {
    std::int32_t partition_index = 0;
    std::int32_t replica_epoch = 0;
    std::int32_t replica_id = 0;
    Uuid replica_directory_id{};
    Uuid voter_directory_id{};
    std::int32_t last_offset_epoch = 0;
    std::int64_t last_offset = 0;
    bool pre_vote = false;

    static constexpr FieldList fields{
        field("PartitionIndex", &PartitionData::partition_index),
        field("ReplicaEpoch", &PartitionData::replica_epoch),
        field("ReplicaId", &PartitionData::replica_id),
        field("ReplicaDirectoryId", &PartitionData::replica_directory_id, since(1)),
        field("VoterDirectoryId", &PartitionData::voter_directory_id, since(1)),
        field("LastOffsetEpoch", &PartitionData::last_offset_epoch),
        field("LastOffset", &PartitionData::last_offset),
        field("PreVote", &PartitionData::pre_vote, since(2)),
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

  std::optional<std::string_view> cluster_id;
  std::int32_t voter_id = -1;
  std::vector<TopicData> topics;

  static constexpr FieldList fields{
      field("ClusterId", &VoteRequest::cluster_id, nullable()),
      field("VoterId", &VoteRequest::voter_id, since(1)),
      field("Topics", &VoteRequest::topics),
  };
};

struct VoteResponse {
  static constexpr std::int16_t api_key = 52;
  static constexpr std::string_view name = "VoteResponse";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(0);

  struct PartitionData {
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = 0;
    bool vote_granted = false;

    static constexpr FieldList fields{
        field("PartitionIndex", &PartitionData::partition_index),
        field("ErrorCode", &PartitionData::error_code),
        field("LeaderId", &PartitionData::leader_id),
        field("LeaderEpoch", &PartitionData::leader_epoch),
        field("VoteGranted", &PartitionData::vote_granted),
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

  struct NodeEndpoint {
    std::int32_t node_id = 0;
    std::string_view host;
    std::uint16_t port = 0;

    static constexpr FieldList fields{
        field("NodeId", &NodeEndpoint::node_id, since(1)),
        field("Host", &NodeEndpoint::host, since(1)),
        field("Port", &NodeEndpoint::port, since(1)),
    };
  };

  std::int16_t error_code = 0;
  std::vector<TopicData> topics;
  std::vector<NodeEndpoint> node_endpoints;

  static constexpr FieldList fields{
      field("ErrorCode", &VoteResponse::error_code),
      field("Topics", &VoteResponse::topics),
      field("NodeEndpoints", &VoteResponse::node_endpoints, since(1), tag(0)),
  };
};

}  // namespace fluxmq::protocol
