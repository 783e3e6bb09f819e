// Opening a log that has a folder: taking what is there, and repairing it after an unclean end.
#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "checkpoint_file.h"
#include "log.h"

namespace fluxmq::storage_local {
namespace {

[[noreturn]] void throw_corrupt(const LogSegment& segment) {
  throw DamagedLog("bad batch in " + segment.path() + " at position " +
                   std::to_string(segment.size_bytes) + ", where the log was on the disk already");
}

}  // namespace

void Log::recover() {
  const std::lock_guard writer(write_mutex_);
  const std::lock_guard lock(mutex_);
  on_disk_ = std::make_unique<OnDisk>(folder_.log_path(name_));
  if (!topic_id_fits()) {
    const auto aside = folder_.set_log_aside(name_);
    folder_.host().warn(name_, ": the folder is of another topic of that name, moved to ", aside);
    on_disk_ = nullptr;
    return;
  }
  const LogRecord record = folder_.take_record(name_);
  end_interrupted_rewrites();
  load_files();
  // The broker before may have died, or failed, between making files and syncing their names.
  if (!record.clean || segments_.empty()) {
    folder_dirty_ = folder_is_new_ = indexes_dirty_ = true;
  }
  const bool sync_failed = drop_caches();
  load_leader_epochs();
  bool cut = recover_segments(record, sync_failed);

  if (!segments_.empty()) log_end_offset_ = segments_.back()->next_offset;
  if (record.log_start_offset > log_end_offset_) {  // nothing is left of what wasn't deleted
    for (const Segment& segment : segments_) delete_files(*segment);
    segments_ = {make_segment(record.log_start_offset)};
    cut = true;
    log_end_offset_ = record.log_start_offset;
  }
  const bool epochs_cut = leader_epochs_.truncate_from_end(log_end_offset_);
  if (epochs_cut) swap_file(file_system(), file_path(kLeaderEpochs), leader_epochs_.to_text());
  // They know batches that were cut, and would take those that come in their place for repeated.
  cut |= delete_snapshots_past(log_end_offset_) || epochs_cut;
  // What was cut must not come back beside what is appended in its place.
  if (cut) file_system().sync_folder(*on_disk_->path);
  if (sync_failed) file_system().remove_file(file_path(kSyncFailed));
  if (segments_.empty()) return;
  log_start_offset_ = std::max(segments_.front()->base_offset, record.log_start_offset);
  for (const Segment& segment : segments_) size_bytes_ += segment->size_bytes;
  clean_offset_ = record.clean_offset;
  recovery_point_ =
      record.clean ? log_end_offset_ : std::min(record.recovery_point, log_end_offset_);
  const LeaderEpochs stored = leader_epochs_;
  leader_epochs_.truncate_from_start(log_start_offset_);
  leader_epochs_dirty_ |= !(stored == leader_epochs_);
  leader_epoch_ = leader_epochs_.latest();
}

bool Log::topic_id_fits() {
  if (is_any_topic(topic_id_)) return true;
  const auto found = topic_id_in(read_file(file_system(), file_path(kPartitionMetadata)));
  if (!found.empty()) return found == topic_id_text(topic_id_);
  write_partition_metadata(*on_disk_->path);  // lost with the power, before it was synced
  return true;
}

void Log::load_files() {
  std::vector<std::int64_t> base_offsets;
  auto& snapshots = on_disk_->snapshots;
  const auto names = file_system().list_folder(*on_disk_->path);
  for (const auto& name : names) {
    if (const auto base_offset = offset_of(name, ".log"); base_offset >= 0) {
      base_offsets.push_back(base_offset);
    } else if (const auto offset = offset_of(name, ".snapshot"); offset >= 0) {
      snapshots.push_back(offset);
    } else if (name.ends_with(kDeletedSuffix) || name.ends_with(".tmp")) {
      file_system().remove_file(file_path(name.c_str()));
    }
  }
  std::sort(snapshots.begin(), snapshots.end());
  std::sort(base_offsets.begin(), base_offsets.end());
  // The broker died between the deletion of a segment and that of its indexes: one that is made in
  // its place must not take them for its own.
  for (const auto& name : names) {
    const auto base_offset =
        std::max(offset_of(name, OffsetEntry::kSuffix), offset_of(name, TimeEntry::kSuffix));
    if (base_offset < 0) continue;
    if (!std::binary_search(base_offsets.begin(), base_offsets.end(), base_offset)) {
      file_system().remove_file(file_path(name.c_str()));
    }
  }
  for (const auto base_offset : base_offsets) {
    segments_.push_back(std::make_shared<LogSegment>(folder_.files(), on_disk_->path, base_offset));
    segments_.back()->created_ms = now_ms();
  }
}

// After a failed sync only the disk knows what it has.
bool Log::drop_caches() {
  if (!file_system().exists(file_path(kSyncFailed))) return false;
  for (const Segment& segment : segments_) segment->file->lease().file().drop_cache();
  return true;
}

void Log::load_leader_epochs() {
  const auto text = read_file(file_system(), file_path(kLeaderEpochs));
  try {
    if (text) leader_epochs_ = LeaderEpochs::parse(*text);
  } catch (const std::runtime_error& failure) {
    folder_.host().warn(name_, ": ", kLeaderEpochs, " is made again: ", failure.what());
    // The segments that a recovery doesn't read have it in their headers.
    for (const Segment& segment : segments_) {
      const auto lease = segment->file->lease();
      BatchScanner scanner(lease.file(), 0, lease.file().size(), kScanWindowBytes);
      while (const auto batch = scanner.next()) {
        leader_epochs_.assign(batch->header.partition_leader_epoch(), batch->header.base_offset());
      }
    }
    leader_epochs_dirty_ = true;
  }
}

// After an unclean end, what lies past the recovery point is checked batch by batch, from the
// beginning of its segment on, and cut at the first bad one. What lies before it was on the disk:
// a bad batch there is no torn tail, and isn't cut. Nor may there be offsets missing between two
// segments, but where a compaction leaves such gaps, which is never past the recovery point.
bool Log::recover_segments(const LogRecord& record, bool sync_failed) {
  const auto proven_end = std::max(record.recovery_point, record.clean_offset);
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    LogSegment& segment = *segments_[i];
    if (!record.clean && i > 0 && segment.base_offset > proven_end &&
        segment.base_offset > segments_[i - 1]->next_offset) {
      cut_after(i - 1);  // the end of the one before was lost
      return true;
    }
    const bool last = i + 1 == segments_.size();
    const bool durable =
        record.clean || (!last && segments_[i + 1]->base_offset <= record.recovery_point);
    // The sync that failed may have been that of indexes, which are written until a segment ends.
    const bool doubtful =
        sync_failed && !last && segments_[i + 1]->base_offset == record.recovery_point;
    if (durable && !doubtful && segment.load(last)) continue;

    if (durable) folder_.host().info(name_, ": makes the indexes of ", segment.path(), " again");
    const bool whole = segment.rebuild(config_.index_interval_bytes, config_.segment_index_bytes,
                                       leader_epochs_, durable);
    leader_epochs_dirty_ = true;
    if (whole) continue;
    if (durable || segment.next_offset < record.recovery_point) throw_corrupt(segment);
    cut_after(i);
    return true;
  }
  return false;
}

void Log::cut_after(std::size_t index) {
  LogSegment& segment = *segments_[index];
  const auto lease = segment.file->lease();
  folder_.host().warn(name_, ": unclean end, ", segment.path(), " is cut from ",
                      lease.file().size(), " to ", segment.size_bytes, " bytes");
  lease.file().truncate(segment.size_bytes);
  lease.file().sync();
  for (; segments_.size() > index + 1; segments_.pop_back()) {
    folder_.host().warn(name_, ": what follows a bad batch is deleted: ", segments_.back()->path());
    delete_files(*segments_.back());
  }
}

}  // namespace fluxmq::storage_local
