#include "transactions.h"

#include <algorithm>

#include "fluxmq/protocol/record.h"

namespace fluxmq::core {

// A control record's key: a version and a type, int16 each. Control batches aren't compressed.
std::optional<MarkerType> marker_of(const protocol::RecordBatch& control_batch) {
  protocol::RecordReader reader(control_batch);
  protocol::Record record;
  if (!reader.next(record)) return std::nullopt;
  if (!record.key || record.key->size() < 4) return MarkerType::kOther;
  const auto type = protocol::load_big_endian<std::int16_t>(record.key->data() + 2);
  const bool known = type == static_cast<std::int16_t>(MarkerType::kAbort) ||
                     type == static_cast<std::int16_t>(MarkerType::kCommit);
  return known ? static_cast<MarkerType>(type) : MarkerType::kOther;
}

void TransactionOutcomes::see(const protocol::RecordBatch& batch) {
  if (!batch.is_transactional()) return;
  if (!batch.is_control()) {
    open_.try_emplace(batch.producer_id(), batch.base_offset());
    return;
  }
  const auto open = open_.find(batch.producer_id());
  if (open == open_.end()) return;
  const auto marker = marker_of(batch);
  if (marker == MarkerType::kOther) return;
  if (marker == MarkerType::kAbort) aborted_.emplace(open->second, open->first);
  open_.erase(open);
}

std::optional<std::int64_t> TransactionOutcomes::first_open_offset() const {
  std::optional<std::int64_t> first;
  for (const auto& [producer_id, offset] : open_) first = std::min(first.value_or(offset), offset);
  return first;
}

void TransactionWalk::begin_aborted(std::int64_t offset) {
  for (; next_ != aborted_.end() && next_->first <= offset; ++next_) {
    in_aborted_.try_emplace(next_->second, false);
  }
}

bool TransactionWalk::pass_batch(const protocol::RecordBatch& batch) {
  begin_aborted(batch.last_offset());
  if (!batch.is_transactional()) return false;
  const auto aborted = in_aborted_.find(batch.producer_id());
  if (aborted == in_aborted_.end()) {
    in_others_.insert(batch.producer_id());
    return false;
  }
  aborted->second = true;
  return true;
}

bool TransactionWalk::pass_marker(const protocol::RecordBatch& control_batch) {
  begin_aborted(control_batch.last_offset());
  const auto marker = marker_of(control_batch);
  if (!marker) return true;
  if (marker == MarkerType::kOther) return false;
  const auto producer_id = control_batch.producer_id();
  if (marker == MarkerType::kAbort) {
    const auto aborted = in_aborted_.find(producer_id);
    if (aborted != in_aborted_.end()) {
      const bool came_by = aborted->second;
      in_aborted_.erase(aborted);
      return !came_by;
    }
  }
  // What an earlier cleaning emptied of an aborted one counts here, too.
  return in_others_.erase(producer_id) == 0;
}

}  // namespace fluxmq::core
