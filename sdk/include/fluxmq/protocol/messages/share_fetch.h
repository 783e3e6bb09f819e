// ShareFetch (key 78): acquires records for a member of a share group, and acknowledges earlier
// ones (KIP-932).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ShareFetchRequest {
  static constexpr std::int16_t api_key = 78;
  static constexpr std::string_view name = "ShareFetchRequest";
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

  struct FetchPartition {
    std::int32_t partition_index = 0;
    std::vector<AcknowledgementBatch> acknowledgement_batches;

    static constexpr FieldList fields{
        field("PartitionIndex", &FetchPartition::partition_index),
        field("AcknowledgementBatches", &FetchPartition::acknowledgement_batches),
    };
  };

  struct FetchTopic {
    Uuid topic_id{};
    std::vector<FetchPartition> partitions;

    static constexpr FieldList fields{
        field("TopicId", &FetchTopic::topic_id),
        field("Partitions", &FetchTopic::partitions),
    };
  };

  struct ForgottenTopic {
    Uuid topic_id{};
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("TopicId", &ForgottenTopic::topic_id),
        field("Partitions", &ForgottenTopic::partitions),
    };
  };

  std::optional<std::string_view> group_id;
  std::optional<std::string_view> member_id = "";
  std::int32_t share_session_epoch = 0;
  std::int32_t max_wait_ms = 0;
  std::int32_t min_bytes = 0;
  std::int32_t max_bytes = std::numeric_limits<std::int32_t>::max();
  std::int32_t max_records = 0;
  std::int32_t batch_size = 0;
  std::int8_t share_acquire_mode = 0;
  bool is_renew_ack = false;
  std::vector<FetchTopic> topics;
  std::vector<ForgottenTopic> forgotten_topics_data;

  static constexpr FieldList fields{
      field("GroupId", &ShareFetchRequest::group_id, nullable()),
      field("MemberId", &ShareFetchRequest::member_id, nullable()),
      field("ShareSessionEpoch", &ShareFetchRequest::share_session_epoch),
      field("MaxWaitMs", &ShareFetchRequest::max_wait_ms),
      field("MinBytes", &ShareFetchRequest::min_bytes),
      field("MaxBytes", &ShareFetchRequest::max_bytes),
      field("MaxRecords", &ShareFetchRequest::max_records),
      field("BatchSize", &ShareFetchRequest::batch_size),
      field("ShareAcquireMode", &ShareFetchRequest::share_acquire_mode, since(2)),
      field("IsRenewAck", &ShareFetchRequest::is_renew_ack, since(2)),
      field("Topics", &ShareFetchRequest::topics),
      field("ForgottenTopicsData", &ShareFetchRequest::forgotten_topics_data),
  };
};

struct ShareFetchResponse {
  static constexpr std::int16_t api_key = 78;
  static constexpr std::string_view name = "ShareFetchResponse";
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

  struct AcquiredRecords {
    std::int64_t first_offset = 0;
    std::int64_t last_offset = 0;
    std::int16_t delivery_count = 0;

    static constexpr FieldList fields{
        field("FirstOffset", &AcquiredRecords::first_offset),
        field("LastOffset", &AcquiredRecords::last_offset),
        field("DeliveryCount", &AcquiredRecords::delivery_count),
    };
  };

  struct PartitionData {
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message;
    std::int16_t acknowledge_error_code = 0;
    std::optional<std::string_view> acknowledge_error_message;
    LeaderIdAndEpoch current_leader{};
    Records records{};
    std::vector<AcquiredRecords> acquired_records;

    static constexpr FieldList fields{
        field("PartitionIndex", &PartitionData::partition_index),
        field("ErrorCode", &PartitionData::error_code),
        field("ErrorMessage", &PartitionData::error_message, nullable()),
        field("AcknowledgeErrorCode", &PartitionData::acknowledge_error_code),
        field("AcknowledgeErrorMessage", &PartitionData::acknowledge_error_message, nullable()),
        field("CurrentLeader", &PartitionData::current_leader),
        field("Records", &PartitionData::records),
        field("AcquiredRecords", &PartitionData::acquired_records),
    };
  };

  struct ShareFetchableTopicResponse {
    Uuid topic_id{};
    std::vector<PartitionData> partitions;

    static constexpr FieldList fields{
        field("TopicId", &ShareFetchableTopicResponse::topic_id),
        field("Partitions", &ShareFetchableTopicResponse::partitions),
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
  std::vector<ShareFetchableTopicResponse> responses;
  std::vector<NodeEndpoint> node_endpoints;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &ShareFetchResponse::throttle_time_ms),
      field("ErrorCode", &ShareFetchResponse::error_code),
      field("ErrorMessage", &ShareFetchResponse::error_message, nullable()),
      field("AcquisitionLockTimeoutMs", &ShareFetchResponse::acquisition_lock_timeout_ms),
      field("Responses", &ShareFetchResponse::responses),
      field("NodeEndpoints", &ShareFetchResponse::node_endpoints),
  };
};

}  // namespace fluxmq::protocol
