// What a log is made of: its folder and its segments; and how it gets shorter.
#include "log.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace fluxmq::storage_local {

Log::Log(DataFolder& folder, std::string name, fluxmq_uuid topic_id,
         const fluxmq_log_config& config)
    : folder_(folder),
      name_(std::move(name)),
      topic_id_(topic_id),
      config_(config),
      file_delete_delay_ms_(config.file_delete_delay_ms) {}

Log::~Log() = default;

void Log::configure(const fluxmq_log_config& config) {
  const std::lock_guard lock(mutex_);
  config_ = config;
  file_delete_delay_ms_ = config.file_delete_delay_ms;
}

fluxmq_log_config Log::config() const {
  const std::lock_guard lock(mutex_);
  return config_;
}

fluxmq_log_state Log::state() const {
  const std::lock_guard lock(mutex_);
  return {sizeof(fluxmq_log_state),
          leader_epochs_.latest(),
          log_start_offset_,
          log_end_offset_,
          size_bytes_,
          static_cast<std::int64_t>(segments_.size()),
          clean_offset_};
}

void Log::check_alive() const {
  if (failed_) throw std::runtime_error("not trusted since an earlier failure");
}

void Log::make_folder() {
  folder_.make_log(name_);
  auto path = folder_.log_path(name_);
  write_partition_metadata(path);
  const std::lock_guard lock(mutex_);
  on_disk_ = std::make_unique<OnDisk>(std::move(path));
  folder_dirty_ = folder_is_new_ = true;
}

// Whole, or not there, if the process dies; a flush brings it to the disk.
void Log::write_partition_metadata(const std::string& folder) const {
  swap_file(folder_.file_system(), folder + "/" + kPartitionMetadata, partition_metadata(topic_id_),
            Sync::kNo);
}

Log::Segment Log::make_segment(std::int64_t base_offset) {
  auto segment = std::make_shared<LogSegment>(folder_.files(), on_disk_->path, base_offset);
  segment->created_ms = now_ms();
  segment->file->create();
  return segment;
}

void Log::roll(std::int64_t base_offset) {
  if (!on_disk_) make_folder();
  if (!segments_.empty()) {
    write_out();
    drop_tail();
    finish_indexes(*segments_.back());
    // A recovery trusts the indexes of a segment that ends by the recovery point that was written.
    if (base_offset <= folder_.recovery_point(name_)) sync_indexes(*segments_.back());
  }
  auto segment = make_segment(base_offset);
  {
    const std::lock_guard lock(mutex_);
    segments_.push_back(std::move(segment));
    folder_dirty_ = true;
    on_disk_->recent_batches = nullptr;
  }
  folder_.progressed();
}

void Log::sync_indexes(LogSegment& segment) {
  try {
    segment.sync_indexes();
  } catch (const std::exception& failure) {
    if (!lacks_descriptors(failure)) distrust();
    throw;
  }
}

void Log::finish_indexes(LogSegment& segment) {
  const std::lock_guard writing(on_disk_->write_out_mutex);
  LogSegment::IndexBundle bundle;
  {
    const std::lock_guard lock(mutex_);
    segment.finish_time_index();
    bundle = segment.index_bundle();
  }
  segment.write(bundle);
  const std::lock_guard lock(mutex_);
  segment.publish(bundle);
}

void Log::truncate(std::int64_t offset) {
  const std::lock_guard writer(write_mutex_);
  check_alive();
  if (offset >= log_end_offset_) return;
  const std::lock_guard syncing(on_disk_->sync_mutex);
  write_out();
  const std::lock_guard writing(on_disk_->write_out_mutex);
  drop_tail();
  if (clean_offset_ > offset) set_clean_offset(offset);
  // The checkpoint must not promise more than there will be.
  if (recovery_point() > offset) {
    folder_.set_recovery_point(name_, offset);
    folder_.write_checkpoints();
  }
  if (offset < log_start_offset_) folder_.set_log_start_offset(name_, offset);
  try {
    truncate_to(offset);
    segments_.back()->file->lease().file().sync();
    swap_file(file_system(), file_path(kLeaderEpochs), leader_epochs_.to_text());
    file_system().sync_folder(*on_disk_->path);
  } catch (const std::exception&) {
    distrust();
    throw;
  }
}

void Log::truncate_to(std::int64_t offset) {
  const std::lock_guard lock(mutex_);
  while (!segments_.empty() && segments_.back()->base_offset >= offset) {
    size_bytes_ -= segments_.back()->size_bytes;
    delete_files(*segments_.back());
    segments_.pop_back();
  }
  if (segments_.empty()) {
    segments_.push_back(make_segment(offset));
  } else {
    LogSegment& last = *segments_.back();
    const auto found = last.find(last.file->lease(), last.search_for(offset),
                                 [offset](const auto& b) { return b.last_offset() >= offset; });
    if (found) {
      size_bytes_ -= last.size_bytes - found->position;
      last.truncate(found->position);
    }
  }
  delete_snapshots_past(offset);
  leader_epochs_.truncate_from_end(offset);
  log_end_offset_ = offset;
  log_start_offset_ = std::min(log_start_offset_, offset);
  recovery_point_ = std::min(recovery_point_, offset);
  on_disk_->recent_batches = nullptr;
  ++truncations_;
  folder_dirty_ = leader_epochs_dirty_ = true;
}

}  // namespace fluxmq::storage_local
