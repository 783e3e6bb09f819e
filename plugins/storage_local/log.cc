// Appending: checking, rolling, writing; and undoing it.
#include "log.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

#include "fluxmq/protocol/base64.h"
#include "fluxmq/protocol/record_batch.h"

namespace fluxmq::storage_local {
namespace {

constexpr std::int64_t kMaxRelativeOffset = std::numeric_limits<std::int32_t>::max();

}  // namespace

std::string partition_metadata(fluxmq_uuid topic_id) {
  return "version: 0\ntopic_id: " +
         protocol::base64_encode(topic_id.bytes, protocol::Base64::kUrl) + "\n";
}

Log::Log(DataFolder& folder, std::string name, fluxmq_uuid topic_id,
         const fluxmq_log_config& config)
    : folder_(folder), name_(std::move(name)), topic_id_(topic_id), config_(config) {}

Log::~Log() = default;

void Log::configure(const fluxmq_log_config& config) {
  const std::lock_guard writer(write_mutex_);
  const std::lock_guard lock(mutex_);
  config_ = config;
}

std::int64_t Log::file_delete_delay_ms() const {
  const std::lock_guard lock(mutex_);
  return config_.file_delete_delay_ms;
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

Log::Appended Log::append(std::span<const fluxmq_bytes> pieces, std::int32_t leader_epoch) {
  const std::lock_guard writer(write_mutex_);
  check_alive();
  if (leader_epoch < leader_epoch_) return {ErrorCode::FENCED_LEADER_EPOCH, 0};

  thread_local std::vector<NewBatch> batches;
  batches.clear();
  std::int64_t next_offset = log_end_offset_;
  for (const fluxmq_bytes& piece : pieces) {
    protocol::RecordBatchCursor cursor({piece.data, piece.size});
    while (const auto batch = cursor.next()) {
      if (!batch->has_header() || batch->base_offset() < next_offset ||
          batch->last_offset_delta() < 0) {
        return {ErrorCode::INVALID_RECORD, 0};
      }
      batches.push_back(
          {{batch->base_offset(), batch->last_offset(), batch->max_timestamp(),
            batch->partition_leader_epoch(), 0, static_cast<std::int64_t>(batch->size_bytes())},
           batch->bytes().data()});
      next_offset = batch->next_offset();
    }
    if (cursor.end() != protocol::RecordBatchCursor::End::kComplete) {
      return {ErrorCode::INVALID_RECORD, 0};
    }
  }
  leader_epoch_ = leader_epoch;
  if (batches.empty()) return {ErrorCode::NONE, 0};

  const std::int64_t end_before = log_end_offset_;
  std::uint32_t flags = 0;
  try {
    const std::span<NewBatch> all(batches);
    if (segments_.empty()) roll(std::max(end_before, all[0].info.last_offset - kMaxRelativeOffset));
    std::size_t begin = 0;
    std::int64_t run_bytes = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const BatchInfo& batch = all[i].info;
      if (must_roll(*segments_.back(), run_bytes, batch)) {
        write_run(all.subspan(begin, i - begin));
        roll(std::max(log_end_offset_, batch.last_offset - kMaxRelativeOffset));
        flags = FLUXMQ_LOG_ROLLED;
        begin = i;
        run_bytes = 0;
      }
      run_bytes += batch.size_bytes;
    }
    write_run(all.subspan(begin));
  } catch (const std::exception&) {
    undo_append(end_before);
    throw;
  }
  return {ErrorCode::NONE, flags};
}

// Kafka's rules: full by bytes or by index entries, too old by the timestamps of its batches, or
// too far from its base offset.
bool Log::must_roll(const LogSegment& segment, std::int64_t run_bytes,
                    const BatchInfo& batch) const {
  const std::int64_t bytes = segment.size_bytes + run_bytes;
  if (batch.last_offset - segment.base_offset > kMaxRelativeOffset) return true;
  if (bytes == 0) return false;
  if (bytes + batch.size_bytes > config_.segment_bytes) return true;

  const bool timestamps = segment.first_timestamp_ms >= 0 && batch.max_timestamp_ms >= 0;
  const std::int64_t age_ms = timestamps ? batch.max_timestamp_ms - segment.first_timestamp_ms
                              : segment.size_bytes > 0 ? now_ms() - segment.created_ms
                                                       : 0;
  if (age_ms > config_.segment_ms) return true;

  const auto full = [this](std::size_t entries, std::size_t entry_bytes) {
    return (entries + 1) * entry_bytes > static_cast<std::size_t>(config_.segment_index_bytes);
  };
  return full(segment.offset_index.size(), OffsetEntry::kBytes) ||
         full(segment.time_index.size() + 1, TimeEntry::kBytes);  // one is kept for the roll
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
    LogSegment& full = *segments_.back();
    {
      const std::lock_guard lock(mutex_);
      full.finish_time_index();
    }
    full.write_indexes();
    // A recovery trusts the indexes of a segment that ends by the recovery point that was written.
    if (base_offset <= folder_.recovery_point(name_)) full.sync_indexes();
    const std::lock_guard lock(mutex_);
    full.publish_indexes();
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

void Log::write_run(std::span<NewBatch> run) {
  if (run.empty()) return;
  LogSegment& segment = *segments_.back();
  thread_local std::vector<iovec> ranges;
  ranges.clear();
  const std::uint8_t* end = nullptr;
  std::int64_t position = segment.size_bytes;
  for (NewBatch& batch : run) {
    const auto size = static_cast<std::size_t>(batch.info.size_bytes);
    if (batch.data == end) {
      ranges.back().iov_len += size;
    } else {
      ranges.push_back({const_cast<std::uint8_t*>(batch.data), size});
    }
    end = batch.data + size;
    batch.info.position = position;
    position += batch.info.size_bytes;
  }
  segment.file->lease().file().write_at(ranges.data(), ranges.size(), segment.size_bytes);

  if (segment.offset_index.bundle_is_full()) {
    segment.write_indexes();
    const std::lock_guard lock(mutex_);
    segment.publish_indexes();
  }
  const std::lock_guard lock(mutex_);
  size_bytes_ += position - segment.size_bytes;
  auto& recent_batches = on_disk_->recent_batches;
  if (!recent_batches) recent_batches = std::make_unique<RecentBatches>();
  for (const NewBatch& batch : run) {
    segment.add(batch.info, config_.index_interval_bytes, config_.segment_index_bytes);
    recent_batches->add(batch.info.base_offset, batch.info.position, &batch == run.data());
    if (leader_epochs_.assign(batch.info.leader_epoch, batch.info.base_offset)) {
      leader_epochs_dirty_ = true;
    }
  }
  log_end_offset_ = run.back().info.last_offset + 1;
}

// The log becomes what it was before an append that failed.
void Log::undo_append(std::int64_t log_end_offset) {
  try {
    if (segments_.empty()) return;
    segments_.back()->file->lease().file().truncate(segments_.back()->size_bytes);
    if (log_end_offset_ > log_end_offset) truncate_to(log_end_offset);
  } catch (const std::exception& failure) {
    failed_ = true;
    folder_.host().error(name_, ": an append that failed can't be undone: ", failure.what());
  }
}

void Log::truncate(std::int64_t offset) {
  const std::lock_guard writer(write_mutex_);
  check_alive();
  if (offset >= log_end_offset_) return;
  const std::lock_guard syncing(on_disk_->sync_mutex);
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
    failed_ = true;
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
