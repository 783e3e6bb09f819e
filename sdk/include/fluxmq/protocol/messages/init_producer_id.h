// InitProducerId (key 22): gives an idempotent or transactional producer its id and epoch.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct InitProducerIdRequest {
  static constexpr std::int16_t api_key = 22;
  static constexpr std::string_view name = "InitProducerIdRequest";
  static constexpr VersionRange versions{0, 5};
  static constexpr VersionRange flexible = since(2);

  std::optional<std::string_view> transactional_id = "";
  std::int32_t transaction_timeout_ms = 0;
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = -1;

  static constexpr FieldList fields{
      field("TransactionalId", &InitProducerIdRequest::transactional_id, nullable()),
      field("TransactionTimeoutMs", &InitProducerIdRequest::transaction_timeout_ms),
      field("ProducerId", &InitProducerIdRequest::producer_id, since(3)),
      field("ProducerEpoch", &InitProducerIdRequest::producer_epoch, since(3)),
  };
};

struct InitProducerIdResponse {
  static constexpr std::int16_t api_key = 22;
  static constexpr std::string_view name = "InitProducerIdResponse";
  static constexpr VersionRange versions{0, 5};
  static constexpr VersionRange flexible = since(2);

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = 0;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &InitProducerIdResponse::throttle_time_ms),
      field("ErrorCode", &InitProducerIdResponse::error_code),
      field("ProducerId", &InitProducerIdResponse::producer_id),
      field("ProducerEpoch", &InitProducerIdResponse::producer_epoch),
  };
};

}  // namespace fluxmq::protocol
