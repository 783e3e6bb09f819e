// ListTransactions (key 66): the transactions that this broker coordinates.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ListTransactionsRequest {
  static constexpr std::int16_t api_key = 66;
  static constexpr std::string_view name = "ListTransactionsRequest";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(0);

  std::vector<std::string_view> state_filters;
  std::vector<std::int64_t> producer_id_filters;
  std::int64_t duration_filter = -1;
  std::optional<std::string_view> transactional_id_pattern;

  static constexpr FieldList fields{
      field("StateFilters", &ListTransactionsRequest::state_filters),
      field("ProducerIdFilters", &ListTransactionsRequest::producer_id_filters),
      field("DurationFilter", &ListTransactionsRequest::duration_filter, since(1)),
      field("TransactionalIdPattern", &ListTransactionsRequest::transactional_id_pattern, since(2),
            nullable_since(2)),
  };
};

struct ListTransactionsResponse {
  static constexpr std::int16_t api_key = 66;
  static constexpr std::string_view name = "ListTransactionsResponse";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(0);

  struct TransactionState {
    std::string_view transactional_id;
    std::int64_t producer_id = 0;
    std::string_view transaction_state;

    static constexpr FieldList fields{
        field("TransactionalId", &TransactionState::transactional_id),
        field("ProducerId", &TransactionState::producer_id),
        field("TransactionState", &TransactionState::transaction_state),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::vector<std::string_view> unknown_state_filters;
  std::vector<TransactionState> transaction_states;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &ListTransactionsResponse::throttle_time_ms),
      field("ErrorCode", &ListTransactionsResponse::error_code),
      field("UnknownStateFilters", &ListTransactionsResponse::unknown_state_filters),
      field("TransactionStates", &ListTransactionsResponse::transaction_states),
  };
};

}  // namespace fluxmq::protocol
