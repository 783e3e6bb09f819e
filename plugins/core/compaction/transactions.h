// What a cleaning knows of transactions while it goes through a log: the records of aborted ones
// go, and a marker goes once nothing of its transaction is left.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "fluxmq/protocol/record_batch.h"

namespace fluxmq::core {

enum class MarkerType : std::int16_t { kAbort = 0, kCommit = 1, kOther = -1 };

// The marker in a control batch; nullopt: a cleaning emptied it.
std::optional<MarkerType> marker_of(const protocol::RecordBatch& control_batch);

// Which transactions were aborted, and where the first one that hasn't ended begins.
class TransactionOutcomes {
 public:
  using Aborted = std::multimap<std::int64_t, std::int64_t>;  // first offset -> producer id

  // All batches of a range, in order.
  void see(const protocol::RecordBatch& batch);

  const Aborted& aborted() const { return aborted_; }
  std::optional<std::int64_t> first_open_offset() const;

 private:
  std::unordered_map<std::int64_t, std::int64_t> open_;  // producer id -> first offset
  Aborted aborted_;
};

class TransactionWalk {
 public:
  explicit TransactionWalk(const TransactionOutcomes::Aborted& aborted)
      : aborted_(aborted), next_(aborted_.begin()) {}

  // Batches in order. True: its records are of an aborted transaction.
  bool pass_batch(const protocol::RecordBatch& batch);
  // True: nothing of the transaction that the marker ends came by.
  bool pass_marker(const protocol::RecordBatch& control_batch);

 private:
  void begin_aborted(std::int64_t offset);

  const TransactionOutcomes::Aborted aborted_;
  TransactionOutcomes::Aborted::const_iterator next_;
  std::unordered_map<std::int64_t, bool> in_aborted_;  // producer id -> a batch of it came by
  std::unordered_set<std::int64_t> in_others_;         // producers with batches that stay
};

}  // namespace fluxmq::core
