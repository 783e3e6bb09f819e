// Sequence checks, and the snapshot format.
#include "producer_states.h"

#include <algorithm>

#include "fluxmq/protocol/crc32c.h"

namespace fluxmq::core {
namespace {

using protocol::RecordBatch;

// A snapshot: int16 version, uint32 CRC-32C of what follows it, int32 count, then for each producer
// id, epoch, last sequence, last offset, offset delta, timestamp, coordinator epoch, and the first
// offset of its open transaction.
constexpr std::int16_t kSnapshotVersion = 1;
constexpr std::size_t kCrcAt = 2;
constexpr std::size_t kCountAt = 6;
constexpr std::size_t kEntriesAt = 10;
constexpr std::size_t kEntryBytes = 8 + 2 + 4 + 8 + 4 + 8 + 4 + 8;

template <class T>
void put(std::string& out, T value) {
  std::uint8_t bytes[sizeof(T)];
  protocol::store_big_endian(bytes, value);
  out.append(reinterpret_cast<const char*>(bytes), sizeof(T));
}

template <class T>
T take(const std::uint8_t*& in) {
  const T value = protocol::load_big_endian<T>(in);
  in += sizeof(T);
  return value;
}

std::int32_t sequence_before(std::int32_t sequence, std::int32_t delta) {
  constexpr std::int64_t kSequences = std::int64_t{1} << 31;
  const std::int64_t before = std::int64_t{sequence} - delta;
  return static_cast<std::int32_t>(before < 0 ? before + kSequences : before);
}

const ProducerBatch* find_duplicate(const ProducerState& state, const RecordBatch& batch) {
  for (std::uint8_t i = 0; i < state.batch_count; ++i) {
    const auto& known = state.batches[i];
    if (known.last_sequence == batch.last_sequence() &&
        known.base_sequence() == batch.base_sequence())
      return &known;
  }
  return nullptr;
}

void remember(ProducerState& state, const ProducerBatch& batch) {
  if (state.batch_count == kRememberedBatches) {
    std::move(state.batches.begin() + 1, state.batches.end(), state.batches.begin());
    --state.batch_count;
    state.has_forgotten = true;
  }
  state.batches[state.batch_count++] = batch;
}

}  // namespace

std::int32_t ProducerBatch::base_sequence() const {
  return sequence_before(last_sequence, offset_delta);
}

ProducerStates::ProducerStates(std::atomic<std::int64_t>& count, std::int64_t limit)
    : count_(count), limit_(limit) {
  ring_.older = ring_.newer = &ring_;
}

ProducerStates::Verdict ProducerStates::check(const RecordBatch& batch) const {
  const auto found = states_.find(batch.producer_id());
  // An unknown producer may begin anywhere: its state may have expired with its records.
  if (found == states_.end()) return {};
  const ProducerState& state = found->second;
  if (batch.producer_epoch() == state.epoch) {
    if (const auto* duplicate = find_duplicate(state, batch)) return {ErrorCode::NONE, duplicate};
  }
  if (batch.producer_epoch() < state.epoch) return {ErrorCode::INVALID_PRODUCER_EPOCH};
  const bool in_order =
      batch.producer_epoch() > state.epoch
          ? batch.base_sequence() == 0
          : batch.base_sequence() == (state.last() == nullptr
                                          ? 0
                                          : protocol::add_sequence(state.last()->last_sequence, 1));
  if (!in_order) return {ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER};
  return {};
}

void ProducerStates::update(const RecordBatch& batch) {
  ProducerState& state = find_or_add(batch.producer_id());
  if (batch.producer_epoch() != state.epoch) {
    state.had_epoch_before = state.epoch != protocol::kNoProducerEpoch;
    state.has_forgotten = false;
    state.epoch = batch.producer_epoch();
    state.epoch_offset = batch.base_offset();
    state.batch_count = 0;
  }
  state.last_timestamp_ms = batch.max_timestamp();
  if (!batch.is_control()) {
    remember(state, {batch.last_sequence(), batch.last_offset_delta(), batch.last_offset(),
                     batch.max_timestamp()});
  }
  touch(state);
}

ProducerState& ProducerStates::find_or_add(std::int64_t producer_id) {
  const auto found = states_.find(producer_id);
  if (found != states_.end()) return found->second;
  // A partition keeps one at least, so the broker's limit may be passed by the number of
  // partitions.
  if (count_.load(std::memory_order_relaxed) >= limit_ && ring_.newer != &ring_)
    forget(*ring_.newer);
  count_.fetch_add(1, std::memory_order_relaxed);
  ProducerState& state = states_[producer_id];
  state.producer_id = producer_id;
  state.older = state.newer = &state;
  return state;
}

void ProducerStates::touch(ProducerState& state) {
  unlink(state);
  state.older = ring_.older;
  state.newer = &ring_;
  ring_.older->newer = &state;
  ring_.older = &state;
}

void ProducerStates::unlink(ProducerState& state) {
  state.older->newer = state.newer;
  state.newer->older = state.older;
}

void ProducerStates::forget(ProducerState& state) {
  unlink(state);
  states_.erase(state.producer_id);
  count_.fetch_sub(1, std::memory_order_relaxed);
}

void ProducerStates::expire(std::int64_t now_ms, std::int64_t expiration_ms) {
  for (auto entry = states_.begin(); entry != states_.end();) {
    ProducerState& state = (entry++)->second;
    if (now_ms - state.last_timestamp_ms >= expiration_ms) forget(state);
  }
}

void ProducerStates::clear() {
  count_.fetch_sub(static_cast<std::int64_t>(states_.size()), std::memory_order_relaxed);
  states_.clear();
  ring_.older = ring_.newer = &ring_;
}

ProducerStates::AsOf ProducerStates::look_back(const ProducerState& state, std::int64_t offset,
                                               const ProducerBatch*& last) {
  last = state.last();
  while (last != nullptr && last->last_offset >= offset)
    last = last == state.batches.data() ? nullptr : last - 1;
  if (last != nullptr) return AsOf::kKnown;
  if (state.epoch_offset >= offset)
    return state.had_epoch_before ? AsOf::kForgotten : AsOf::kUnknown;
  // Nothing but a marker, unless there were more batches since.
  return state.has_forgotten ? AsOf::kForgotten : AsOf::kKnown;
}

std::optional<std::string> ProducerStates::snapshot(std::int64_t offset) const {
  constexpr ProducerBatch kNone{protocol::kNoSequence, 0, -1, protocol::kNoTimestamp};
  std::string out;
  out.reserve(kEntriesAt + states_.size() * kEntryBytes);
  put(out, kSnapshotVersion);
  put(out, std::uint32_t{0});
  put(out, std::int32_t{0});
  std::int32_t count = 0;
  for (const ProducerState* state = ring_.newer; state != &ring_; state = state->newer) {
    const ProducerBatch* last = nullptr;
    const auto known = look_back(*state, offset, last);
    if (known == AsOf::kForgotten) return std::nullopt;
    if (known == AsOf::kUnknown) continue;
    const ProducerBatch& batch = last == nullptr ? kNone : *last;
    put(out, state->producer_id);
    put(out, state->epoch);
    put(out, batch.last_sequence);
    put(out, batch.last_offset);
    put(out, batch.offset_delta);
    put(out, last == nullptr ? state->last_timestamp_ms : batch.timestamp_ms);
    put(out, state->coordinator_epoch);
    put(out, state->current_transaction_first_offset);
    ++count;
  }
  auto* bytes = reinterpret_cast<std::uint8_t*>(out.data());
  protocol::store_big_endian(bytes + kCountAt, count);
  protocol::store_big_endian(bytes + kCrcAt,
                             protocol::crc32c({bytes + kCountAt, out.size() - kCountAt}));
  return out;
}

bool ProducerStates::load(protocol::Bytes snapshot) {
  clear();
  if (snapshot.size() < kEntriesAt) return false;
  const std::uint8_t* in = snapshot.data();
  const auto version = take<std::int16_t>(in);
  const auto crc = take<std::uint32_t>(in);
  const auto count = take<std::int32_t>(in);
  if (version != kSnapshotVersion || crc != protocol::crc32c(snapshot.subspan(kCountAt)) ||
      count < 0 || snapshot.size() - kEntriesAt != static_cast<std::size_t>(count) * kEntryBytes)
    return false;
  for (std::int32_t i = 0; i < count; ++i) {
    ProducerState& state = find_or_add(take<std::int64_t>(in));
    state.epoch = take<std::int16_t>(in);
    ProducerBatch batch{};
    batch.last_sequence = take<std::int32_t>(in);
    batch.last_offset = take<std::int64_t>(in);
    batch.offset_delta = take<std::int32_t>(in);
    batch.timestamp_ms = take<std::int64_t>(in);
    state.coordinator_epoch = take<std::int32_t>(in);
    state.current_transaction_first_offset = take<std::int64_t>(in);
    state.last_timestamp_ms = batch.timestamp_ms;
    state.batch_count = 0;
    if (batch.last_offset >= 0) remember(state, batch);
    touch(state);
  }
  return true;
}

}  // namespace fluxmq::core
