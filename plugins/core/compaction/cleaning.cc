#include "cleaning.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "fluxmq/host.h"
#include "fluxmq/protocol/crc32c.h"
#include "log_reader.h"

namespace fluxmq::core {
namespace {

using protocol::RecordBatch;
using protocol::RecordBatchCursor;

// Offsets within a segment are int32 in its indexes.
constexpr std::int64_t kMaxRelative = std::numeric_limits<std::int32_t>::max();

fluxmq_log_state state_of(const fluxmq_log_store* store, fluxmq_log* log) {
  fluxmq_log_state state{};
  state.size = sizeof(state);
  store->state(store->self, log, &state);
  return state;
}

// A new checksum must not hide that the old one was wrong.
[[noreturn]] void throw_damaged(const RecordBatch& batch) {
  throw CleaningError(concat("the batch at offset ", batch.base_offset(), " is damaged"), 0);
}

}  // namespace

Cleaning::Cleaning(const fluxmq_log_store* store, fluxmq_log* log, const CleaningOrder& order,
                   const CleaningLimits& limits, Throttle& throttle,
                   std::function<bool()> must_stop)
    : store_(store),
      log_(log),
      order_(order),
      limits_(limits),
      throttle_(throttle),
      must_stop_(std::move(must_stop)),
      map_(limits.dedupe_buffer_bytes, limits.load_factor,
           order.first_uncleanable_offset - order.first_dirty_offset),
      log_start_offset_(state_of(store, log).log_start_offset),
      upper_offset_(order.first_uncleanable_offset),
      end_offset_(order.first_dirty_offset) {}

CleaningResult Cleaning::run() {
  read_segments();
  build_map();
  if (end_offset_ > order_.first_dirty_offset) {
    TransactionWalk transactions(aborted_);
    for (const auto& group : groups()) clean(group, transactions);
  }
  result_.end_offset = end_offset_;
  result_.keys = static_cast<std::int64_t>(map_.size());
  return result_;
}

void Cleaning::read_segments() {
  check(store_->visit_segments(
            store_->self, log_,
            [](void* context, const fluxmq_log_segment_info* info) -> std::int32_t {
              static_cast<std::vector<fluxmq_log_segment_info>*>(context)->push_back(*info);
              return 1;
            },
            &segments_),
        "its segments can't be read");
}

// Takes all of the dirty part, or as much as the map holds.
void Cleaning::build_map() {
  std::optional<TransactionWalk> transactions(std::in_place, aborted_);
  const auto begin = std::max(order_.first_dirty_offset, log_start_offset_);
  LogReader reader(store_, log_, begin, upper_offset_, limits_.io_buffer_bytes);
  for (auto batches = reader.next(); !batches.empty(); batches = reader.next()) {
    pause(batches.size());
    RecordBatchCursor cursor(batches);
    while (const auto batch = cursor.next()) {
      if (batch->crc() != protocol::crc32c(batch->checksummed())) {
        throw_damaged(*batch);
      }
      if (batch->is_transactional() && !transactions_known_) {
        learn_transactions();
        transactions.emplace(aborted_);
      }
      if (batch->base_offset() >= upper_offset_) break;
      if (!map_batch(*batch, *transactions)) return;
      end_offset_ = std::max(end_offset_, batch->next_offset());
    }
  }
  end_offset_ = std::max(upper_offset_, order_.first_dirty_offset);
}

// False if the map is full.
bool Cleaning::map_batch(const RecordBatch& batch, TransactionWalk& transactions) {
  if (batch.is_control()) {
    transactions.pass_marker(batch);
    return true;
  }
  if (transactions.pass_batch(batch)) return true;
  return filter_.visit(batch, [&](const protocol::Record& record) {
    if (!record.key || record.offset < order_.first_dirty_offset) return true;
    if (map_.is_full()) return false;
    map_.put(*record.key, record.offset);
    end_offset_ = record.offset + 1;
    return true;
  });
}

// The outcomes of all transactions from the dirty part on: the earlier ones were cleaned with all
// that they needed. Nothing of one that is still open, or comes after its beginning, is touched.
void Cleaning::learn_transactions() {
  TransactionOutcomes outcomes;
  const auto begin = std::max(order_.first_dirty_offset, log_start_offset_);
  LogReader reader(store_, log_, begin, order_.high_watermark, limits_.io_buffer_bytes);
  for (auto batches = reader.next(); !batches.empty(); batches = reader.next()) {
    pause(batches.size());
    RecordBatchCursor cursor(batches);
    while (const auto batch = cursor.next()) outcomes.see(*batch);
  }
  aborted_ = outcomes.aborted();
  if (const auto open = outcomes.first_open_offset()) {
    upper_offset_ = std::min(upper_offset_, segment_base_of(*open));
  }
  transactions_known_ = true;
}

std::int64_t Cleaning::segment_base_of(std::int64_t offset) const {
  const auto after = std::upper_bound(
      segments_.begin(), segments_.end(), offset,
      [](std::int64_t value, const auto& segment) { return value < segment.base_offset; });
  return after == segments_.begin() ? offset : std::prev(after)->base_offset;
}

// Segments that are small enough to become one, by Kafka's rule. All that begin below the end of
// the map are rewritten; past that end nothing is left out.
std::vector<Cleaning::Group> Cleaning::groups() const {
  std::vector<Group> groups;
  std::int64_t bytes = 0, offset_index_bytes = 0, time_index_bytes = 0;
  for (std::size_t i = 0; i + 1 < segments_.size(); ++i) {
    const auto& segment = segments_[i];
    if (segment.base_offset >= end_offset_) break;
    const auto end_base_offset = segments_[i + 1].base_offset;
    bytes += segment.size_bytes;
    offset_index_bytes += segment.offset_index_bytes;
    time_index_bytes += segment.time_index_bytes;
    const bool joins = !groups.empty() && bytes <= order_.segment_bytes &&
                       offset_index_bytes <= order_.segment_index_bytes &&
                       time_index_bytes <= order_.segment_index_bytes &&
                       end_base_offset - 1 - groups.back().first_base_offset <= kMaxRelative;
    if (joins) {
      groups.back().end_base_offset = end_base_offset;
      continue;
    }
    groups.push_back({segment.base_offset, end_base_offset});
    bytes = segment.size_bytes;
    offset_index_bytes = segment.offset_index_bytes;
    time_index_bytes = segment.time_index_bytes;
  }
  return groups;
}

void Cleaning::clean(const Group& group, TransactionWalk& transactions) {
  fluxmq_log_rewrite* rewrite = nullptr;
  check(store_->begin_rewrite(store_->self, log_, group.first_base_offset, group.end_base_offset,
                              &rewrite),
        "its segments can't be rewritten");
  try {
    std::vector<std::uint8_t> out;
    LogReader reader(store_, log_, std::max(group.first_base_offset, log_start_offset_),
                     group.end_base_offset, limits_.io_buffer_bytes);
    for (auto batches = reader.next(); !batches.empty(); batches = reader.next()) {
      pause(batches.size());
      result_.bytes_read += static_cast<std::int64_t>(batches.size());
      out.clear();
      RecordBatchCursor cursor(batches);
      while (const auto batch = cursor.next()) {
        if (batch->crc() != protocol::crc32c(batch->checksummed())) throw_damaged(*batch);
        clean_batch(*batch, transactions, out);
      }
      if (!out.empty()) write(rewrite, out);
    }
  } catch (...) {
    store_->end_rewrite(store_->self, rewrite, 0);
    throw;
  }
  check(store_->end_rewrite(store_->self, rewrite, 1), "its segments can't be replaced");
}

void Cleaning::clean_batch(const RecordBatch& batch, TransactionWalk& transactions,
                           std::vector<std::uint8_t>& out) {
  const bool is_control = batch.is_control();
  const bool may_go = is_control ? transactions.pass_marker(batch) : transactions.pass_batch(batch);
  const auto horizon_ms = batch.delete_horizon_ms();
  const bool goes = may_go && (!is_control || (horizon_ms && *horizon_ms <= order_.now_ms));
  // The last batch of a cleaning stays, too: where the log ended is not forgotten.
  const BatchFilter::Rules rules{
      .keep_if_empty =
          is_last_of_producer(batch) || batch.next_offset() == order_.first_uncleanable_offset,
      .new_horizon_ms = order_.now_ms + order_.delete_retention_ms,
      .marker_gets_horizon = may_go && is_control};
  filter_.filter(
      batch, rules,
      [&](const protocol::Record& record) {
        ++result_.records_read;
        const bool kept = !goes && (is_control || wants(batch, record));
        if (kept) ++result_.records_kept;
        return kept;
      },
      out);
}

bool Cleaning::is_last_of_producer(const RecordBatch& batch) const {
  if (!batch.has_producer_id()) return false;
  const auto found = order_.last_batches.find(batch.producer_id());
  if (found == order_.last_batches.end()) return false;
  const LastBatch& last = found->second;
  if (last.last_offset >= 0) return batch.last_offset() == last.last_offset;
  return batch.is_control() && batch.producer_epoch() == last.epoch;
}

bool Cleaning::wants(const RecordBatch& batch, const protocol::Record& record) const {
  if (record.offset >= end_offset_) return true;
  if (!record.key) return false;
  if (record.offset < map_.find(*record.key)) return false;
  const auto horizon_ms = batch.delete_horizon_ms();
  return record.value || !horizon_ms || order_.now_ms < *horizon_ms;
}

void Cleaning::write(fluxmq_log_rewrite* rewrite, protocol::Bytes batches) {
  check(store_->rewrite(store_->self, rewrite, {batches.data(), batches.size()}),
        "a rewritten segment can't be written");
  result_.bytes_written += static_cast<std::int64_t>(batches.size());
  pause(batches.size());
}

void Cleaning::check(std::int16_t error, const char* what) const {
  if (error != 0) throw CleaningError(what, error);
}

void Cleaning::pause(std::size_t bytes) {
  throttle_.take(bytes);
  if (must_stop_()) throw CleaningStopped();
}

}  // namespace fluxmq::core
