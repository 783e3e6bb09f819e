// DescribeTransactions (key 65): state and partitions of transactions.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DescribeTransactionsRequest {
  static constexpr std::int16_t api_key = 65;
  static constexpr std::string_view name = "DescribeTransactionsRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::vector<std::string_view> transactional_ids;

  static constexpr FieldList fields{
      field("TransactionalIds", &DescribeTransactionsRequest::transactional_ids),
  };
};

struct DescribeTransactionsResponse {
  static constexpr std::int16_t api_key = 65;
  static constexpr std::string_view name = "DescribeTransactionsResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct TopicData {
    std::string_view topic;
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("Topic", &TopicData::topic),
        field("Partitions", &TopicData::partitions),
    };
  };

  struct TransactionState {
    std::int16_t error_code = 0;
    std::string_view transactional_id;
    std::string_view transaction_state;
    std::int32_t transaction_timeout_ms = 0;
    std::int64_t transaction_start_time_ms = 0;
    std::int64_t producer_id = 0;
    std::int16_t producer_epoch = 0;
    std::vector<TopicData> topics;

    static constexpr FieldList fields{
        field("ErrorCode", &TransactionState::error_code),
        field("TransactionalId", &TransactionState::transactional_id),
        field("TransactionState", &TransactionState::transaction_state),
        field("TransactionTimeoutMs", &TransactionState::transaction_timeout_ms),
        field("TransactionStartTimeMs", &TransactionState::transaction_start_time_ms),
        field("ProducerId", &TransactionState::producer_id),
        field("ProducerEpoch", &TransactionState::producer_epoch),
        field("Topics", &TransactionState::topics),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<TransactionState> transaction_states;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &DescribeTransactionsResponse::throttle_time_ms),
      field("TransactionStates", &DescribeTransactionsResponse::transaction_states),
  };
};

}  // namespace fluxmq::protocol
