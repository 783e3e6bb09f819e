#include "log_segment.h"

#include <algorithm>
#include <limits>
#include <system_error>

namespace fluxmq::storage_local {

namespace {

// Offsets within a segment are int32 in the indexes.
constexpr std::int64_t kMaxRelative = std::numeric_limits<std::int32_t>::max();

}  // namespace

BatchInfo to_info(const BatchScanner::Batch& batch) {
  return {batch.header.base_offset(),
          batch.header.last_offset(),
          batch.header.max_timestamp(),
          batch.header.partition_leader_epoch(),
          batch.position,
          batch.size_bytes};
}

void LogSegment::add(const BatchInfo& batch, std::int32_t index_interval_bytes,
                     std::int32_t segment_index_bytes) {
  if (first_timestamp_ms < 0) first_timestamp_ms = batch.max_timestamp_ms;
  if (batch.max_timestamp_ms > max_timestamp_ms) {
    max_timestamp_ms = batch.max_timestamp_ms;
    max_timestamp_offset = batch.last_offset;
  }
  const auto room = [&](const auto& index, std::size_t entry_bytes) {
    return (index.size() + 1) * entry_bytes <= static_cast<std::size_t>(segment_index_bytes);
  };
  if (unindexed_bytes > index_interval_bytes && room(offset_index, OffsetEntry::kBytes)) {
    offset_index.append({static_cast<std::int32_t>(batch.last_offset - base_offset),
                         static_cast<std::int32_t>(batch.position)});
    if (room(time_index, TimeEntry::kBytes)) finish_time_index();
    unindexed_bytes = 0;
  }
  unindexed_bytes += batch.size_bytes;
  size_bytes = batch.position + batch.size_bytes;
  next_offset = batch.last_offset + 1;
}

void LogSegment::finish_time_index() {
  if (max_timestamp_ms < 0) return;
  if (time_index.last() && time_index.last()->timestamp_ms >= max_timestamp_ms) return;
  time_index.append(
      {max_timestamp_ms, static_cast<std::int32_t>(max_timestamp_offset - base_offset)});
}

void LogSegment::write(const IndexBundle& bundle) {
  offset_index.write(bundle.offsets);
  time_index.write(bundle.times);
}

void LogSegment::publish(const IndexBundle& bundle) {
  offset_index.publish(bundle.offsets);
  time_index.publish(bundle.times);
}

void LogSegment::write_indexes() {
  const auto bundle = index_bundle();
  write(bundle);
  publish(bundle);
}

void LogSegment::sync_indexes() {
  offset_index.sync();
  time_index.sync();
}

std::int32_t LogSegment::relative_key(std::int64_t offset) const {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(offset - base_offset, 0, kMaxRelative));
}

LogSegment::Search LogSegment::search_for(std::int64_t offset) const {
  return {offset,
          size_bytes,
          offset_index.find_pending(relative_key(offset)),
          offset_index.extent(),
          std::nullopt,
          false,
          ReadFrom::kDisk};
}

std::optional<OffsetEntry> LogSegment::find_entry(const Search& search) const {
  if (search.entry) return search.entry;
  try {
    return offset_index.find_written(relative_key(search.target), search.extent, search.from);
  } catch (const std::system_error&) {
    return std::nullopt;  // without its index a segment is slower, no more
  }
}

BatchScanner LogSegment::begin(const SegmentFile::Lease& lease, const Search& search,
                               std::size_t window_bytes) const {
  if (search.position) {
    return {lease.file(), *search.position, search.size_bytes, window_bytes, search.from};
  }
  const auto entry = find_entry(search);
  if (entry && entry->position >= 0) {
    // An index that was damaged must not lead into the middle of a batch.
    BatchScanner scanner(lease.file(), entry->position, search.size_bytes, window_bytes,
                         search.from);
    const auto batch = scanner.next();
    if (batch && batch->header.last_offset() == base_offset + entry->relative_offset) {
      scanner.rewind(*batch);
      return scanner;
    }
  }
  return {lease.file(), 0, search.size_bytes, window_bytes, search.from};
}

