// What a partition remembers of idempotent producers: epoch and newest batches, so that a batch
// sent twice is stored once and none is left out. Guarded by the partition's lock.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "fluxmq/protocol/record_batch.h"
#include "outcome.h"

namespace fluxmq::core {

// Producers may have as many batches under way, each of which may come again.
inline constexpr std::size_t kRememberedBatches = 5;

struct ProducerBatch {
  std::int32_t last_sequence;
  std::int32_t offset_delta;
  std::int64_t last_offset;
  std::int64_t timestamp_ms;

  std::int64_t base_offset() const { return last_offset - offset_delta; }
  std::int32_t base_sequence() const;
};

struct ProducerState {
  std::int16_t epoch = protocol::kNoProducerEpoch;
  std::uint8_t batch_count = 0;
  // What was known before the newest batches: of this epoch, of an earlier one.
  bool has_forgotten = false;
  bool had_epoch_before = false;
  std::int32_t coordinator_epoch = -1;
  std::int64_t epoch_offset = -1;  // where this epoch began
  std::int64_t last_timestamp_ms = -1;
  std::int64_t current_transaction_first_offset = -1;
  std::array<ProducerBatch, kRememberedBatches> batches;  // oldest first
  // The ring of all producers in the order of their last batch.
  ProducerState* older = nullptr;
  ProducerState* newer = nullptr;
  std::int64_t producer_id = protocol::kNoProducerId;

  const ProducerBatch* last() const {
    return batch_count == 0 ? nullptr : &batches[batch_count - 1u];
  }
};

class ProducerStates {
 public:
  // `count` is the broker's, of all partitions; `limit` what it may reach.
  ProducerStates(std::atomic<std::int64_t>& count, std::int64_t limit);
  ProducerStates(const ProducerStates&) = delete;
  ProducerStates& operator=(const ProducerStates&) = delete;
  ~ProducerStates() { clear(); }

  struct Verdict {
    ErrorCode error = ErrorCode::NONE;
    const ProducerBatch* duplicate = nullptr;  // valid until the next change
  };
  // Kafka's rules for a client's batch (ProducerAppendInfo).
  Verdict check(const protocol::RecordBatch& batch) const;
  // Remembers a batch whose offsets are stamped; also used for what the log holds at start.
  void update(const protocol::RecordBatch& batch);

  void expire(std::int64_t now_ms, std::int64_t expiration_ms);
  void clear();
  std::size_t size() const { return states_.size(); }
  template <class Visitor>
  void for_each(Visitor visit) const {
    for (const auto& [producer_id, state] : states_) visit(state);
  }

  // In the format of Kafka's .snapshot files, as of `offset`: what lies at or past it is left out.
  // nullopt: what was known of a producer then is forgotten.
  std::optional<std::string> snapshot(std::int64_t offset) const;
  // False if the bytes are no such snapshot; then nothing is remembered.
  bool load(protocol::Bytes snapshot);

 private:
  enum class AsOf : std::uint8_t { kKnown, kUnknown, kForgotten };
  // How much was known of a producer at `offset`; its newest batch then, or null.
  static AsOf look_back(const ProducerState& state, std::int64_t offset,
                        const ProducerBatch*& last);
  ProducerState& find_or_add(std::int64_t producer_id);
  void touch(ProducerState& state);
  void unlink(ProducerState& state);
  void forget(ProducerState& state);

  std::atomic<std::int64_t>& count_;
  std::int64_t limit_;
  std::unordered_map<std::int64_t, ProducerState> states_;
  ProducerState ring_;  // ring_.newer is the oldest, ring_.older the newest
};

}  // namespace fluxmq::core
