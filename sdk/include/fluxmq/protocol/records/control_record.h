// Keys and values of control records: transaction markers. Both begin with their int16 version, as
// coordinator values do.
#pragma once

#include <cstdint>
#include <string_view>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct EndTxnMarker {
  static constexpr std::string_view name = "EndTxnMarker";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::int32_t coordinator_epoch = 0;

  static constexpr FieldList fields{
      field("CoordinatorEpoch", &EndTxnMarker::coordinator_epoch),
  };
};

struct ControlRecordTypeSchema {
  static constexpr std::string_view name = "ControlRecordTypeSchema";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::int16_t type = 0;

  static constexpr FieldList fields{
      field("Type", &ControlRecordTypeSchema::type),
  };
};

}  // namespace fluxmq::protocol
