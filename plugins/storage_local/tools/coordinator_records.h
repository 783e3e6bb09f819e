// The records of the internal topics of coordinators, as JSON.
#pragma once
#include <optional>
#include <string>

#include "fluxmq/protocol/primitives.h"

namespace fluxmq::storage_local {

enum class RecordFormat { kBytes, kOffsets, kTransactions };

struct DecodedRecord {
  std::string key;
  std::string value;  // "null": the record deletes what the key says
};

// nullopt: the key is of no type that is known. Throws protocol::DecodeError.
std::optional<DecodedRecord> decode_record(RecordFormat format, protocol::Bytes key,
                                           std::optional<protocol::Bytes> value);

}  // namespace fluxmq::storage_local
