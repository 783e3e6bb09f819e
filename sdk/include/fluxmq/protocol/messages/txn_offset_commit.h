// TxnOffsetCommit (key 28): commits offsets of a group as part of a transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct TxnOffsetCommitRequest {
  static constexpr std::int16_t api_key = 28;
  static constexpr std::string_view name = "TxnOffsetCommitRequest";
  static constexpr VersionRange versions{0, 5};
  static constexpr VersionRange flexible = since(3);

  struct TxnOffsetCommitRequestPartition {
    std::int32_t partition_index = 0;
    std::int64_t committed_offset = 0;
    std::int32_t committed_leader_epoch = -1;
    std::optional<std::string_view> committed_metadata = "";

    static constexpr FieldList fields{
        field("PartitionIndex", &TxnOffsetCommitRequestPartition::partition_index),
        field("CommittedOffset", &TxnOffsetCommitRequestPartition::committed_offset),
        field("CommittedLeaderEpoch", &TxnOffsetCommitRequestPartition::committed_leader_epoch,
              since(2)),
        field("CommittedMetadata", &TxnOffsetCommitRequestPartition::committed_metadata,
              nullable()),
    };
  };

  struct TxnOffsetCommitRequestTopic {
    std::string_view name;
    std::vector<TxnOffsetCommitRequestPartition> partitions;

    static constexpr FieldList fields{
        field("Name", &TxnOffsetCommitRequestTopic::name),
        field("Partitions", &TxnOffsetCommitRequestTopic::partitions),
    };
  };

  std::string_view transactional_id;
  std::string_view group_id;
  std::int64_t producer_id = 0;
  std::int16_t producer_epoch = 0;
  std::int32_t generation_id = -1;
  std::string_view member_id;
  std::optional<std::string_view> group_instance_id;
  std::vector<TxnOffsetCommitRequestTopic> topics;

  static constexpr FieldList fields{
      field("TransactionalId", &TxnOffsetCommitRequest::transactional_id),
      field("GroupId", &TxnOffsetCommitRequest::group_id),
      field("ProducerId", &TxnOffsetCommitRequest::producer_id),
      field("ProducerEpoch", &TxnOffsetCommitRequest::producer_epoch),
      field("GenerationId", &TxnOffsetCommitRequest::generation_id, since(3)),
      field("MemberId", &TxnOffsetCommitRequest::member_id, since(3)),
      field("GroupInstanceId", &TxnOffsetCommitRequest::group_instance_id, since(3),
            nullable_since(3)),
      field("Topics", &TxnOffsetCommitRequest::topics),
  };
};

struct TxnOffsetCommitResponse {
  static constexpr std::int16_t api_key = 28;
  static constexpr std::string_view name = "TxnOffsetCommitResponse";
  static constexpr VersionRange versions{0, 5};
  static constexpr VersionRange flexible = since(3);

  struct TxnOffsetCommitResponsePartition {
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &TxnOffsetCommitResponsePartition::partition_index),
        field("ErrorCode", &TxnOffsetCommitResponsePartition::error_code),
    };
  };

  struct TxnOffsetCommitResponseTopic {
    std::string_view name;
    std::vector<TxnOffsetCommitResponsePartition> partitions;

    static constexpr FieldList fields{
        field("Name", &TxnOffsetCommitResponseTopic::name),
        field("Partitions", &TxnOffsetCommitResponseTopic::partitions),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<TxnOffsetCommitResponseTopic> topics;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &TxnOffsetCommitResponse::throttle_time_ms),
      field("Topics", &TxnOffsetCommitResponse::topics),
  };
};

}  // namespace fluxmq::protocol