bool LogSegment::load(bool last) {
  const auto lease = file->lease();
  size_bytes = lease.file().size();
  if (!offset_index.load(size_bytes) || !time_index.load(size_bytes)) return false;
  // A rolled segment has an entry at least; a crash while it is made leaves none.
  if (!last && size_bytes > 0 && time_index.size() == 0) return false;
  if (const auto& entry = time_index.last()) {
    max_timestamp_ms = entry->timestamp_ms;
    max_timestamp_offset = base_offset + entry->relative_offset;
  }
  if (!last) return true;

  BatchScanner head(lease.file(), 0, size_bytes, protocol::kRecordBatchHeaderBytes);
  if (const auto first = head.next()) first_timestamp_ms = first->header.max_timestamp();
  const auto& entry = offset_index.last();
  BatchScanner scanner(lease.file(), entry ? entry->position : 0, size_bytes, kLookupWindowBytes);
  bool fits = !entry;
  while (const auto batch = scanner.next()) {
    const auto info = to_info(*batch);
    if (entry && info.position == entry->position) {
      fits = info.last_offset == base_offset + entry->relative_offset;
      unindexed_bytes = 0;
    }
    if (info.max_timestamp_ms > max_timestamp_ms) {
      max_timestamp_ms = info.max_timestamp_ms;
      max_timestamp_offset = info.last_offset;
    }
    unindexed_bytes += info.size_bytes;
    next_offset = info.last_offset + 1;
  }
  return fits && scanner.position() == size_bytes;
}

bool LogSegment::rebuild(std::int32_t index_interval_bytes, std::int32_t segment_index_bytes,
                         LeaderEpochs& epochs, bool durable) {
  if (durable) {
    offset_index.forget();
    time_index.forget();
  } else {
    offset_index.clear();
    time_index.clear();
  }
  first_timestamp_ms = max_timestamp_ms = max_timestamp_offset = -1;
  unindexed_bytes = size_bytes = 0;
  next_offset = base_offset;

  const auto lease = file->lease();
  const auto file_bytes = lease.file().size();
  BatchScanner scanner(lease.file(), 0, file_bytes, kScanWindowBytes);
  while (const auto batch = scanner.next()) {
    const auto info = to_info(*batch);
    if (info.base_offset < next_offset || info.last_offset - base_offset > kMaxRelative) break;
    if (!durable && !scanner.checksum_fits(*batch)) break;
    add(info, index_interval_bytes, segment_index_bytes);
    epochs.assign(info.leader_epoch, info.base_offset);
    if (!durable && offset_index.bundle_is_full()) {
      write_indexes();
    }
  }
  finish_time_index();
  if (durable) {
    offset_index.replace();
    time_index.replace();
  } else {
    write_indexes();
  }
  return size_bytes == file_bytes;
}

void LogSegment::truncate(std::int64_t position) {
  const auto lease = file->lease();
  lease.file().truncate(position);
  offset_index.truncate([&](const OffsetEntry& entry) { return entry.position < position; });
  BatchScanner scanner(lease.file(), offset_index.last() ? offset_index.last()->position : 0,
                       position, kLookupWindowBytes);
  unindexed_bytes = 0;
  next_offset = base_offset;
  while (const auto batch = scanner.next()) {
    unindexed_bytes += batch->size_bytes;
    next_offset = batch->header.next_offset();
  }
  time_index.truncate(
      [&](const TimeEntry& entry) { return base_offset + entry.relative_offset < next_offset; });
  size_bytes = position;
  if (position == 0) first_timestamp_ms = -1;
  // The largest timestamp that is left: in the time index, or in a batch after its last entry.
  const auto& entry = time_index.last();
  max_timestamp_ms = entry ? entry->timestamp_ms : -1;
  max_timestamp_offset = entry ? base_offset + entry->relative_offset : -1;
  auto rest = begin(lease, search_for(entry ? max_timestamp_offset : base_offset));
  while (const auto batch = rest.next()) {
    if (batch->header.max_timestamp() <= max_timestamp_ms) continue;
    max_timestamp_ms = batch->header.max_timestamp();
    max_timestamp_offset = batch->header.last_offset();
  }
}

void LogSegment::move_to(const char* stage) {
  for (auto* each : {&offset_index.file(), &time_index.file(), file.get()}) each->move_to(stage);
}

std::int64_t LogSegment::largest_timestamp_ms() const {
  return max_timestamp_ms >= 0 ? max_timestamp_ms : file->modified_ms();
}

}  // namespace fluxmq::storage_local
