// What leaves a log at its beginning: deleted records, retention; and the producer snapshots.
#include <algorithm>
#include <exception>

#include "log.h"

namespace fluxmq::storage_local {
namespace {

// The newest to start from, and two before it: for a truncation, or one that was damaged.
constexpr std::size_t kKeptSnapshots = 3;

}  // namespace

ErrorCode Log::set_log_start_offset(std::int64_t offset) {
  check_alive();
  bool is_new = false;
  {
    const std::lock_guard lock(mutex_);
    if (offset > log_end_offset_) return ErrorCode::OFFSET_OUT_OF_RANGE;
    if (offset <= log_start_offset_) return ErrorCode::NONE;
    is_new = folder_is_new_;
  }
  // Kept by the log's name: that must outlive what the offset does.
  if (is_new && !flush_now()) return ErrorCode::KAFKA_STORAGE_ERROR;
  folder_.set_log_start_offset(name_, offset);
  const std::lock_guard lock(mutex_);
  log_start_offset_ = std::max(log_start_offset_, offset);
  leader_epochs_.truncate_from_start(log_start_offset_);
  leader_epochs_dirty_ = true;
  return ErrorCode::NONE;
}

// How many segments from the oldest on may go, by Kafka's three rules.
std::size_t Log::count_deletable(std::int64_t now_ms, std::int64_t max_offset) const {
  const auto config = this->config();
  std::int64_t surplus_bytes =
      config.retention_bytes < 0 ? -1 : size_bytes_ - config.retention_bytes;
  std::size_t count = 0;
  for (; count < segments_.size(); ++count) {
    const LogSegment& segment = *segments_[count];
    const bool last = count + 1 == segments_.size();
    const auto end_offset = last ? log_end_offset_ : segments_[count + 1]->base_offset;
    if (end_offset > max_offset || (last && segment.size_bytes == 0)) break;

    const bool deleted = !last && end_offset <= log_start_offset_;
    const bool surplus = surplus_bytes >= segment.size_bytes;
    const bool expired =
        config.retention_ms >= 0 && now_ms - segment.largest_timestamp_ms() > config.retention_ms;
    if (!deleted && !surplus && !expired) break;
    surplus_bytes -= segment.size_bytes;
  }
  return count;
}

// Oldest first: whatever a crash or a failure leaves is the end of the log.
void Log::apply_retention(std::int64_t now_ms, std::int64_t max_offset) {
  const std::lock_guard writer(write_mutex_);
  check_alive();
  const auto count = count_deletable(now_ms, max_offset);
  if (count == segments_.size() && count > 0) roll(log_end_offset_);
  for (std::size_t i = 0; i < count; ++i) {
    const Segment oldest = segments_.front();
    delete_log_file(*oldest);
    {
      const std::lock_guard lock(mutex_);
      size_bytes_ -= oldest->size_bytes;
      segments_.erase(segments_.begin());
      log_start_offset_ = std::max(log_start_offset_, segments_.front()->base_offset);
      leader_epochs_.truncate_from_start(log_start_offset_);
      leader_epochs_dirty_ = folder_dirty_ = true;
    }
    delete_indexes(*oldest);
  }
}

// Renamed at once, deleted after a while. Who has it open keeps it.
void Log::delete_file(const std::string& path) {
  const auto deleted = path + kDeletedSuffix;
  if (!file_system().exists(path)) return;
  file_system().rename(path, deleted);
  folder_.deletions().add(deleted, file_delete_delay_ms_);
}

void Log::delete_file(SegmentFile& file) {
  if (file.move_to(kDeletedSuffix)) {
    folder_.deletions().add(file.path(), file_delete_delay_ms_);
  }
}

void Log::delete_files(LogSegment& segment) {
  delete_log_file(segment);
  delete_indexes(segment);
}

// Before its indexes: what has no log file is no segment, whatever else a crash leaves of it.
void Log::delete_log_file(LogSegment& segment) {
  segment.name_indexes();
  delete_file(*segment.file);
}

void Log::delete_indexes(LogSegment& segment) {
  delete_file(segment.offset_index.file());
  delete_file(segment.time_index.file());
}

void Log::save_producer_snapshot(std::int64_t offset, std::string_view snapshot) {
  check_alive();
  {
    const std::lock_guard writer(write_mutex_);
    if (!on_disk_) make_folder();
  }
  const std::lock_guard syncing(on_disk_->sync_mutex);
  replace_file(file_system(), snapshot_path(offset), snapshot);
  auto& snapshots = on_disk_->snapshots;
  const auto at = std::lower_bound(snapshots.begin(), snapshots.end(), offset);
  if (at == snapshots.end() || *at != offset) snapshots.insert(at, offset);
  while (snapshots.size() > kKeptSnapshots) {
    file_system().remove_file(snapshot_path(snapshots.front()));
    snapshots.erase(snapshots.begin());
  }
}

bool Log::delete_snapshots_past(std::int64_t offset) {
  auto& snapshots = on_disk_->snapshots;
  if (snapshots.empty() || snapshots.back() <= offset) return false;
  for (; !snapshots.empty() && snapshots.back() > offset; snapshots.pop_back()) {
    delete_file(snapshot_path(snapshots.back()));
  }
  return true;
}

std::int64_t Log::load_producer_snapshot(std::int64_t max_offset, std::string& snapshot) {
  check_alive();
  {
    const std::lock_guard lock(mutex_);
    if (!on_disk_) return -1;
  }
  const std::lock_guard syncing(on_disk_->sync_mutex);
  const auto& snapshots = on_disk_->snapshots;
  const auto after = std::upper_bound(snapshots.begin(), snapshots.end(), max_offset);
  if (after == snapshots.begin()) return -1;
  const auto offset = *std::prev(after);
  snapshot = read_file(file_system(), snapshot_path(offset)).value_or("");
  return offset;
}

}  // namespace fluxmq::storage_local
