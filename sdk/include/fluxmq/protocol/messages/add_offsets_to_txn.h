// AddOffsetsToTxn (key 25): takes a group's offsets into a transaction.
#pragma once

#include <cstdint>
#include <string_view>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct AddOffsetsToTxnRequest {
  static constexpr std::int16_t api_key = 25;
  static constexpr std::string_view name = "AddOffsetsToTxnRequest";
  static constexpr VersionRange versions{0, 4};
  static constexpr VersionRange flexible = since(3);

  std::string_view transactional_id;
  std::int64_t producer_id = 0;
  std::int16_t producer_epoch = 0;
  std::string_view group_id;

  static constexpr FieldList fields{
      field("TransactionalId", &AddOffsetsToTxnRequest::transactional_id),
      field("ProducerId", &AddOffsetsToTxnRequest::producer_id),
      field("ProducerEpoch", &AddOffsetsToTxnRequest::producer_epoch),
      field("GroupId", &AddOffsetsToTxnRequest::group_id),
  };
};

struct AddOffsetsToTxnResponse {
  static constexpr std::int16_t api_key = 25;
  static constexpr std::string_view name = "AddOffsetsToTxnResponse";
  static constexpr VersionRange versions{0, 4};
  static constexpr VersionRange flexible = since(3);

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &AddOffsetsToTxnResponse::throttle_time_ms),
      field("ErrorCode", &AddOffsetsToTxnResponse::error_code),
  };
};

}  // namespace fluxmq::protocol
