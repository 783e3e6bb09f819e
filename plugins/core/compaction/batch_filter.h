// What is left of a batch once some of its records go: the batch as it was, one with the others at
// their old offsets, one without records that tells of its producer, or nothing.
#pragma once
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "fluxmq/protocol/record.h"

namespace fluxmq::core {

class BatchFilter {
 public:
  struct Rules {
    bool keep_if_empty = false;  // as a header alone
    // Set where the batch has a tombstone or is a marker that may go, and has no horizon yet: the
    // time until which it is kept all the same.
    std::int64_t new_horizon_ms = 0;
    bool marker_gets_horizon = false;
  };

  // Calls visit(record) for each, as long as it returns true; returns whether it always did. Throws
  // DecodeError, too.
  template <class Visit>
  bool visit(const protocol::RecordBatch& batch, Visit visit);

  // Appends what is left to `out`. `wanted(record)` is asked for each record in order. Throws
  // DecodeError for a batch that can't be read.
  template <class Wanted>
  void filter(const protocol::RecordBatch& batch, const Rules& rules, Wanted wanted,
              std::vector<std::uint8_t>& out);

 private:
  // The records uncompressed; valid until the next call.
  protocol::Bytes uncompressed(const protocol::RecordBatch& batch);
  void copy(const protocol::RecordBatch& batch, std::vector<std::uint8_t>& out) const;
  void write_header_alone(const protocol::RecordBatch& batch, std::vector<std::uint8_t>& out) const;
  void write_kept(const protocol::RecordBatch& batch, std::optional<std::int64_t> horizon_ms,
                  std::vector<std::uint8_t>& out) const;

  std::vector<std::uint8_t> uncompressed_;
  std::vector<protocol::Record> kept_;
};

template <class Visit>
bool BatchFilter::visit(const protocol::RecordBatch& batch, Visit visit) {
  protocol::RecordReader reader(batch, uncompressed(batch));
  protocol::Record record;
  while (reader.next(record)) {
    if (!visit(std::as_const(record))) return false;
  }
  return true;
}

template <class Wanted>
void BatchFilter::filter(const protocol::RecordBatch& batch, const Rules& rules, Wanted wanted,
                         std::vector<std::uint8_t>& out) {
  kept_.clear();
  bool has_tombstone = false, is_whole = true;
  visit(batch, [&](const protocol::Record& record) {
    if (wanted(record)) {
      kept_.push_back(record);
      has_tombstone |= !record.value;
    } else {
      is_whole = false;
    }
    return true;
  });
  if (kept_.empty()) {
    if (rules.keep_if_empty) write_header_alone(batch, out);
    return;
  }
  const auto horizon_ms = batch.delete_horizon_ms();
  const bool gets_horizon = !horizon_ms && (has_tombstone || rules.marker_gets_horizon);
  if (is_whole && !gets_horizon) return copy(batch, out);
  write_kept(batch, gets_horizon ? rules.new_horizon_ms : horizon_ms, out);
}

}  // namespace fluxmq::core
