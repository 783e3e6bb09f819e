// AddPartitionsToTxn (key 24): takes partitions into a transaction. From version 4 on brokers
// verify in batches.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct AddPartitionsToTxnRequest {
  static constexpr std::int16_t api_key = 24;
  static constexpr std::string_view name = "AddPartitionsToTxnRequest";
  static constexpr VersionRange versions{0, 5};
  static constexpr VersionRange flexible = since(3);

  struct AddPartitionsToTxnTopic {
    std::string_view name;
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("Name", &AddPartitionsToTxnTopic::name),
        field("Partitions", &AddPartitionsToTxnTopic::partitions),
    };
  };

  struct AddPartitionsToTxnTransaction {
    std::string_view transactional_id;
    std::int64_t producer_id = 0;
    std::int16_t producer_epoch = 0;
    bool verify_only = false;
    std::vector<AddPartitionsToTxnTopic> topics;

    static constexpr FieldList fields{
        field("TransactionalId", &AddPartitionsToTxnTransaction::transactional_id, since(4)),
        field("ProducerId", &AddPartitionsToTxnTransaction::producer_id, since(4)),
        field("ProducerEpoch", &AddPartitionsToTxnTransaction::producer_epoch, since(4)),
        field("VerifyOnly", &AddPartitionsToTxnTransaction::verify_only, since(4)),
        field("Topics", &AddPartitionsToTxnTransaction::topics, since(4)),
    };
  };

  std::vector<AddPartitionsToTxnTransaction> transactions;
  std::string_view v3_and_below_transactional_id;
  std::int64_t v3_and_below_producer_id = 0;
  std::int16_t v3_and_below_producer_epoch = 0;
  std::vector<AddPartitionsToTxnTopic> v3_and_below_topics;

  static constexpr FieldList fields{
      field("Transactions", &AddPartitionsToTxnRequest::transactions, since(4)),
      field("V3AndBelowTransactionalId", &AddPartitionsToTxnRequest::v3_and_below_transactional_id,
            until(3)),
      field("V3AndBelowProducerId", &AddPartitionsToTxnRequest::v3_and_below_producer_id, until(3)),
      field("V3AndBelowProducerEpoch", &AddPartitionsToTxnRequest::v3_and_below_producer_epoch,
            until(3)),
      field("V3AndBelowTopics", &AddPartitionsToTxnRequest::v3_and_below_topics, until(3)),
  };
};

struct AddPartitionsToTxnResponse {
  static constexpr std::int16_t api_key = 24;
  static constexpr std::string_view name = "AddPartitionsToTxnResponse";
  static constexpr VersionRange versions{0, 5};
  static constexpr VersionRange flexible = since(3);

  struct AddPartitionsToTxnPartitionResult {
    std::int32_t partition_index = 0;
    std::int16_t partition_error_code = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &AddPartitionsToTxnPartitionResult::partition_index),
        field("PartitionErrorCode", &AddPartitionsToTxnPartitionResult::partition_error_code),
    };
  };

  struct AddPartitionsToTxnTopicResult {
    std::string_view name;
    std::vector<AddPartitionsToTxnPartitionResult> results_by_partition;

    static constexpr FieldList fields{
        field("Name", &AddPartitionsToTxnTopicResult::name),
        field("ResultsByPartition", &AddPartitionsToTxnTopicResult::results_by_partition),
    };
  };

  struct AddPartitionsToTxnResult {
    std::string_view transactional_id;
    std::vector<AddPartitionsToTxnTopicResult> topic_results;

    static constexpr FieldList fields{
        field("TransactionalId", &AddPartitionsToTxnResult::transactional_id, since(4)),
        field("TopicResults", &AddPartitionsToTxnResult::topic_results, since(4)),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::vector<AddPartitionsToTxnResult> results_by_transaction;
  std::vector<AddPartitionsToTxnTopicResult> results_by_topic_v3_and_below;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &AddPartitionsToTxnResponse::throttle_time_ms),
      field("ErrorCode", &AddPartitionsToTxnResponse::error_code, since(4)),
      field("ResultsByTransaction", &AddPartitionsToTxnResponse::results_by_transaction, since(4)),
      field("ResultsByTopicV3AndBelow", &AddPartitionsToTxnResponse::results_by_topic_v3_and_below,
            until(3)),
  };
};

}  // namespace fluxmq::protocol
