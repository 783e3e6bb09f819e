#include "log.h"

#include <algorithm>

#include "fluxmq/protocol/record_batch.h"

namespace fluxmq::storage_memory {
namespace {

// Blocks grow with their log, so that a small one takes little.
constexpr std::int64_t kMinBlockBytes = 4096;
constexpr std::int64_t kMaxBlockBytes = 1 << 20;
constexpr std::size_t kKeptSnapshots = 3;

}  // namespace

void Log::configure(const fluxmq_log_config& config) {
  const std::lock_guard lock(mutex_);
  config_ = config;
}

fluxmq_log_state Log::state() const {
  const std::lock_guard lock(mutex_);
  return {sizeof(fluxmq_log_state),
          batches_.empty() ? -1 : batches_.back().leader_epoch,
          log_start_offset_,
          log_end_offset_,
          size_bytes_,
          static_cast<std::int64_t>(segments_.size()),
          clean_offset_};
}

Log::Appended Log::append(std::span<const fluxmq_bytes> pieces, std::int32_t leader_epoch) {
  const std::lock_guard lock(mutex_);
  if (leader_epoch < leader_epoch_) return {ErrorCode::FENCED_LEADER_EPOCH, 0};

  std::vector<Batch> batches;
  std::int64_t next_offset = log_end_offset_, size_bytes = 0;
  for (const fluxmq_bytes& piece : pieces) {
    protocol::RecordBatchCursor cursor({piece.data, piece.size});
    while (const auto batch = cursor.next()) {
      if (!batch->has_header() || batch->base_offset() < next_offset ||
          batch->last_offset_delta() < 0) {
        return {ErrorCode::INVALID_RECORD, 0};
      }
      const auto size = static_cast<std::int64_t>(batch->size_bytes());
      batches.push_back({batch->base_offset(), batch->last_offset(), batch->max_timestamp(),
                         batch->partition_leader_epoch(), size, batch->bytes().data(), nullptr});
      next_offset = batch->next_offset();
      size_bytes += size;
    }
    if (cursor.end() != protocol::RecordBatchCursor::End::kComplete) {
      return {ErrorCode::INVALID_RECORD, 0};
    }
  }
  if (!make_room(size_bytes)) return {ErrorCode::KAFKA_STORAGE_ERROR, 0};

  leader_epoch_ = leader_epoch;
  std::uint32_t flags = 0;
  for (Batch& batch : batches) {
    std::uint8_t* data = block_->fill(batch.size_bytes);
    std::copy_n(batch.data, batch.size_bytes, data);
    batch.data = data;
    batch.block = block_;
    if (must_roll(batch)) {
      if (!segments_.empty()) flags = FLUXMQ_LOG_ROLLED;
      segments_.push_back({.base_offset = log_end_offset_});
    }
    add(batch);
  }
  return {ErrorCode::NONE, flags};
}

// All of an append goes into one block, so that it fails before anything is changed.
bool Log::make_room(std::int64_t size_bytes) {
  if (block_ && block_->room() >= size_bytes) return true;
  const auto capacity = std::clamp(size_bytes_, kMinBlockBytes, kMaxBlockBytes);
  auto block = Block::make(memory_, std::max(capacity, size_bytes));
  if (!block) return false;
  block_ = std::move(block);
  return true;
}

bool Log::must_roll(const Batch& batch) const {
  if (segments_.empty()) return true;
  const Segment& last = segments_.back();
  if (last.size_bytes == 0) return false;
  return last.size_bytes + batch.size_bytes > config_.segment_bytes ||
         batch.max_timestamp_ms - last.first_timestamp_ms > config_.segment_ms;
}

void Log::add(Segment& segment, const Batch& batch) {
  if (segment.batch_count++ == 0) segment.first_timestamp_ms = batch.max_timestamp_ms;
  segment.size_bytes += batch.size_bytes;
  segment.max_timestamp_ms = std::max(segment.max_timestamp_ms, batch.max_timestamp_ms);
}

void Log::add(const Batch& batch) {
  add(segments_.back(), batch);
  size_bytes_ += batch.size_bytes;
  log_end_offset_ = batch.last_offset + 1;
  batches_.push_back(batch);
}

// The batch that holds `offset`, or the next one there is.
std::deque<Batch>::const_iterator Log::batch_of(std::int64_t offset) const {
  return std::partition_point(batches_.begin(), batches_.end(),
                              [offset](const Batch& batch) { return batch.last_offset < offset; });
}

ErrorCode Log::read(const fluxmq_log_read_request& request, std::vector<fluxmq_segment>& segments) {
  const std::lock_guard lock(mutex_);
  if (request.offset < log_start_offset_ || request.offset > log_end_offset_) {
    return ErrorCode::OFFSET_OUT_OF_RANGE;
  }
  const auto first = batch_of(request.offset);
  std::int64_t left = request.max_bytes;
  for (auto at = first; at != batches_.end() && at->base_offset < request.max_offset; ++at) {
    auto size = at->size_bytes;
    if (size > left) {
      if (at != first) size = left;
      if (at == first && request.minimum_one_batch == 0) break;
    }
    if (size <= 0) break;
    const bool follows = at != first && at->block == std::prev(at)->block &&
                         segments.back().data + segments.back().length == at->data;
    if (follows) {
      segments.back().length += static_cast<std::uint64_t>(size);
    } else {
      segments.push_back(to_segment(at->block, at->data, size));
    }
    left -= size;
  }
  return ErrorCode::NONE;
}

std::optional<Batch> Log::find_timestamp(std::int64_t timestamp_ms) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(
      batch_of(log_start_offset_), batches_.end(),
      [timestamp_ms](const Batch& batch) { return batch.max_timestamp_ms >= timestamp_ms; });
  return found == batches_.end() ? std::nullopt : std::optional(*found);
}

