// ShareAcknowledge (key 79): acknowledges records that a member of a share group has acquired
// (KIP-932).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ShareAcknowledgeRequest {
  static constexpr std::int16_t api_key = 79;
  static constexpr std::string_view name = "ShareAcknowledgeRequest";
  static constexpr VersionRange versions{1, 2};
  static constexpr VersionRange flexible = since(0);

  struct AcknowledgementBatch {
    std::int64_t first_offset = 0;
    std::int64_t last_offset = 0;
    std::vector<std::int8_t> acknowledge_types;

    static constexpr FieldList fields{
        field("FirstOffset", &AcknowledgementBatch::first_offset),
        field("LastOffset", &AcknowledgementBatch::last_offset),
        field("AcknowledgeTypes", &AcknowledgementBatch::acknowledge_types),
    };
  };

  struct AcknowledgePartition {
    std::int32_t partition_index = 0;
    std::vector<AcknowledgementBatch> acknowledgement_batches;

    static constexpr FieldList fields{
        field("PartitionIndex", &AcknowledgePartition::partition_index),
        field("AcknowledgementBatches", &AcknowledgePartition::acknowledgement_batches),
    };
  };

  struct AcknowledgeTopic {
    Uuid topic_id{};
    std::vector<AcknowledgePartition> partitions;

    static constexpr FieldList fields{
        field("TopicId", &AcknowledgeTopic::topic_id),
        field("Partitions", &AcknowledgeTopic::partitions),
    };
  };

  std::optional<std::string_view> group_id;
  std::optional<std::string_view> member_id = "";
  std::int32_t share_session_epoch = 0;
  bool is_renew_ack = false;
  std::vector<AcknowledgeTopic> topics;

  static constexpr FieldList fields{
      field("GroupId", &ShareAcknowledgeRequest::group_id, nullable()),
      field("MemberId", &ShareAcknowledgeRequest::member_id, nullable()),
      field("ShareSessionEpoch", &ShareAcknowledgeRequest::share_session_epoch),
      field("IsRenewAck", &ShareAcknowledgeRequest::is_renew_ack, since(2)),
      field("Topics", &ShareAcknowledgeRequest::topics),
  };
};

struct ShareAcknowledgeResponse {
  static constexpr std::int16_t api_key = 79;
  static constexpr std::string_view name = "ShareAcknowledgeResponse";
  static constexpr VersionRange versions{1, 2};
  static constexpr VersionRange flexible = since(0);

  struct LeaderIdAndEpoch {
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = 0;

    static constexpr FieldList fields{
        field("LeaderId", &LeaderIdAndEpoch::leader_id),
        field("LeaderEpoch", &LeaderIdAndEpoch::leader_epoch),
    };
  };

  struct PartitionData {
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message;
    LeaderIdAndEpoch current_leader{};

    static constexpr FieldList fields{
        field("PartitionIndex", &PartitionData::partition_index),
        field("ErrorCode", &PartitionData::error_code),
        field("ErrorMessage", &PartitionData::error_message, nullable()),
        field("CurrentLeader", &PartitionData::current_leader),
    };
  };

  struct ShareAcknowledgeTopicResponse {
    Uuid topic_id{};
    std::vector<PartitionData> partitions;

    static constexpr FieldList fields{
        field("TopicId", &ShareAcknowledgeTopicResponse::topic_id),
        field("Partitions", &ShareAcknowledgeTopicResponse::partitions),
    };
  };

  struct NodeEndpoint {
    std::int32_t node_id = 0;
    std::string_view host;
    std::int32_t port = 0;
    std::optional<std::string_view> rack;

    static constexpr FieldList fields{
        field("NodeId", &NodeEndpoint::node_id),
        field("Host", &NodeEndpoint::host),
        field("Port", &NodeEndpoint::port),
        field("Rack", &NodeEndpoint::rack, nullable()),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message;
  std::int32_t acquisition_lock_timeout_ms = 0;
  std::vector<ShareAcknowledgeTopicResponse> responses;
  std::vector<NodeEndpoint> node_endpoints;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &ShareAcknowledgeResponse::throttle_time_ms),
      field("ErrorCode", &ShareAcknowledgeResponse::error_code),
      field("ErrorMessage", &ShareAcknowledgeResponse::error_message, nullable()),
      field("AcquisitionLockTimeoutMs", &ShareAcknowledgeResponse::acquisition_lock_timeout_ms,
            since(2)),
      field("Responses", &ShareAcknowledgeResponse::responses),
      field("NodeEndpoints", &ShareAcknowledgeResponse::node_endpoints),
  };
};

}  // namespace fluxmq::protocol
