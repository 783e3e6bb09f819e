// AllocateProducerIds (key 67): a broker asks the controller for a block of producer ids.
#pragma once

#include <cstdint>
#include <string_view>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct AllocateProducerIdsRequest {
  static constexpr std::int16_t api_key = 67;
  static constexpr std::string_view name = "AllocateProducerIdsRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::int32_t broker_id = 0;
  std::int64_t broker_epoch = -1;

  static constexpr FieldList fields{
      field("BrokerId", &AllocateProducerIdsRequest::broker_id),
      field("BrokerEpoch", &AllocateProducerIdsRequest::broker_epoch),
  };
};

struct AllocateProducerIdsResponse {
  static constexpr std::int16_t api_key = 67;
  static constexpr std::string_view name = "AllocateProducerIdsResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::int64_t producer_id_start = 0;
  std::int32_t producer_id_len = 0;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &AllocateProducerIdsResponse::throttle_time_ms),
      field("ErrorCode", &AllocateProducerIdsResponse::error_code),
      field("ProducerIdStart", &AllocateProducerIdsResponse::producer_id_start),
      field("ProducerIdLen", &AllocateProducerIdsResponse::producer_id_len),
  };
};

}  // namespace fluxmq::protocol
