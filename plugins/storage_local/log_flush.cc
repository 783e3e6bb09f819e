// Bringing a log to the disk. Whoever asks while a sync is under way shares the next one.
#include <exception>
#include <utility>

#include "log.h"

namespace fluxmq::storage_local {

std::int64_t Log::recovery_point() const {
  const std::lock_guard lock(mutex_);
  return recovery_point_;
}

void Log::flush(fluxmq_log_done done, void* context) {
  bool starts = false;
  {
    const std::lock_guard lock(mutex_);
    if (!failed_ && recovery_point_ < log_end_offset_) {
      on_disk_->flush_waiters.push_back({done, context});
      if (std::exchange(flushing_, true)) return;
      starts = true;
    }
  }
  if (starts) return start_flush();
  done(context,
       static_cast<std::int16_t>(failed_ ? ErrorCode::KAFKA_STORAGE_ERROR : ErrorCode::NONE));
}

void Log::start_flush() {
  folder_.disk_work().run([self = shared_from_this()] { self->run_flush(); });
}

// After a failed fsync nobody knows what is on the disk: the kernel may have dropped the pages.
template <class Take>
bool Log::sync(Take take) {
  const std::lock_guard syncing(on_disk_->sync_mutex);
  if (failed_) return false;
  const Dirt dirt = take();
  try {
    write_out();
  } catch (const std::exception& failure) {
    put_back(dirt);
    write_out_has_failed(failure);
    return false;
  }
  try {
    write_leader_epochs(dirt);
  } catch (const std::exception& failure) {
    return flush_failed(dirt, failure, is_passing(failure));
  }
  try {
    clean(dirt);
    return true;
  } catch (const std::exception& failure) {
    return flush_failed(dirt, failure, lacks_descriptors(failure));
  }
}

// What `passes` has nothing to do with what is on the disk: the next flush may work.
bool Log::flush_failed(const Dirt& dirt, const std::exception& failure, bool passes) {
  folder_.health().log_failed(failure);
  if (passes) {
    folder_.host().error(name_, ": flush failed: ", failure.what());
    put_back(dirt);
    return false;
  }
  folder_.host().error(name_,
                       ": flush failed, the log is closed until a restart: ", failure.what());
  distrust();
  return false;
}

// The next process finds the pages in the cache, too, so it is told. A new machine doesn't.
void Log::distrust() {
  failed_ = true;
  if (!on_disk_) return;
  try {
    write_file(file_system(), file_path(kSyncFailed), "");
  } catch (const std::exception& failure) {
    folder_.host().error(name_, ": restart the machine, not the broker alone: ", failure.what());
  }
}

Log::Dirt Log::take_dirt(bool rolled_only) {
  const std::lock_guard lock(mutex_);
  Dirt dirt{};
  const std::size_t end = segments_.size() - (rolled_only && !segments_.empty() ? 1 : 0);
  for (std::size_t i = end; i-- > 0;) {
    dirt.segments.push_back(segments_[i]);
    // One that ends at the recovery point may have had its indexes written since.
    if (segments_[i]->base_offset < recovery_point_) break;
  }
  if (rolled_only && !segments_.empty()) {
    dirt.end_offset = segments_.back()->base_offset;
  } else {
    dirt.end_offset = log_end_offset_;
  }
  dirt.last = segments_.empty() ? nullptr : segments_.back().get();
  if (std::exchange(leader_epochs_dirty_, false)) dirt.leader_epochs = leader_epochs_.to_text();
  dirt.folder = std::exchange(folder_dirty_, false);
  dirt.new_folder = std::exchange(folder_is_new_, false);
  dirt.truncations = truncations_;
  return dirt;
}

// It wasn't brought to the disk.
void Log::put_back(const Dirt& dirt) {
  const std::lock_guard lock(mutex_);
  leader_epochs_dirty_ |= !dirt.leader_epochs.empty();
  folder_dirty_ |= dirt.folder;
  folder_is_new_ |= dirt.new_folder;
}

void Log::write_leader_epochs(const Dirt& dirt) {
  if (dirt.leader_epochs.empty()) return;
  swap_file(file_system(), file_path(kLeaderEpochs), dirt.leader_epochs);
}

void Log::clean(const Dirt& dirt) {
  for (const Segment& segment : dirt.segments) {
    segment->file->lease().file().sync();
    // A recovery makes the indexes of the last segment again; it doesn't look at those before.
    if (segment.get() == dirt.last) continue;
    segment->sync_indexes();
  }
  const bool new_epochs = !dirt.leader_epochs.empty();
  if (dirt.new_folder) sync_file(file_system(), file_path(kPartitionMetadata));
  if (dirt.folder || new_epochs) file_system().sync_folder(*on_disk_->path);
  if (dirt.new_folder) folder_.sync_logs();
  {
    const std::lock_guard lock(mutex_);
    if (dirt.truncations != truncations_ || dirt.end_offset <= recovery_point_) return;
    recovery_point_ = dirt.end_offset;
  }
  folder_.progressed();
}

bool Log::flush_now() {
  return sync([this] { return take_dirt(false); });
}

void Log::run_flush() {
  std::vector<Waiter> waiters;
  {
    const std::lock_guard lock(mutex_);
    waiters.swap(on_disk_->flush_waiters);
  }
  const bool synced = flush_now();
  bool again = false;
  {
    const std::lock_guard lock(mutex_);
    again = flushing_ = !on_disk_->flush_waiters.empty();
  }
  if (again) start_flush();  // behind the other logs that wait for the disk
  const auto error = synced ? ErrorCode::NONE : ErrorCode::KAFKA_STORAGE_ERROR;
  for (const Waiter& waiter : waiters)
    waiter.done(waiter.context, static_cast<std::int16_t>(error));
}

void Log::flush_rolled() {
  {
    const std::lock_guard lock(mutex_);
    const bool rolled = segments_.size() > 1;
    // What retention took, up to a recovery point that is about to be told, must not come back.
    const bool shortened = folder_dirty_ && recovery_point_ > 0;
    if (segments_.empty() || segments_.back()->base_offset < recovery_point_) return;
    if (!rolled && !shortened) return;
  }
  sync([this] { return take_dirt(true); });
}

bool Log::finish() {
  const std::lock_guard writer(write_mutex_);
  const std::lock_guard lock(mutex_);
  if (segments_.empty()) return false;
  LogSegment& last = *segments_.back();
  last.finish_time_index();
  return recovery_point_ < log_end_offset_ || folder_dirty_ || leader_epochs_dirty_ ||
         indexes_dirty_ || last.offset_index.has_pending() || last.time_index.has_pending();
}

void Log::close(bool durably) {
  check_alive();
  if (!finish()) return;
  const std::lock_guard writer(write_mutex_);
  const std::lock_guard syncing(on_disk_->sync_mutex);
  try {
    write_out();
    drop_tail();
    finish_indexes(*segments_.back());
    auto dirt = take_dirt(false);
    dirt.last = nullptr;
    if (durably) {
      write_leader_epochs(dirt);
      return clean(dirt);
    }
    if (!dirt.leader_epochs.empty()) {
      swap_file(file_system(), file_path(kLeaderEpochs), dirt.leader_epochs, Sync::kNo);
    }
  } catch (const std::exception&) {
    distrust();
    throw;
  }
  const std::lock_guard lock(mutex_);
  recovery_point_ = log_end_offset_;
}

void Log::detach() {
  const std::lock_guard writer(write_mutex_);
  failed_ = true;
  if (!on_disk_) return;
  const std::lock_guard syncing(on_disk_->sync_mutex);
  const std::lock_guard writing(on_disk_->write_out_mutex);
  drop_tail();
  const std::lock_guard lock(mutex_);
  segments_.clear();
  size_bytes_ = 0;
}

}  // namespace fluxmq::storage_local
