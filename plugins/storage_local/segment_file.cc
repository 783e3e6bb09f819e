#include "segment_file.h"

#include <charconv>
#include <cstdio>

#include "fluxmq/protocol/record_batch.h"

namespace fluxmq::storage_local {
namespace {

constexpr std::size_t kOffsetDigits = 20;

}  // namespace

std::string segment_name(std::int64_t offset, const char* suffix) {
  char name[64];
  std::snprintf(name, sizeof name, "%020lld%s", static_cast<long long>(offset), suffix);
  return name;
}

std::int64_t offset_of(std::string_view name, std::string_view suffix) {
  const bool has_suffix = name.size() == kOffsetDigits + suffix.size() && name.ends_with(suffix);
  return has_suffix ? leading_offset(name) : -1;
}

std::int64_t leading_offset(std::string_view name) {
  if (name.size() <= kOffsetDigits) return -1;
  std::int64_t offset = -1;
  const auto [end, error] = std::from_chars(name.data(), name.data() + kOffsetDigits, offset);
  const bool is_offset = error == std::errc() && end == name.data() + kOffsetDigits;
  return is_offset && offset <= protocol::kMaxBaseOffset ? offset : -1;
}

std::size_t FileCache::open_count() {
  const std::lock_guard lock(mutex_);
  return open_.size();
}

void FileCache::open(SegmentFile& file, OpenMode mode) {
  close_unused();
  file.open_file_ = files_.open(file.path(), mode);
  file.place_ = open_.insert(open_.end(), &file);
}

// A deleted file is freed on the disk when the last who has it open closes it, which takes long.
void FileCache::close(std::unique_ptr<File> file) {
  if (stopped_ || host_.current_loop() == FLUXMQ_NO_LOOP) return;
  background_.run([closed = std::move(file)] {});
}

void FileCache::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
}

void FileCache::close_unused() {
  // Each file is looked at twice at most: once to take its mark, once to close it.
  for (std::size_t looks = 2 * open_.size(); open_.size() >= limit_ && looks > 0; --looks) {
    SegmentFile* file = open_.front();
    auto idle = SegmentFile::kOpen | SegmentFile::kOwned;
    if (!file->used_.exchange(false, std::memory_order_relaxed) &&
        file->state_.compare_exchange_strong(idle, SegmentFile::kOwned)) {
      file->open_file_ = nullptr;
      open_.pop_front();
    } else {
      open_.splice(open_.end(), open_, open_.begin());
    }
  }
}

std::string SegmentFile::path() const {
  return *folder_ + "/" + segment_name(base_offset_, suffix_) + stage_.load();
}

bool SegmentFile::move_to(const char* stage) {
  const std::lock_guard lock(cache_.mutex_);
  const auto from = path();
  if (!cache_.files_.exists(from)) return false;
  cache_.files_.rename(from, *folder_ + "/" + segment_name(base_offset_, suffix_) + stage);
  stage_ = stage;
  return true;
}

bool SegmentFile::exists() const {
  return cache_.files_.exists(path());
}

std::int64_t SegmentFile::modified_ms() const {
  return cache_.files_.modified_ms(path());
}

SegmentFile::Lease SegmentFile::create() {
  return lease(OpenMode::kCreate);
}

std::optional<SegmentFile::Lease> SegmentFile::lease_if_open() {
  if (!used_.load(std::memory_order_relaxed)) used_.store(true, std::memory_order_relaxed);
  auto state = state_.load(std::memory_order_relaxed);
  while ((state & kOpen) != 0) {
    if (state_.compare_exchange_weak(state, state + 1, std::memory_order_acquire)) {
      return Lease(this);
    }
  }
  return std::nullopt;
}

SegmentFile::Lease SegmentFile::lease(OpenMode mode) {
  if (auto open = lease_if_open()) return std::move(*open);
  const std::lock_guard lock(cache_.mutex_);
  if ((state_.load(std::memory_order_relaxed) & kOpen) == 0) {
    cache_.open(*this, mode);
    state_.fetch_or(kOpen, std::memory_order_release);
  }
  state_.fetch_add(1, std::memory_order_relaxed);
  return Lease(this);
}

void SegmentFile::unlease() {
  if ((state_.fetch_sub(1, std::memory_order_acq_rel) & ~kOpen) == 1) destroy();
}

void SegmentFile::disown() {
  if ((state_.fetch_and(~kOwned, std::memory_order_acq_rel) & ~kOpen) == kOwned) destroy();
}

void SegmentFile::destroy() {
  {
    const std::lock_guard lock(cache_.mutex_);
    if (open_file_) {
      cache_.open_.erase(place_);
      cache_.close(std::move(open_file_));
    }
  }
  delete this;
}

}  // namespace fluxmq::storage_local
