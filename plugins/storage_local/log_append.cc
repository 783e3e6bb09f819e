// Appending: what was checked goes to the tail in memory, if it has room and no file is needed for
// it; else to the files, which takes a thread that may block.
#include <algorithm>
#include <exception>
#include <limits>
#include <stdexcept>
#include <utility>

#include "fluxmq/protocol/record_batch.h"
#include "log.h"

namespace fluxmq::storage_local {
namespace {

constexpr std::int64_t kMaxRelativeOffset = std::numeric_limits<std::int32_t>::max();

// Kafka's rules: full by bytes or by index entries, too old by the timestamps of its batches, or
// too far from its base offset.
bool must_roll(const LogSegment& segment, std::int64_t run_bytes, const BatchInfo& batch,
               const fluxmq_log_config& config) {
  const std::int64_t bytes = segment.size_bytes + run_bytes;
  if (batch.last_offset - segment.base_offset > kMaxRelativeOffset) return true;
  if (bytes == 0) return false;
  if (bytes + batch.size_bytes > config.segment_bytes) return true;

  const bool timestamps = segment.first_timestamp_ms >= 0 && batch.max_timestamp_ms >= 0;
  const std::int64_t age_ms = timestamps ? batch.max_timestamp_ms - segment.first_timestamp_ms
                              : segment.size_bytes > 0 ? now_ms() - segment.created_ms
                                                       : 0;
  if (age_ms > config.segment_ms) return true;

  const auto full = [&config](std::size_t entries, std::size_t entry_bytes) {
    return (entries + 1) * entry_bytes > static_cast<std::size_t>(config.segment_index_bytes);
  };
  return full(segment.offset_index.size(), OffsetEntry::kBytes) ||
         full(segment.time_index.size() + 1, TimeEntry::kBytes);  // one is kept for the roll
}

std::int64_t size_of(std::span<const fluxmq_bytes> pieces) {
  std::size_t bytes = 0;
  for (const auto& piece : pieces) bytes += piece.size;
  return static_cast<std::int64_t>(bytes);
}

}  // namespace

void Log::append(const Append& append) {
  std::optional<Appended> appended;
  {
    // Who changes the log may be waiting for the disk.
    const std::unique_lock writer(write_mutex_, std::try_to_lock);
    if (writer.owns_lock() && !appends_wait()) appended = try_append(append, Storing::kInMemory);
  }
  if (appended) return append.done(append.context, to_int16(appended->error), appended->flags);
  const bool may_block = folder_.host().current_loop() == FLUXMQ_NO_LOOP;
  {
    const std::lock_guard lock(mutex_);
    waiting_appends_.push_back(append);
    if (std::exchange(appending_, true)) return;
  }
  may_block ? run_appends(true) : schedule_appends();
}

bool Log::appends_wait() const {
  const std::lock_guard lock(mutex_);
  return appending_;
}

// They take no thread while the log is written out, nor one of those that others need, if that is
// what they have to wait for.
void Log::schedule_appends() {
  bool wait_for_disk = false;
  {
    const std::lock_guard lock(mutex_);
    if (on_disk_ && on_disk_->write_out_now) {
      on_disk_->appends_follow = true;
      return;
    }
    wait_for_disk = folder_.tails().arena() == nullptr ||
                    is_much(unwritten_bytes() + size_of(waiting_appends_.front().pieces));
  }
  auto run = [self = shared_from_this()] { self->run_appends(true); };
  if (wait_for_disk) return folder_.disk_work().run(std::move(run));
  folder_.background().run(std::move(run));
}

// In the order in which they came; those that come meanwhile too. Each that needs a file has its
// turn behind what others have to do there.
void Log::run_appends(bool may_touch_files) {
  while (true) {
    Append append;
    {
      const std::lock_guard lock(mutex_);
      appending_ = !waiting_appends_.empty();
      if (!appending_) return;
      append = waiting_appends_.front();
    }
    std::optional<Appended> appended;
    {
      const std::lock_guard writer(write_mutex_);
      appended = try_append(append, Storing::kInMemory);
      if (!appended && std::exchange(may_touch_files, false)) {
        appended = try_append(append, Storing::kAnywhere);
      }
    }
    if (!appended) return schedule_appends();
    {
      const std::lock_guard lock(mutex_);
      waiting_appends_.erase(waiting_appends_.begin());
    }
    append.done(append.context, to_int16(appended->error), appended->flags);
  }
}

std::optional<Log::Appended> Log::try_append(const Append& append, Storing storing) {
  try {
    check_alive();
    thread_local std::vector<NewBatch> batches;
    if (const auto error = check_batches(append, batches); error != ErrorCode::NONE) {
      return Appended{error, 0};
    }
    leader_epoch_ = append.leader_epoch;
    if (batches.empty() || append_to_tail(batches) == InTail::kYes) {
      return Appended{ErrorCode::NONE, 0};
    }
    if (storing == Storing::kInMemory) return std::nullopt;
    // The tail has room again once it is written out; but for a new segment.
    write_out();
    const auto in_tail = append_to_tail(batches);
    if (in_tail == InTail::kYes) return Appended{ErrorCode::NONE, 0};
    const auto appended = append_to_files(batches);
    // Others have all room: much more would only gather in the page cache, for all to wait for.
    if (in_tail == InTail::kLacksRoom && is_much(size_of(append.pieces))) flush_now();
    return appended;
  } catch (const std::exception& failure) {
    folder_.host().error(name_, ": append failed: ", failure.what());
    folder_.health().log_failed(failure);
    return Appended{ErrorCode::KAFKA_STORAGE_ERROR, 0};
  }
}

ErrorCode Log::check_batches(const Append& append, std::vector<NewBatch>& batches) const {
  if (append.leader_epoch < leader_epoch_) return ErrorCode::FENCED_LEADER_EPOCH;
  batches.clear();
  std::int64_t next_offset = log_end_offset_;
  for (const fluxmq_bytes& piece : append.pieces) {
    protocol::RecordBatchCursor cursor({piece.data, piece.size});
    while (const auto batch = cursor.next()) {
      if (!batch->has_header() || batch->base_offset() < next_offset ||
          batch->last_offset_delta() < 0) {
        return ErrorCode::INVALID_RECORD;
      }
      batches.push_back(
          {{batch->base_offset(), batch->last_offset(), batch->max_timestamp(),
            batch->partition_leader_epoch(), 0, static_cast<std::int64_t>(batch->size_bytes())},
           batch->bytes().data()});
      next_offset = batch->next_offset();
    }
    if (cursor.end() != protocol::RecordBatchCursor::End::kComplete) {
      return ErrorCode::INVALID_RECORD;
    }
  }
  return ErrorCode::NONE;
}

// Touches no file.
Log::InTail Log::append_to_tail(std::span<NewBatch> batches) {
  TailArena* arena = folder_.tails().arena();
  if (arena == nullptr) return InTail::kNeedsFile;
  Segment segment;
  LogTail* tail = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (segments_.empty()) return InTail::kNeedsFile;
    if (on_disk_->write_out_failed) {
      throw std::runtime_error("what was appended before can't be written to the disk");
    }
    segment = segments_.back();
    std::int64_t bytes = 0;
    for (const NewBatch& batch : batches) {
      if (must_roll(*segment, bytes, batch.info, config_)) return InTail::kNeedsFile;
      bytes += batch.info.size_bytes;
    }
    auto& owned = on_disk_->tail;
    if (!owned) owned = std::make_unique<LogTail>(*arena, TailArena::Owner{name_, topic_id_});
    tail = owned.get();
    if (!tail->reserve(segment->base_offset, segment->size_bytes,
                       static_cast<std::size_t>(bytes))) {
      return InTail::kLacksRoom;
    }
  }
  tail->copy(place(batches, segment->size_bytes));
  WriteOutDemand demand;
  {
    const std::lock_guard lock(mutex_);
    tail->commit();
    add_batches(*segment, batches);
    for (const NewBatch& batch : batches) {
      tail->add_batch(batch.info.base_offset, batch.info.position);
    }
    demand = write_out_demand();
  }
  demand_write_out(demand);
  return InTail::kYes;
}

