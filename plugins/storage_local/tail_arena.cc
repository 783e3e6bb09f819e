#include "tail_arena.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace fluxmq::storage_local {
namespace {

// Of the blocks, for logs that have none unwritten: a few hundred greedy ones can't have them all.
constexpr std::size_t kKeptShare = 4;

[[noreturn]] void throw_failed(const char* what, const std::string& path) {
  throw std::runtime_error(std::string(what) + " " + path + ": " +
                           std::generic_category().message(errno));
}

}  // namespace

TailArena::TailArena(std::string path, std::size_t bytes, std::size_t block_bytes)
    : path_(std::move(path)), block_bytes_(block_bytes) {
  const auto count = bytes / block_bytes_;
  if (count == 0) throw std::runtime_error("less than a block");
  const auto why = why_not(path_.substr(0, path_.rfind('/')));
  if (!why.empty()) throw std::runtime_error(why);
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd_ < 0) throw_failed("can't make", path_);
  try {
    struct flock request {};
    request.l_type = F_WRLCK;  // a replay leaves it alone
    if (::fcntl(fd_, F_OFD_SETLK, &request) != 0) throw_failed("can't lock", path_);
    mapped_bytes_ = blocks_at(count) + count * block_bytes_;
    if (::ftruncate(fd_, static_cast<off_t>(mapped_bytes_)) != 0 ||
        ::fallocate(fd_, 0, 0, static_cast<off_t>(blocks_at(count))) != 0) {
      throw_failed("no room for", path_);
    }
    void* mapping = ::mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
    if (mapping == MAP_FAILED) throw_failed("can't map", path_);
    mapping_ = static_cast<std::uint8_t*>(mapping);
  } catch (const std::exception&) {
    ::close(fd_);
    ::unlink(path_.c_str());
    throw;
  }
  blocks_.resize(count);
  auto* records = reinterpret_cast<Record*>(mapping_ + kPageBytes);
  for (std::size_t i = 0; i < count; ++i) {
    blocks_[i].arena_ = this;
    blocks_[i].record_ = records + i;
    blocks_[i].memory_ = mapping_ + blocks_at(count) + i * block_bytes_;
  }
  auto* header = reinterpret_cast<Header*>(mapping_);
  header->block_count = count;
  header->block_bytes = block_bytes_;
  std::memcpy(header->magic, kMagic, sizeof kMagic);
}

// Elsewhere than on tmpfs the kernel writes mapped pages to the disk, and makes who touches them
// wait.
std::string TailArena::why_not(const std::string& folder) {
  struct statfs volume {};
  if (::statfs(folder.c_str(), &volume) != 0 || ::access(folder.c_str(), W_OK) != 0) {
    return folder + ": " + std::generic_category().message(errno);
  }
  return volume.f_type == TMPFS_MAGIC ? "" : folder + " is not on tmpfs";
}

TailArena::~TailArena() {
  ::munmap(mapping_, mapped_bytes_);
  ::close(fd_);
}

TailArena::Counts TailArena::counts() {
  const std::lock_guard lock(mutex_);
  Counts counts{blocks_.size(), 0, 0, available()};
  for (const Block& block : blocks_) {
    const bool unwritten = block.state_ == Block::State::kUnwritten;
    counts.unwritten += unwritten ? 1 : 0;
    counts.read += !unwritten && block.leases_ > 0 ? 1 : 0;
  }
  return counts;
}

void TailArena::remove() {
  ::unlink(path_.c_str());
}

bool TailArena::take(const Owner& owner, std::size_t unwritten, std::int64_t base_offset,
                     std::int64_t position, std::size_t bytes, std::vector<Handle>& taken) {
  const auto skew = static_cast<std::size_t>(position) % kPageBytes;
  const auto count = (skew + bytes + block_bytes_ - 1) / block_bytes_;
  const std::lock_guard lock(mutex_);
  if (!may_take(unwritten, count)) return false;
  const auto first = taken.size();
  for (std::size_t i = 0; i < count; ++i) {
    Block* block = take_one();
    if (block == nullptr) {
      for (std::size_t j = first; j < taken.size(); ++j) set_free(*taken[j].block);
      taken.resize(first);
      return false;
    }
    block->state_ = Block::State::kUnwritten;
    taken.push_back({block, ++block->uses_});

    const auto at = static_cast<std::size_t>(position) % kPageBytes;
    block->data_ = block->memory_ + at;
    block->capacity_ = block_bytes_ - at;
    Record& record = *block->record_;
    record.length = 0;
    std::atomic_signal_fence(std::memory_order_seq_cst);  // a replay never sees it half made
    record.written = 0;
    record.position = position;
    record.base_offset = base_offset;
    record.topic_id = owner.topic_id;
    record.log_bytes = static_cast<std::uint16_t>(std::min(owner.log.size(), sizeof record.log));
    std::memcpy(record.log, owner.log.data(), record.log_bytes);
    position += static_cast<std::int64_t>(block->capacity_);
  }
  return true;
}

