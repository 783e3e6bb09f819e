// From the tail in memory to the segment's file, on the blocking pool: soon when much has gathered,
// else after a while, and always before the file is read or synced.
#include <algorithm>
#include <exception>
#include <system_error>
#include <utility>

#include "log.h"

namespace fluxmq::storage_local {
namespace {

// A write of so much costs next to nothing per byte, and is one a disk is fast at.
constexpr std::int64_t kWriteOutBytes = 1 << 20;
// At a time, when more has gathered: then others have their turn, and appends find room.
constexpr std::int64_t kMaxWriteOutBytes = 4 << 20;
// Less isn't worth a write of its own past the page cache.
constexpr std::int64_t kMinDirectBytes = 64 * 1024;
constexpr auto kPageBytes = static_cast<std::int64_t>(TailArena::kPageBytes);

// Splits what begins at `position` at a later position; returns what lies before it.
std::vector<iovec> cut(std::vector<iovec>& ranges, std::int64_t bytes) {
  std::vector<iovec> before;
  auto left = static_cast<std::size_t>(bytes);
  auto range = ranges.begin();
  for (; range != ranges.end() && left >= range->iov_len; ++range) {
    before.push_back(*range);
    left -= range->iov_len;
  }
  if (left > 0) {
    before.push_back({range->iov_base, left});
    *range = {static_cast<char*>(range->iov_base) + left, range->iov_len - left};
  }
  ranges.erase(ranges.begin(), range);
  return before;
}

}  // namespace

bool Log::is_much(std::int64_t bytes) {
  return bytes >= kMinDirectBytes;
}

std::int64_t Log::unwritten_bytes() const {
  return on_disk_ && on_disk_->tail ? on_disk_->tail->unwritten_bytes() : 0;
}

// Under mutex_.
Log::WriteOutDemand Log::write_out_demand() {
  WriteOutDemand demand;
  demand.later = !std::exchange(on_disk_->write_out_later, true);
  demand.now = on_disk_->tail->unwritten_bytes() >= kWriteOutBytes &&
               !std::exchange(on_disk_->write_out_now, true);
  return demand;
}

void Log::demand_write_out(const WriteOutDemand& demand) {
  if (demand.later) folder_.tails().write_out_later(shared_from_this());
  if (demand.now) schedule_write_out();
}

void Log::schedule_write_out() {
  folder_.disk_work().run([self = shared_from_this()] { self->write_out_full_pages(); });
}

void Log::write_out_full_pages() {
  bool again = true, appends_follow = false;
  try {
    write_out(WriteOut::kFullPages);
  } catch (const std::exception& failure) {
    write_out_has_failed(failure);
    again = false;
  }
  {
    const std::lock_guard lock(mutex_);
    again = again && !failed_ && on_disk_->tail->unwritten_bytes() >= kWriteOutBytes;
    on_disk_->write_out_now = again;
    appends_follow = std::exchange(on_disk_->appends_follow, false);
  }
  if (again) schedule_write_out();
  if (appends_follow) run_appends(false);
}

// Small ones of many logs are one task. What waits for the disk holds up none of them.
void Log::write_out_rest() {
  bool is_under_way = false, waits = false;
  {
    const std::lock_guard lock(mutex_);
    is_under_way = on_disk_->write_out_now;
    waits = is_much(unwritten_bytes());
  }
  if (is_under_way) return folder_.tails().write_out_later(shared_from_this());
  if (!waits) return write_out_all();
  folder_.disk_work().run([self = shared_from_this()] { self->write_out_all(); });
}

void Log::write_out_all() {
  {
    const std::lock_guard lock(mutex_);
    on_disk_->write_out_later = false;
  }
  try {
    write_out();
  } catch (const std::exception& failure) {
    write_out_has_failed(failure);
  }
}

// What was acknowledged stays in memory and is tried again; nothing is appended until then.
void Log::write_out_has_failed(const std::exception& failure) {
  if (failed_) return;
  folder_.health().log_failed(failure);
  bool first = false, retry = false;
  {
    const std::lock_guard lock(mutex_);
    first = !std::exchange(on_disk_->write_out_failed, true);
    retry = !std::exchange(on_disk_->write_out_later, true);
  }
  if (first)
    folder_.host().error(name_,
                         ": can't be written, and takes no appends until then: ", failure.what());
  if (retry) folder_.tails().retry_write_out(shared_from_this());
}

void Log::write_out(WriteOut what) {
  {
    const std::lock_guard lock(mutex_);
    if (!on_disk_ || !on_disk_->tail) return;
  }
  const std::lock_guard writing(on_disk_->write_out_mutex);
  if (failed_) return;
  Segment segment;
  std::vector<iovec> ranges;
  std::int64_t begin = 0, end = 0;
  {
    const std::lock_guard lock(mutex_);
    const LogTail& tail = *on_disk_->tail;
    begin = tail.written();
    end = tail.end();
    if (what == WriteOut::kFullPages) {
      end = std::min(end, begin + kMaxWriteOutBytes);
      end = std::max(begin, end / kPageBytes * kPageBytes);
    }
    if (begin < end) {
      segment = segments_.back();
      tail.unwritten(ranges);
    }
  }
  if (segment) {
    ranges = cut(ranges, end - begin);
    write_ranges(*segment, ranges, begin, end);
    write_index_bundle(*segment);
  }
  const std::lock_guard lock(mutex_);
  if (segment) on_disk_->tail->set_written(end);
  if (std::exchange(on_disk_->write_out_failed, false)) {
    folder_.host().info(name_, ": is written again");
  }
}

// Full pages go past the page cache, which costs more than the disk; the ends don't.
void Log::write_ranges(LogSegment& segment, std::vector<iovec>& ranges, std::int64_t begin,
                       std::int64_t end) {
  const auto pages_begin = (begin + kPageBytes - 1) / kPageBytes * kPageBytes;
  const auto pages_end = end / kPageBytes * kPageBytes;
  const auto lease = segment.file->lease();
  if (!folder_.tails().writes_direct() || !is_much(pages_end - pages_begin)) {
    return lease.file().write_at(ranges.data(), ranges.size(), begin);
  }
  auto head = cut(ranges, pages_begin - begin);
  auto pages = cut(ranges, pages_end - pages_begin);
  if (!head.empty()) lease.file().write_at(head.data(), head.size(), begin);
  if (!write_direct(segment, pages, pages_begin)) {
    lease.file().write_at(pages.data(), pages.size(), pages_begin);
  }
  if (!ranges.empty()) lease.file().write_at(ranges.data(), ranges.size(), pages_end);
}

// False: the file system doesn't do that.
bool Log::write_direct(LogSegment& segment, std::vector<iovec> pages, std::int64_t position) {
  try {
    file_system()
        .open(segment.path(), OpenMode::kDirect)
        ->write_at(pages.data(), pages.size(), position);
    return true;
  } catch (const std::system_error& failure) {
    if (failure.code() != std::errc::invalid_argument) throw;
    folder_.tails().direct_was_refused(failure.what());
    return false;
  }
}

void Log::write_index_bundle(LogSegment& segment) {
  std::optional<LogSegment::IndexBundle> bundle;
  {
    const std::lock_guard lock(mutex_);
    if (segment.offset_index.bundle_is_full()) bundle = segment.index_bundle();
  }
  if (!bundle) return;
  segment.write(*bundle);
  const std::lock_guard lock(mutex_);
  segment.publish(*bundle);
  indexes_dirty_ = true;
}

// By who holds write_mutex_, with all of it written.
void Log::drop_tail() {
  const std::lock_guard lock(mutex_);
  if (on_disk_ && on_disk_->tail) on_disk_->tail->clear();
}

}  // namespace fluxmq::storage_local