std::optional<Batch> Log::find_max_timestamp() const {
  const std::lock_guard lock(mutex_);
  const auto found = std::max_element(
      batch_of(log_start_offset_), batches_.end(),
      [](const Batch& a, const Batch& b) { return a.max_timestamp_ms < b.max_timestamp_ms; });
  return found == batches_.end() ? std::nullopt : std::optional(*found);
}

std::pair<std::int32_t, std::int64_t> Log::epoch_end_offset(std::int32_t leader_epoch) const {
  const std::lock_guard lock(mutex_);
  if (leader_epoch < 0 || batches_.empty() || leader_epoch > batches_.back().leader_epoch) {
    return {-1, -1};
  }
  const auto higher = std::partition_point(
      batches_.begin(), batches_.end(),
      [leader_epoch](const Batch& batch) { return batch.leader_epoch <= leader_epoch; });
  const auto end_offset = higher == batches_.end() ? log_end_offset_ : higher->base_offset;
  if (higher == batches_.begin()) return {leader_epoch, end_offset};
  return {std::prev(higher)->leader_epoch, end_offset};
}

void Log::visit_batches(std::int64_t offset,
                        const std::function<bool(const std::uint8_t*)>& visitor) {
  std::vector<Batch> batches;
  {
    const std::lock_guard lock(mutex_);
    batches.assign(batch_of(offset), batches_.cend());
  }
  for (const Batch& batch : batches) {
    if (!visitor(batch.data)) return;
  }
}

ErrorCode Log::set_log_start_offset(std::int64_t offset) {
  const std::lock_guard lock(mutex_);
  if (offset > log_end_offset_) return ErrorCode::OFFSET_OUT_OF_RANGE;
  log_start_offset_ = std::max(log_start_offset_, offset);
  return ErrorCode::NONE;
}

void Log::truncate(std::int64_t offset) {
  const std::lock_guard lock(mutex_);
  if (offset >= log_end_offset_) return;
  std::deque<Batch> batches(batches_.cbegin(), batch_of(offset));
  std::deque<Segment> segments;
  segments.swap(segments_);
  batches_.clear();
  size_bytes_ = 0;
  for (const Batch& batch : batches) {
    if (!segments.empty() && batch.base_offset >= segments.front().base_offset) {
      segments_.push_back({.base_offset = segments.front().base_offset});
      segments.pop_front();
    }
    add(batch);
  }
  log_end_offset_ = offset;
  log_start_offset_ = std::min(log_start_offset_, offset);
  clean_offset_ = std::min(clean_offset_, offset);
  block_ = nullptr;  // what readers still hold isn't written over
  snapshots_.erase(snapshots_.upper_bound(offset), snapshots_.end());
}

// Kafka's three rules.
bool Log::is_deletable(const Segment& segment, std::int64_t end_offset, bool last,
                       std::int64_t now_ms) const {
  if (!last && end_offset <= log_start_offset_) return true;
  if (config_.retention_bytes >= 0 && size_bytes_ - segment.size_bytes >= config_.retention_bytes) {
    return true;
  }
  return config_.retention_ms >= 0 && now_ms - segment.max_timestamp_ms > config_.retention_ms;
}

