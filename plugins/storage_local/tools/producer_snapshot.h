// Kafka's .snapshot files: int16 version, uint32 CRC-32C of what follows it, int32 count, and the
// entries of so many producers.
#pragma once
#include <algorithm>
#include <cstdint>

#include "fluxmq/protocol/reader.h"

namespace fluxmq::storage_local {

inline constexpr std::int16_t kProducerSnapshotVersion = 1;
inline constexpr std::size_t kProducerSnapshotCrcEnd = 6;
// They wrap from 2^31-1 to 0.
inline constexpr std::int64_t kSequences = std::int64_t{1} << 31;

struct ProducerEntry {
  std::int64_t producer_id;
  std::int16_t producer_epoch;
  std::int32_t last_sequence;
  std::int64_t last_offset;  // -1: only control records
  std::int32_t offset_delta;
  std::int64_t timestamp_ms;
  std::int32_t coordinator_epoch;
  std::int64_t current_transaction_first_offset;  // -1: none

  std::int32_t first_sequence() const {
    const auto first = std::int64_t{last_sequence} - offset_delta;
    return static_cast<std::int32_t>(first < 0 ? first + kSequences : first);
  }

  static ProducerEntry read(protocol::Reader& reader) {
    ProducerEntry entry;
    entry.producer_id = reader.read_int64();
    entry.producer_epoch = reader.read_int16();
    entry.last_sequence = reader.read_int32();
    entry.last_offset = reader.read_int64();
    entry.offset_delta = reader.read_int32();
    entry.timestamp_ms = reader.read_int64();
    entry.coordinator_epoch = reader.read_int32();
    entry.current_transaction_first_offset = reader.read_int64();
    return entry;
  }
};

// The highest id in a snapshot, or in what can be read of it; -1: none.
inline std::int64_t last_producer_id(protocol::Bytes snapshot) {
  std::int64_t last = -1;
  protocol::Reader reader = protocol::Reader::of_constant(snapshot);
  try {
    reader.read_raw(kProducerSnapshotCrcEnd);
    for (auto left = reader.read_int32(); left > 0; --left)
      last = std::max(last, ProducerEntry::read(reader).producer_id);
  } catch (const protocol::DecodeError&) {
    return last;
  }
  return last;
}

}  // namespace fluxmq::storage_local