// What is in the tail was written out before.
Log::Appended Log::append_to_files(std::span<NewBatch> batches) {
  const auto config = this->config();
  const std::int64_t end_before = log_end_offset_;
  std::uint32_t flags = 0;
  std::unique_lock<std::mutex> syncing;  // no flush brings half of what may be undone to the disk
  try {
    drop_tail();
    if (segments_.empty()) {
      roll(std::max(end_before, batches[0].info.last_offset - kMaxRelativeOffset));
    }
    std::size_t begin = 0;
    std::int64_t run_bytes = 0;
    for (std::size_t i = 0; i < batches.size(); ++i) {
      const BatchInfo& batch = batches[i].info;
      if (must_roll(*segments_.back(), run_bytes, batch, config)) {
        if (!syncing) syncing = std::unique_lock(on_disk_->sync_mutex);
        write_run(batches.subspan(begin, i - begin));
        roll(std::max(log_end_offset_, batch.last_offset - kMaxRelativeOffset));
        flags = FLUXMQ_LOG_ROLLED;
        begin = i;
        run_bytes = 0;
      }
      run_bytes += batch.size_bytes;
    }
    write_run(batches.subspan(begin));
  } catch (const std::exception&) {
    undo_append(end_before);
    throw;
  }
  return {ErrorCode::NONE, flags};
}

