// UpdateMetadata (key 6): the controller of a ZooKeeper cluster tells a broker what the cluster
// looks like.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct UpdateMetadataRequest {
  static constexpr std::int16_t api_key = 6;
  static constexpr std::string_view name = "UpdateMetadataRequest";
  static constexpr VersionRange versions{0, 8};
  static constexpr VersionRange flexible = since(6);

  struct PartitionState {
    std::string_view topic_name;
    std::int32_t partition_index = 0;
    std::int32_t controller_epoch = 0;
    std::int32_t leader = 0;
    std::int32_t leader_epoch = 0;
    std::vector<std::int32_t> isr;
    std::int32_t zk_version = 0;
    std::vector<std::int32_t> replicas;
    std::vector<std::int32_t> offline_replicas;

    static constexpr FieldList fields{
        field("TopicName", &PartitionState::topic_name, until(4)),
        field("PartitionIndex", &PartitionState::partition_index),
        field("ControllerEpoch", &PartitionState::controller_epoch),
        field("Leader", &PartitionState::leader),
        field("LeaderEpoch", &PartitionState::leader_epoch),
        field("Isr", &PartitionState::isr),
        field("ZkVersion", &PartitionState::zk_version),
        field("Replicas", &PartitionState::replicas),
        field("OfflineReplicas", &PartitionState::offline_replicas, since(4)),
    };
  };

  struct TopicState {
    std::string_view topic_name;
    Uuid topic_id{};
    std::vector<PartitionState> partition_states;

    static constexpr FieldList fields{
        field("TopicName", &TopicState::topic_name, since(5)),
        field("TopicId", &TopicState::topic_id, since(7)),
        field("PartitionStates", &TopicState::partition_states, since(5)),
    };
  };

  struct Endpoint {
    std::int32_t port = 0;
    std::string_view host;
    std::string_view listener;
    std::int16_t security_protocol = 0;

    static constexpr FieldList fields{
        field("Port", &Endpoint::port, since(1)),
        field("Host", &Endpoint::host, since(1)),
        field("Listener", &Endpoint::listener, since(3)),
        field("SecurityProtocol", &Endpoint::security_protocol, since(1)),
    };
  };

  struct Broker {
    std::int32_t id = 0;
    std::string_view v0_host;
    std::int32_t v0_port = 0;
    std::vector<Endpoint> endpoints;
    std::optional<std::string_view> rack = "";

    static constexpr FieldList fields{
        field("Id", &Broker::id),
        field("V0Host", &Broker::v0_host, until(0)),
        field("V0Port", &Broker::v0_port, until(0)),
        field("Endpoints", &Broker::endpoints, since(1)),
        field("Rack", &Broker::rack, since(2), nullable()),
    };
  };

  std::int32_t controller_id = 0;
  bool is_kraft_controller = false;
  std::int8_t type = 0;
  std::int32_t controller_epoch = 0;
  std::int64_t broker_epoch = -1;
  std::vector<PartitionState> ungrouped_partition_states;
  std::vector<TopicState> topic_states;
  std::vector<Broker> live_brokers;

  static constexpr FieldList fields{
      field("ControllerId", &UpdateMetadataRequest::controller_id),
      field("IsKRaftController", &UpdateMetadataRequest::is_kraft_controller, since(8)),
      field("Type", &UpdateMetadataRequest::type, since(8), tag(0)),
      field("ControllerEpoch", &UpdateMetadataRequest::controller_epoch),
      field("BrokerEpoch", &UpdateMetadataRequest::broker_epoch, since(5)),
      field("UngroupedPartitionStates", &UpdateMetadataRequest::ungrouped_partition_states,
            until(4)),
      field("TopicStates", &UpdateMetadataRequest::topic_states, since(5)),
      field("LiveBrokers", &UpdateMetadataRequest::live_brokers),
  };
};

struct UpdateMetadataResponse {
  static constexpr std::int16_t api_key = 6;
  static constexpr std::string_view name = "UpdateMetadataResponse";
  static constexpr VersionRange versions{0, 8};
  static constexpr VersionRange flexible = since(6);

  std::int16_t error_code = 0;

  static constexpr FieldList fields{
      field("ErrorCode", &UpdateMetadataResponse::error_code),
  };
};

}  // namespace fluxmq::protocol
