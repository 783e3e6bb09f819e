// Looking into a log: reads, searches by timestamp and by epoch, walks over batch headers.
#include <algorithm>
#include <limits>
#include <optional>

#include "log.h"

namespace fluxmq::storage_local {
namespace {

bool is_before(const std::shared_ptr<LogSegment>& a, const std::shared_ptr<LogSegment>& b) {
  return a->base_offset < b->base_offset;
}

}  // namespace

// The last segment that begins at or before `offset`; the first one, if all begin after it.
Log::Segment Log::segment_of(std::int64_t offset) const {
  if (segments_.empty()) return nullptr;
  const auto after = std::upper_bound(
      segments_.begin(), segments_.end(), offset,
      [](std::int64_t value, const Segment& segment) { return value < segment->base_offset; });
  return after == segments_.begin() ? *after : *std::prev(after);
}

LogSegment::Search Log::search_in_file(const LogSegment& segment, std::int64_t offset) const {
  auto search = segment.search_for(offset);
  const bool is_last = &segment == segments_.back().get();
  if (is_last && on_disk_->tail && on_disk_->tail->unwritten_bytes() > 0) {
    search.size_bytes = on_disk_->tail->written();
  }
  return search;
}

LogSegment::Search Log::search(const LogSegment& segment, std::int64_t offset) const {
  auto search = search_in_file(segment, offset);
  if (&segment == segments_.back().get() && on_disk_->recent_batches) {
    if (const auto batch = on_disk_->recent_batches->find(offset)) {
      search.position = batch->position;
      search.exact = batch->base_offset == offset;
    }
  }
  return search;
}

LogTail::View Log::view_tail(std::int64_t offset) const {
  if (!on_disk_ || !on_disk_->tail || offset < segments_.back()->base_offset) return {};
  if (const auto& recent = on_disk_->recent_batches) {
    if (const auto batch = recent->find(offset)) return on_disk_->tail->view(batch->position);
  }
  const auto position = on_disk_->tail->find(offset);
  return position ? on_disk_->tail->view(*position) : LogTail::View();
}

std::optional<ErrorCode> Log::read_in_memory(const fluxmq_log_read_request& request,
                                             ReadResult& result) {
  if (failed_) return std::nullopt;
  LogTail::View view;
  std::optional<std::int64_t> end_offset;  // where the tail goes on past the end
  {
    const std::lock_guard lock(mutex_);
    if (request.offset < log_start_offset_ || request.offset > log_end_offset_) {
      return ErrorCode::OFFSET_OUT_OF_RANGE;
    }
    if (request.offset >= std::min(request.max_offset, log_end_offset_)) return ErrorCode::NONE;
    view = view_tail(request.offset);
    if (request.max_offset < log_end_offset_) end_offset = request.max_offset;
  }
  auto position = view.begin();
  auto batch = view.batch_at(position);
  while (batch && batch->last_offset < request.offset) {
    position += batch->size_bytes;
    batch = view.batch_at(position);
  }
  if (!batch || batch->size_bytes > view.end() - position) return std::nullopt;
  const auto first_bytes = batch->size_bytes;
  auto length = view.end() - position;
  if (end_offset) {
    auto end = position;
    while (batch && batch->base_offset < *end_offset) {
      end += batch->size_bytes;
      batch = view.batch_at(end);
    }
    length = std::min(length, end - position);
  }
  if (length > request.max_bytes) {
    if (first_bytes > request.max_bytes && request.minimum_one_batch == 0) return ErrorCode::NONE;
    length = std::max(first_bytes, request.max_bytes);
  }
  result.count = view.to_segments(position, length, result.segments);
  return ErrorCode::NONE;
}

// Those that look into files see all that came before them. What can't be written is missed.
void Log::bring_file_up_to_date() {
  try {
    write_out();
  } catch (const std::exception& failure) {
    write_out_has_failed(failure);
  }
}

std::optional<ErrorCode> Log::read_cached(const fluxmq_log_read_request& request,
                                          ReadResult& result) {
  if (failed_) return std::nullopt;
  try {
    return read(request, result, ReadFrom::kPageCache);
  } catch (const std::exception&) {  // what fails, fails on the pool again, which tells
    for (std::size_t i = 0; i < result.count; ++i) {
      result.segments[i].release(result.segments[i].release_context);
    }
    return std::nullopt;
  }
}

ErrorCode Log::read(const fluxmq_log_read_request& request, ReadResult& result, ReadFrom from) {
  check_alive();
  std::int64_t end_offset = 0;
  {
    const std::lock_guard lock(mutex_);
    if (request.offset < log_start_offset_ || request.offset > log_end_offset_) {
      return ErrorCode::OFFSET_OUT_OF_RANGE;
    }
    end_offset = std::min(request.max_offset, log_end_offset_);
  }
  std::int64_t offset = request.offset;
  std::int64_t max_bytes = request.max_bytes;
  while (offset >= 0 && offset < end_offset && result.count < kMaxReadSegments) {
    if (result.count > 0 && max_bytes <= 0) break;
    Range range = read_segment(offset, end_offset, from);
    // A short answer would have a reader who asks for more wait, though there is more.
    if (from == ReadFrom::kPageCache && range.goes_on_in_memory && range.length < max_bytes) {
      throw WouldBlock();
    }
    offset = range.next_base_offset;
    if (range.length == 0) continue;
    if (range.length > max_bytes) {
      if (result.count == 0) {
        const auto first = range.first_batch_bytes(from);
        if (first > max_bytes && request.minimum_one_batch == 0) break;
        range.length = std::max(first, max_bytes);
      } else {
        range.length = max_bytes;
      }
      offset = -1;
    }
    max_bytes -= range.length;
    result.segments[result.count++] =
        std::move(range.lease).to_segment(range.position, range.length);
  }
  return ErrorCode::NONE;
}

// What one segment has of the batches that hold `offset` or come after it, up to `end_offset`.
Log::Range Log::read_segment(std::int64_t offset, std::int64_t end_offset, ReadFrom from) {
  Range range;
  Segment segment;
  LogSegment::Search begin;
  std::optional<LogSegment::Search> end;
  bool is_last = false;
  {
    const std::lock_guard lock(mutex_);
    segment = segment_of(offset);
    if (!segment) return range;
    is_last = segment == segments_.back();
  }
  if (is_last && from == ReadFrom::kDisk) bring_file_up_to_date();
  range.lease = segment->file->lease(from);
  {
    const std::lock_guard lock(mutex_);
    begin = search(*segment, offset);
    begin.from = from;
    range.goes_on_in_memory = begin.size_bytes < segment->size_bytes;
    const auto next = std::upper_bound(segments_.begin(), segments_.end(), segment, &is_before);
    if (next != segments_.end()) range.next_base_offset = (*next)->base_offset;
    const bool ends_here =
        end_offset < (next == segments_.end() ? log_end_offset_ : (*next)->base_offset);
    if (ends_here) end = search(*segment, end_offset);
    if (end) end->from = from;
  }
  std::int64_t limit = begin.size_bytes;
  if (end) {
    range.next_base_offset = -1;
    if (end->exact) {
      limit = std::min(limit, *end->position);
    } else if (const auto found = segment->find(range.lease, *end, [=](const auto& batch) {
                 return batch.base_offset() >= end_offset;
               })) {
      limit = found->position;
    }
  }
  if (begin.exact) {
    range.position = *begin.position;
  } else {
    const auto found = segment->find(
        range.lease, begin, [offset](const auto& batch) { return batch.last_offset() >= offset; });
    range.position = found ? found->position : limit;
    range.first_size_bytes = found ? found->size_bytes : 0;
  }
  range.length = std::max<std::int64_t>(limit - range.position, 0);
  return range;
}

std::int64_t Log::Range::first_batch_bytes(ReadFrom from) const {
  if (first_size_bytes > 0) return first_size_bytes;
  BatchScanner scanner(lease.file(), position, position + length, protocol::kRecordBatchHeaderBytes,
                       from);
  const auto batch = scanner.next();
  return batch ? batch->size_bytes : 0;
}

TimestampOffset Log::find_timestamp(std::int64_t timestamp_ms) {
  check_alive();
  bring_file_up_to_date();
  for (const Segment& segment : segments()) {
    std::optional<TimeEntry> entry;
    TimeIndex::Extent extent;
    {
      const std::lock_guard lock(mutex_);
      if (segment->max_timestamp_ms < timestamp_ms) continue;
      entry = segment->time_index.find_pending(timestamp_ms);
      extent = segment->time_index.extent();
    }
    if (!entry) entry = segment->time_index.find_written(timestamp_ms, extent);
    const auto begin = segment->base_offset + (entry ? entry->relative_offset : 0);
    const auto found = find_in(*segment, begin, timestamp_ms);
    if (found.offset >= 0) return found;
  }
  return {};
}

TimestampOffset Log::find_max_timestamp() {
  check_alive();
  bring_file_up_to_date();
  Segment newest;
  std::int64_t timestamp_ms = -1, offset = -1;
  {
    const std::lock_guard lock(mutex_);
    for (const Segment& segment : segments_) {
      if (segment->max_timestamp_ms <= timestamp_ms) continue;
      newest = segment;
      timestamp_ms = segment->max_timestamp_ms;
      offset = segment->max_timestamp_offset;
    }
  }
  return newest ? find_in(*newest, offset, timestamp_ms) : TimestampOffset{};
}

// The first batch from the one that holds `offset` on whose max timestamp is late enough.
TimestampOffset Log::find_in(const LogSegment& segment, std::int64_t offset,
                             std::int64_t timestamp_ms) {
  LogSegment::Search search;
  const auto lease = segment.file->lease();
  {
    const std::lock_guard lock(mutex_);
    offset = std::max(offset, log_start_offset_);
    search = search_in_file(segment, offset);
  }
  const auto found = segment.find(lease, search, [=](const auto& batch) {
    return batch.last_offset() >= offset && batch.max_timestamp() >= timestamp_ms;
  });
  if (!found) return {};
  return {found->base_offset, found->max_timestamp_ms, found->leader_epoch};
}

LeaderEpochs::End Log::epoch_end_offset(std::int32_t leader_epoch) const {
  const std::lock_guard lock(mutex_);
  return leader_epochs_.end_of(leader_epoch, log_end_offset_);
}

void Log::visit_batches(std::int64_t offset,
                        const std::function<bool(const std::uint8_t*)>& visitor) {
  check_alive();
  bring_file_up_to_date();
  std::vector<Segment> segments;
  {
    const std::lock_guard lock(mutex_);
    if (segments_.empty()) return;
    segments.assign(std::find(segments_.begin(), segments_.end(), segment_of(offset)),
                    segments_.end());
  }
  for (const Segment& segment : segments) {
    const auto lease = segment->file->lease();
    LogSegment::Search search;
    {
      const std::lock_guard lock(mutex_);
      search = this->search(*segment, offset);
    }
    auto scanner = segment->begin(lease, search, kScanWindowBytes);
    while (const auto batch = scanner.next()) {
      if (batch->header.last_offset() < offset) continue;
      if (!visitor(batch->header.bytes().data())) return;
    }
  }
}

std::vector<Log::Segment> Log::segments() const {
  const std::lock_guard lock(mutex_);
  return segments_;
}

}  // namespace fluxmq::storage_local