void Log::write_run(std::span<NewBatch> run) {
  if (run.empty()) return;
  LogSegment& segment = *segments_.back();
  const auto ranges = place(run, segment.size_bytes);
  segment.file->lease().file().write_at(ranges.data(), ranges.size(), segment.size_bytes);
  write_index_bundle(segment);
  const std::lock_guard lock(mutex_);
  add_batches(segment, run);
}

// Gives the batches their positions; returns their bytes, those that lie together as one.
std::span<iovec> Log::place(std::span<NewBatch> batches, std::int64_t position) {
  thread_local std::vector<iovec> ranges;
  ranges.clear();
  const std::uint8_t* end = nullptr;
  for (NewBatch& batch : batches) {
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
  return ranges;
}

// The log has them now; under mutex_.
void Log::add_batches(LogSegment& segment, std::span<const NewBatch> batches) {
  auto& recent_batches = on_disk_->recent_batches;
  if (!recent_batches) recent_batches = std::make_unique<RecentBatches>();
  for (const NewBatch& batch : batches) {
    size_bytes_ += batch.info.size_bytes;
    segment.add(batch.info, config_.index_interval_bytes, config_.segment_index_bytes);
    recent_batches->add(batch.info.base_offset, batch.info.position, &batch == batches.data());
    if (leader_epochs_.assign(batch.info.leader_epoch, batch.info.base_offset)) {
      leader_epochs_dirty_ = true;
    }
  }
  log_end_offset_ = batches.back().info.last_offset + 1;
}

// The log becomes what it was before an append that failed; on the disk, too: what was refused must
// not come back beside what is appended in its place.
void Log::undo_append(std::int64_t log_end_offset) {
  try {
    if (segments_.empty()) return;
    segments_.back()->file->lease().file().truncate(segments_.back()->size_bytes);
    if (log_end_offset_ > log_end_offset) {
      truncate_to(log_end_offset);
      file_system().sync_folder(*on_disk_->path);
    }
    segments_.back()->file->lease().file().sync();
  } catch (const std::exception& failure) {
    folder_.host().error(name_, ": an append that failed can't be undone: ", failure.what());
    distrust();
  }
}

}  // namespace fluxmq::storage_local
