// Produce (key 0): appends record batches to partitions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ProduceRequest {
  static constexpr std::int16_t api_key = 0;
  static constexpr std::string_view name = "ProduceRequest";
  static constexpr VersionRange versions{0, 13};
  static constexpr VersionRange flexible = since(9);

  struct PartitionProduceData {
    std::int32_t index = 0;
    Records records{};

    static constexpr FieldList fields{
        field("Index", &PartitionProduceData::index),
        field("Records", &PartitionProduceData::records, nullable()),
    };
  };

  struct TopicProduceData {
    std::string_view name;
    Uuid topic_id{};
    std::vector<PartitionProduceData> partition_data;

    static constexpr FieldList fields{
        field("Name", &TopicProduceData::name, until(12)),
        field("TopicId", &TopicProduceData::topic_id, since(13)),
        field("PartitionData", &TopicProduceData::partition_data),
    };
  };

  std::optional<std::string_view> transactional_id;
  std::int16_t acks = 0;
  std::int32_t timeout_ms = 0;
  std::vector<TopicProduceData> topic_data;

  static constexpr FieldList fields{
      field("TransactionalId", &ProduceRequest::transactional_id, since(3), nullable_since(3)),
      field("Acks", &ProduceRequest::acks),
      field("TimeoutMs", &ProduceRequest::timeout_ms),
      field("TopicData", &ProduceRequest::topic_data),
  };
};

struct ProduceResponse {
  static constexpr std::int16_t api_key = 0;
  static constexpr std::string_view name = "ProduceResponse";
  static constexpr VersionRange versions{0, 13};
  static constexpr VersionRange flexible = since(9);

  struct BatchIndexAndErrorMessage {
    std::int32_t batch_index = 0;
    std::optional<std::string_view> batch_index_error_message;

    static constexpr FieldList fields{
        field("BatchIndex", &BatchIndexAndErrorMessage::batch_index, since(8)),
        field("BatchIndexErrorMessage", &BatchIndexAndErrorMessage::batch_index_error_message,
              since(8), nullable_since(8)),
    };
  };

  struct LeaderIdAndEpoch {
    std::int32_t leader_id = -1;
    std::int32_t leader_epoch = -1;

    static constexpr FieldList fields{
        field("LeaderId", &LeaderIdAndEpoch::leader_id, since(10)),
        field("LeaderEpoch", &LeaderIdAndEpoch::leader_epoch, since(10)),
    };
  };

  struct PartitionProduceResponse {
    std::int32_t index = 0;
    std::int16_t error_code = 0;
    std::int64_t base_offset = 0;
    std::int64_t log_append_time_ms = -1;
    std::int64_t log_start_offset = -1;
    std::vector<BatchIndexAndErrorMessage> record_errors;
    std::optional<std::string_view> error_message;
    LeaderIdAndEpoch current_leader{};

    static constexpr FieldList fields{
        field("Index", &PartitionProduceResponse::index),
        field("ErrorCode", &PartitionProduceResponse::error_code),
        field("BaseOffset", &PartitionProduceResponse::base_offset),
        field("LogAppendTimeMs", &PartitionProduceResponse::log_append_time_ms, since(2)),
        field("LogStartOffset", &PartitionProduceResponse::log_start_offset, since(5)),
        field("RecordErrors", &PartitionProduceResponse::record_errors, since(8)),
        field("ErrorMessage", &PartitionProduceResponse::error_message, since(8),
              nullable_since(8)),
        field("CurrentLeader", &PartitionProduceResponse::current_leader, since(10), tag(0)),
    };
  };

  struct TopicProduceResponse {
    std::string_view name;
    Uuid topic_id{};
    std::vector<PartitionProduceResponse> partition_responses;

    static constexpr FieldList fields{
        field("Name", &TopicProduceResponse::name, until(12)),
        field("TopicId", &TopicProduceResponse::topic_id, since(13)),
        field("PartitionResponses", &TopicProduceResponse::partition_responses),
    };
  };

  struct NodeEndpoint {
    std::int32_t node_id = 0;
    std::string_view host;
    std::int32_t port = 0;
    std::optional<std::string_view> rack;

    static constexpr FieldList fields{
        field("NodeId", &NodeEndpoint::node_id, since(10)),
        field("Host", &NodeEndpoint::host, since(10)),
        field("Port", &NodeEndpoint::port, since(10)),
        field("Rack", &NodeEndpoint::rack, since(10), nullable_since(10)),
    };
  };

  std::vector<TopicProduceResponse> responses;
  std::int32_t throttle_time_ms = 0;
  std::vector<NodeEndpoint> node_endpoints;

  static constexpr FieldList fields{
      field("Responses", &ProduceResponse::responses),
      field("ThrottleTimeMs", &ProduceResponse::throttle_time_ms, since(1)),
      field("NodeEndpoints", &ProduceResponse::node_endpoints, since(10), tag(0)),
  };
};

}  // namespace fluxmq::protocol
