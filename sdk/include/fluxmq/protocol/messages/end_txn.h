// EndTxn (key 26): commits or aborts a transaction.
#pragma once

#include <cstdint>
#include <string_view>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct EndTxnRequest {
  static constexpr std::int16_t api_key = 26;
  static constexpr std::string_view name = "EndTxnRequest";
  static constexpr VersionRange versions{0, 5};
  static constexpr VersionRange flexible = since(3);

  std::string_view transactional_id;
  std::int64_t producer_id = 0;
  std::int16_t producer_epoch = 0;
  bool committed = false;

  static constexpr FieldList fields{
      field("TransactionalId", &EndTxnRequest::transactional_id),
      field("ProducerId", &EndTxnRequest::producer_id),
      field("ProducerEpoch", &EndTxnRequest::producer_epoch),
      field("Committed", &EndTxnRequest::committed),
  };
};

struct EndTxnResponse {
  static constexpr std::int16_t api_key = 26;
  static constexpr std::string_view name = "EndTxnResponse";
  static constexpr VersionRange versions{0, 5};
  static constexpr VersionRange flexible = since(3);

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = -1;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &EndTxnResponse::throttle_time_ms),
      field("ErrorCode", &EndTxnResponse::error_code),
      field("ProducerId", &EndTxnResponse::producer_id, since(5)),
      field("ProducerEpoch", &EndTxnResponse::producer_epoch, since(5)),
  };
};

}  // namespace fluxmq::protocol
