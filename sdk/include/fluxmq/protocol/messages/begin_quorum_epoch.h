// BeginQuorumEpoch (key 53): the elected leader of the metadata quorum announces itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct BeginQuorumEpochRequest {
  static constexpr std::int16_t api_key = 53;
  static constexpr std::string_view name = "BeginQuorumEpochRequest";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(1);

  struct PartitionData {
    std::int32_t partition_index = 0;
    Uuid voter_directory_id{};
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &PartitionData::partition_index),
        field("VoterDirectoryId", &PartitionData::voter_directory_id, since(1)),
        field("LeaderId", &PartitionData::leader_id),
        field("LeaderEpoch", &PartitionData::leader_epoch),
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

  struct LeaderEndpoint {
    std::string_view name;
    std::string_view host;
    std::uint16_t port = 0;

    static constexpr FieldList fields{
        field("Name", &LeaderEndpoint::name, since(1)),
        field("Host", &LeaderEndpoint::host, since(1)),
        field("Port", &LeaderEndpoint::port, since(1)),
    };
  };

  std::optional<std::string_view> cluster_id;
  std::int32_t voter_id = -1;
  std::vector<TopicData> topics;
  std::vector<LeaderEndpoint> leader_endpoints;

  static constexpr FieldList fields{
      field("ClusterId", &BeginQuorumEpochRequest::cluster_id, nullable()),
      field("VoterId", &BeginQuorumEpochRequest::voter_id, since(1)),
      field("Topics", &BeginQuorumEpochRequest::topics),
      field("LeaderEndpoints", &BeginQuorumEpochRequest::leader_endpoints, since(1)),
  };
};

struct BeginQuorumEpochResponse {
  static constexpr std::int16_t api_key = 53;
  static constexpr std::string_view name = "BeginQuorumEpochResponse";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(1);

  struct PartitionData {
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &PartitionData::partition_index),
        field("ErrorCode", &PartitionData::error_code),
        field("LeaderId", &PartitionData::leader_id),
        field("LeaderEpoch", &PartitionData::leader_epoch),
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
      field("ErrorCode", &BeginQuorumEpochResponse::error_code),
      field("Topics", &BeginQuorumEpochResponse::topics),
      field("NodeEndpoints", &BeginQuorumEpochResponse::node_endpoints, since(1), tag(0)),
  };
};

}  // namespace fluxmq::protocol
