// Blocks of memory that batches lie in. A block lives as long as its log or a reader needs it, and
// all of them together stay below a limit.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "fluxmq/abi/segment.h"

namespace fluxmq::storage_memory {

class Memory {
 public:
  explicit Memory(std::int64_t max_bytes) : max_bytes_(max_bytes) {}

  bool take(std::int64_t bytes) {
    if (used_bytes_.fetch_add(bytes) + bytes <= max_bytes_) return true;
    give_back(bytes);
    return false;
  }
  void give_back(std::int64_t bytes) { used_bytes_ -= bytes; }
  std::int64_t max_bytes() const { return max_bytes_; }
  std::int64_t free_bytes() const { return max_bytes_ - used_bytes_; }

 private:
  const std::int64_t max_bytes_;
  std::atomic<std::int64_t> used_bytes_ = 0;
};

// Filled from its beginning on by its log; what is filled doesn't change any more.
class Block {
 public:
  // nullptr: the limit is reached.
  static std::shared_ptr<Block> make(const std::shared_ptr<Memory>& memory, std::int64_t capacity) {
    if (!memory->take(capacity)) return nullptr;
    return std::shared_ptr<Block>(new Block(memory, capacity));
  }
  ~Block() { memory_->give_back(capacity_); }

  std::uint8_t* data() { return bytes_.get(); }
  std::int64_t room() const { return capacity_ - used_; }
  // Where the next `size` bytes go.
  std::uint8_t* fill(std::int64_t size) {
    return bytes_.get() + std::exchange(used_, used_ + size);
  }

 private:
  Block(std::shared_ptr<Memory> memory, std::int64_t capacity)
      : memory_(std::move(memory)),
        capacity_(capacity),
        bytes_(new std::uint8_t[static_cast<std::size_t>(capacity)]) {}

  const std::shared_ptr<Memory> memory_;
  const std::int64_t capacity_;
  std::int64_t used_ = 0;
  const std::unique_ptr<std::uint8_t[]> bytes_;
};

// A range of a block, with a lease on it.
inline fluxmq_segment to_segment(std::shared_ptr<Block> block, const std::uint8_t* data,
                                 std::int64_t size) {
  return {FLUXMQ_SEGMENT_MEMORY,
          -1,
          data,
          0,
          static_cast<std::uint64_t>(size),
          [](void* lease) { delete static_cast<std::shared_ptr<Block>*>(lease); },
          new std::shared_ptr<Block>(std::move(block))};
}

}  // namespace fluxmq::storage_memory