void Log::apply_retention(std::int64_t now_ms, std::int64_t max_offset) {
  const std::lock_guard lock(mutex_);
  while (!segments_.empty()) {
    const Segment& oldest = segments_.front();
    const bool last = segments_.size() == 1;
    const auto end_offset = last ? log_end_offset_ : segments_[1].base_offset;
    if (end_offset > max_offset || oldest.size_bytes == 0 ||
        !is_deletable(oldest, end_offset, last, now_ms)) {
      return;
    }
    size_bytes_ -= oldest.size_bytes;
    batches_.erase(batches_.begin(),
                   batches_.begin() + static_cast<std::ptrdiff_t>(oldest.batch_count));
    segments_.pop_front();
    log_start_offset_ = std::max(log_start_offset_, end_offset);
    if (last) block_ = nullptr;
  }
}

void Log::save_producer_snapshot(std::int64_t offset, std::string_view snapshot) {
  const std::lock_guard lock(mutex_);
  snapshots_[offset] = snapshot;
  if (snapshots_.size() > kKeptSnapshots) snapshots_.erase(snapshots_.begin());
}

std::optional<std::pair<std::int64_t, std::string>> Log::load_producer_snapshot(
    std::int64_t max_offset) const {
  const std::lock_guard lock(mutex_);
  const auto after = snapshots_.upper_bound(max_offset);
  if (after == snapshots_.begin()) return std::nullopt;
  return *std::prev(after);
}

void Log::visit_segments(const std::function<bool(const fluxmq_log_segment_info&)>& visitor) const {
  std::vector<Segment> segments;
  {
    const std::lock_guard lock(mutex_);
    segments.assign(segments_.begin(), segments_.end());
  }
  for (const Segment& segment : segments) {
    if (!visitor({sizeof(fluxmq_log_segment_info), 0, segment.base_offset, segment.size_bytes, 0, 0,
                  segment.first_timestamp_ms, segment.max_timestamp_ms})) {
      return;
    }
  }
}

std::deque<Log::Segment>::iterator Log::segment_at(std::int64_t base_offset) {
  return std::find_if(segments_.begin(), segments_.end(), [base_offset](const Segment& segment) {
    return segment.base_offset == base_offset;
  });
}

std::unique_ptr<Rewrite> Log::begin_rewrite(std::int64_t first_base_offset,
                                            std::int64_t end_base_offset) {
  const std::lock_guard lock(mutex_);
  const auto end = segment_at(end_base_offset);
  if (end == segments_.end() || segment_at(first_base_offset) >= end) return nullptr;
  return std::unique_ptr<Rewrite>(
      new Rewrite{*this, first_base_offset, first_base_offset, end_base_offset, {}});
}

ErrorCode Log::write(Rewrite& rewrite, protocol::Bytes bytes) const {
  auto block = Block::make(memory_, static_cast<std::int64_t>(bytes.size()));
  if (!block) return ErrorCode::KAFKA_STORAGE_ERROR;
  std::uint8_t* data = block->fill(block->room());
  std::copy(bytes.begin(), bytes.end(), data);
  protocol::RecordBatchCursor cursor({data, bytes.size()});
  while (const auto batch = cursor.next()) {
    if (!batch->has_header() || batch->base_offset() < rewrite.next_offset ||
        batch->last_offset_delta() < 0 || batch->next_offset() > rewrite.end_offset) {
      return ErrorCode::INVALID_RECORD;
    }
    rewrite.next_offset = batch->next_offset();
    rewrite.batches.push_back({batch->base_offset(), batch->last_offset(), batch->max_timestamp(),
                               batch->partition_leader_epoch(),
                               static_cast<std::int64_t>(batch->size_bytes()),
                               batch->bytes().data(), block});
  }
  const bool whole = cursor.end() == protocol::RecordBatchCursor::End::kComplete;
  return whole ? ErrorCode::NONE : ErrorCode::INVALID_RECORD;
}

void Log::commit(const Rewrite& rewrite) {
  const std::lock_guard lock(mutex_);
  const auto first = segment_at(rewrite.first_offset);
  const auto end = segment_at(rewrite.end_offset);
  Segment replacement{.base_offset = rewrite.first_offset};
  for (const Batch& batch : rewrite.batches) add(replacement, batch);
  size_bytes_ += replacement.size_bytes;
  std::size_t before = 0, replaced = 0;
  for (auto at = segments_.begin(); at != first; ++at) before += at->batch_count;
  for (auto at = first; at != end; ++at) {
    replaced += at->batch_count;
    size_bytes_ -= at->size_bytes;
  }
  const auto begin = batches_.begin() + static_cast<std::ptrdiff_t>(before);
  const auto after = batches_.erase(begin, begin + static_cast<std::ptrdiff_t>(replaced));
  batches_.insert(after, rewrite.batches.begin(), rewrite.batches.end());
  *first = replacement;
  segments_.erase(first + 1, end);
}

void Log::set_clean_offset(std::int64_t offset) {
  const std::lock_guard lock(mutex_);
  clean_offset_ = offset;
}

}  // namespace fluxmq::storage_memory
