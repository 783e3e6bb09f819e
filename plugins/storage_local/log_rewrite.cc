#include "log_rewrite.h"

#include <algorithm>
#include <exception>
#include <limits>
#include <stdexcept>
#include <utility>

#include "file_system.h"

namespace fluxmq::storage_local {
namespace {

// Positions and offsets within a segment are int32 in its indexes.
constexpr std::int64_t kMaxInSegment = std::numeric_limits<std::int32_t>::max();

bool is_in_use(std::string_view name) {
  return name.ends_with(".log") || name.ends_with(OffsetEntry::kSuffix) ||
         name.ends_with(TimeEntry::kSuffix);
}

// Past its last batch, and past the segment's own name.
std::int64_t end_of_swap(FileSystem& files, const std::string& path) {
  const auto file = files.open(path, OpenMode::kRead);
  BatchScanner scanner(*file, 0, file->size(), kScanWindowBytes);
  std::int64_t end_offset = leading_offset(path.substr(path.rfind('/') + 1)) + 1;
  while (const auto batch = scanner.next()) {
    end_offset = std::max(end_offset, batch->header.next_offset());
  }
  return end_offset;
}

}  // namespace

LogRewrite::LogRewrite(std::shared_ptr<Log> log, std::vector<std::shared_ptr<LogSegment>> segments,
                       std::int64_t end_offset, const fluxmq_log_config& config)
    : log_(std::move(log)),
      replaced_(std::move(segments)),
      end_offset_(end_offset),
      config_(config),
      replacement_(std::make_shared<LogSegment>(log_->folder_.files(), log_->on_disk_->path,
                                                replaced_.front()->base_offset, kCleanedSuffix)) {
  replacement_->file->create().file().truncate(0);  // what an earlier one left behind
}

LogRewrite::~LogRewrite() {
  if (committed_ || log_->failed()) return;
  try {
    for (auto* file : {replacement_->file.get(), &replacement_->offset_index.file(),
                       &replacement_->time_index.file()}) {
      log_->file_system().remove_file(file->path());
    }
  } catch (const std::exception& failure) {
    log_->folder_.host().warn("left behind until the log is opened again: ", failure.what());
  }
}

ErrorCode LogRewrite::write(protocol::Bytes batches) {
  std::vector<BatchInfo> infos;
  std::int64_t position = replacement_->size_bytes;
  std::int64_t next_offset = replacement_->next_offset;
  protocol::RecordBatchCursor cursor(batches);
  while (const auto batch = cursor.next()) {
    if (!batch->has_header() || batch->base_offset() < next_offset ||
        batch->last_offset_delta() < 0 || batch->next_offset() > end_offset_) {
      return ErrorCode::INVALID_RECORD;
    }
    const auto size = static_cast<std::int64_t>(batch->size_bytes());
    infos.push_back({batch->base_offset(), batch->last_offset(), batch->max_timestamp(),
                     batch->partition_leader_epoch(), position, size});
    position += size;
    next_offset = batch->next_offset();
    if (position > kMaxInSegment ||
        batch->last_offset() - replacement_->base_offset > kMaxInSegment) {
      return ErrorCode::MESSAGE_TOO_LARGE;
    }
  }
  if (cursor.end() != protocol::RecordBatchCursor::End::kComplete) return ErrorCode::INVALID_RECORD;
  replacement_->file->lease().file().write_at(batches.data(), batches.size(),
                                              replacement_->size_bytes);
  for (const BatchInfo& info : infos) {
    replacement_->add(info, config_.index_interval_bytes, config_.segment_index_bytes);
    if (!replacement_->offset_index.bundle_is_full()) continue;
    replacement_->write_indexes();
  }
  return ErrorCode::NONE;
}

void LogRewrite::commit() {
  // Offsets that are missing past the recovery point would look like a lost end.
  log_->flush_rolled();
  if (log_->recovery_point() < end_offset_) throw std::runtime_error("the log can't be synced");
  log_->folder_.set_recovery_point(log_->name(), log_->recovery_point());
  log_->folder_.write_checkpoints();
  replacement_->finish_time_index();
  replacement_->write_indexes();
  {
    const auto lease = replacement_->file->lease();
    // Retention goes by it where records have no timestamps.
    lease.file().set_modified_ms(replaced_.back()->file->modified_ms());
    lease.file().sync();
  }
  replacement_->sync_indexes();
  log_->replace_segments(replaced_, replacement_);
  committed_ = true;
}

std::unique_ptr<LogRewrite> Log::begin_rewrite(std::int64_t first_base_offset,
                                               std::int64_t end_base_offset) {
  check_alive();
  const auto find = [this](std::int64_t base_offset) {
    return std::find_if(segments_.begin(), segments_.end(), [base_offset](const auto& segment) {
      return segment->base_offset == base_offset;
    });
  };
  std::vector<Segment> replaced;
  fluxmq_log_config config;
  {
    const std::lock_guard lock(mutex_);
    const auto end = find(end_base_offset);
    const auto first = find(first_base_offset);
    if (end == segments_.end() || first >= end) return nullptr;
    replaced.assign(first, end);
    config = config_;
  }
  return std::make_unique<LogRewrite>(shared_from_this(), std::move(replaced), end_base_offset,
                                      config);
}

// Who changes the log waits meanwhile, as what it is made of changes; and so do syncs: none of them
// looks for a file that isn't there any more.
void Log::replace_segments(const std::vector<Segment>& replaced, const Segment& replacement) {
  const std::lock_guard writer(write_mutex_);
  const std::lock_guard syncing(on_disk_->sync_mutex);
  check_alive();
  const auto first = std::find(segments_.begin(), segments_.end(), replaced.front());
  if (first == segments_.end()) throw std::logic_error("the segments are gone");
  replacement->move_to(kSwapSuffix);
  file_system().sync_folder(*on_disk_->path);
  try {
    {
      const std::lock_guard lock(mutex_);
      for (const Segment& segment : replaced) size_bytes_ -= segment->size_bytes;
      size_bytes_ += replacement->size_bytes;
      *first = replacement;
      segments_.erase(first + 1, first + static_cast<std::ptrdiff_t>(replaced.size()));
      folder_dirty_ = true;
    }
    for (const Segment& segment : replaced) delete_files(*segment);
    file_system().sync_folder(*on_disk_->path);
    replacement->move_to(kInUse);
  } catch (const std::exception&) {
    distrust();  // a recovery ends it
    throw;
  }
}

void Log::visit_segments(const std::function<bool(const fluxmq_log_segment_info&)>& visitor) {
  check_alive();
  for (const Segment& segment : segments()) {
    fluxmq_log_segment_info info{};
    info.size = sizeof info;
    info.base_offset = segment->base_offset;
    bool first_is_known = false;
    {
      const std::lock_guard lock(mutex_);
      info.size_bytes = segment->size_bytes;
      info.offset_index_bytes =
          static_cast<std::int64_t>(segment->offset_index.size() * OffsetEntry::kBytes);
      info.time_index_bytes =
          static_cast<std::int64_t>(segment->time_index.size() * TimeEntry::kBytes);
      info.first_timestamp_ms = segment->first_timestamp_ms;
      info.largest_timestamp_ms = segment->max_timestamp_ms;
      first_is_known = segment->first_timestamp_ms >= 0 || segment->size_bytes == 0;
    }
    if (!first_is_known) {
      const auto lease = segment->file->lease();
      BatchScanner head(lease.file(), 0, info.size_bytes, protocol::kRecordBatchHeaderBytes);
      if (const auto first = head.next()) info.first_timestamp_ms = first->header.max_timestamp();
      const std::lock_guard lock(mutex_);
      segment->first_timestamp_ms = info.first_timestamp_ms;
    }
    if (info.largest_timestamp_ms < 0) info.largest_timestamp_ms = segment->file->modified_ms();
    if (!visitor(info)) return;
  }
}

void Log::set_clean_offset(std::int64_t offset) {
  check_alive();
  folder_.set_clean_offset(name_, offset);
  const std::lock_guard lock(mutex_);
  clean_offset_ = offset;
}

// What a crash left of rewrites. A .cleaned file was not finished, nor was a .swap index without
// its log. A .swap log is whole and on the disk: the segments that it stands for are deleted, as
// far as its batches reach, and it takes their place.
void Log::end_interrupted_rewrites() {
  const auto names = file_system().list_folder(*on_disk_->path);
  const auto path = [this](const std::string& name) { return file_path(name.c_str()); };
  const auto has = [&](const std::string& name) { return file_system().exists(path(name)); };
  std::vector<std::int64_t> swapped;
  for (const auto& name : names) {
    const auto base_offset = leading_offset(name);
    const bool is_swap = name.ends_with(kSwapSuffix);
    if (base_offset < 0 || (!is_swap && !name.ends_with(kCleanedSuffix))) continue;
    const auto log = segment_name(base_offset, ".log") + kSwapSuffix;
    if (name == log) swapped.push_back(base_offset);
    if (!is_swap || !has(log)) file_system().remove_file(path(name));
  }
  for (const auto base_offset : swapped) {
    const auto end_offset =
        end_of_swap(file_system(), path(segment_name(base_offset, ".log") + kSwapSuffix));
    for (const auto& name : names) {
      const auto offset = leading_offset(name);
      if (is_in_use(name) && offset >= base_offset && offset < end_offset)
        file_system().remove_file(path(name));
    }
    file_system().sync_folder(*on_disk_->path);
    for (const char* suffix : {OffsetEntry::kSuffix, TimeEntry::kSuffix, ".log"}) {
      const auto name = segment_name(base_offset, suffix);
      if (has(name + kSwapSuffix)) file_system().rename(path(name + kSwapSuffix), path(name));
    }
    folder_dirty_ = true;
    folder_.host().info(name_, ": ended the compaction of ", segment_name(base_offset, ".log"));
  }
}

}  // namespace fluxmq::storage_local