bool TailArena::may_take(std::size_t unwritten, std::size_t count) const {
  const auto after = unwritten + count;
  if (after > 1) return after + count + blocks_.size() / kKeptShare <= available();
  return count <= available();
}

TailArena::Block* TailArena::take_one() {
  if (Block* block = free_; block != nullptr) {
    free_ = block->next_;
    --free_count_;
    return block;
  }
  if (backed_ < blocks_.size() && back(blocks_[backed_])) return &blocks_[backed_++];
  Block* block = first_reusable_;
  if (block != nullptr) remove_reusable(*block);
  return block;
}

// A page of a full tmpfs that is touched kills the process (SIGBUS): memory is asked for first.
bool TailArena::back(Block& block) {
  if (::fallocate(fd_, 0, block.memory_ - mapping_, static_cast<off_t>(block_bytes_)) == 0)
    return true;
  backed_ = blocks_.size();  // no more than there are
  return false;
}

void TailArena::add_reusable(Block& block) {
  block.next_ = nullptr;
  block.previous_ = last_reusable_;
  (last_reusable_ == nullptr ? first_reusable_ : last_reusable_->next_) = &block;
  last_reusable_ = &block;
  ++reusable_count_;
}

void TailArena::remove_reusable(Block& block) {
  (block.previous_ == nullptr ? first_reusable_ : block.previous_->next_) = block.next_;
  (block.next_ == nullptr ? last_reusable_ : block.next_->previous_) = block.previous_;
  --reusable_count_;
}

void TailArena::set_free(Block& block) {
  block.state_ = Block::State::kFree;
  block.next_ = free_;
  free_ = &block;
  ++free_count_;
}

void TailArena::set_written(const Handle& handle) {
  const std::lock_guard lock(mutex_);
  if (!is_current(handle) || handle.block->state_ != Block::State::kUnwritten) return;
  handle.block->state_ = Block::State::kWritten;
  if (is_reusable(*handle.block)) add_reusable(*handle.block);
}

bool TailArena::set_unwritten(const Handle& handle) {
  const std::lock_guard lock(mutex_);
  if (!is_current(handle)) return false;
  if (is_reusable(*handle.block)) remove_reusable(*handle.block);
  handle.block->state_ = Block::State::kUnwritten;
  return true;
}

bool TailArena::has(const Handle& handle) {
  const std::lock_guard lock(mutex_);
  return is_current(handle);
}

void TailArena::discard(const Handle& handle) {
  const std::lock_guard lock(mutex_);
  if (!is_current(handle)) return;
  Block& block = *handle.block;
  block.record_->length.store(0, std::memory_order_release);
  if (is_reusable(block)) remove_reusable(block);
  ++block.uses_;
  block.state_ = Block::State::kDiscarded;
  if (block.leases_ == 0) set_free(block);
}

bool TailArena::lease(const Handle& handle) {
  const std::lock_guard lock(mutex_);
  if (!is_current(handle)) return false;
  if (is_reusable(*handle.block)) remove_reusable(*handle.block);
  ++handle.block->leases_;
  return true;
}

void TailArena::give_back(void* context) {
  Block& block = *static_cast<Block*>(context);
  TailArena& arena = *block.arena_;
  const std::lock_guard lock(arena.mutex_);
  if (--block.leases_ > 0) return;
  if (is_reusable(block)) arena.add_reusable(block);
  if (block.state_ == Block::State::kDiscarded) arena.set_free(block);
}

}  // namespace fluxmq::storage_local
