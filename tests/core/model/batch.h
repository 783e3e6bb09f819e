// Batches as the test means them: what it sends, and what it finds again.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compaction/transactions.h"
#include "fluxmq/protocol/record_batch.h"

namespace fluxmq::core_model {

struct Record {
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;
  std::optional<std::string> key{};
  std::optional<std::string> value{};
  bool operator==(const Record&) const = default;
};

struct Producer {
  std::int64_t id = protocol::kNoProducerId;
  std::int16_t epoch = protocol::kNoProducerEpoch;
  bool operator==(const Producer&) const = default;
};

struct Batch {
  std::int64_t base_offset = 0;
  std::int64_t last_offset = 0;
  std::int32_t leader_epoch = 0;
  Producer producer{};
  std::int32_t base_sequence = protocol::kNoSequence;
  bool is_transactional = false;
  bool is_control = false;
  std::optional<core::MarkerType> marker{};  // of a control batch that has its record
  std::optional<std::int64_t> horizon_ms{};  // of tombstones and markers in it
  std::vector<Record> records{};

  std::int64_t next_offset() const { return last_offset + 1; }
  std::int32_t last_sequence() const {
    const auto delta = static_cast<std::int32_t>(last_offset - base_offset);
    return base_sequence < 0 ? base_sequence : protocol::add_sequence(base_sequence, delta);
  }
  bool is_of_producer() const { return producer.id >= 0; }
  // Whether what can't change is the same: all but records and horizon.
  bool has_header_of(const Batch& other) const;
};

// The record of a control batch.
Record marker_record(core::MarkerType marker, std::int64_t timestamp_ms);

// As a producer sends it, whose offsets begin at 0.
std::vector<std::uint8_t> to_bytes(const Batch& batch);
// Throws std::runtime_error unless it is whole and its checksum right.
Batch to_batch(const protocol::RecordBatch& bytes);
std::vector<Batch> to_batches(const std::string& bytes);

}  // namespace fluxmq::core_model
