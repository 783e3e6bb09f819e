// RecordWindow: what comes from a source, seen through a window that holds one record, message or
// batch whole. Memory grows with the bytes that came, never on a length's word.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>

#include "compression/codec.h"

namespace fluxmq::core {

// More came out of a codec than a batch may hold.
struct UncompressedTooLarge : CompressionError {
  using CompressionError::CompressionError;
};

class RecordWindow {
 public:
  RecordWindow(ByteSource& source, std::size_t max_bytes)
      : source_(source), left_bytes_(max_bytes) {}

  // Whether so many bytes follow; then they lie together at data(). Throws CompressionError.
  bool has(std::size_t size) {
    while (available() < size) {
      if (!read_more()) return false;
    }
    return true;
  }
  const std::uint8_t* data() const { return buffer_.get() + begin_; }
  // Bytes that need no call of has().
  std::size_t available() const { return end_ - begin_; }
  // Only what has() promised.
  protocol::Bytes take(std::size_t size) {
    const protocol::Bytes taken(data(), size);
    begin_ += size;
    return taken;
  }

 private:
  static constexpr std::size_t kFirstBytes = 16 * 1024;

  bool read_more() {
    if (end_ == capacity_) make_room();
    const std::size_t got = source_.read({buffer_.get() + end_, capacity_ - end_});
    if (got > left_bytes_) throw UncompressedTooLarge("a batch holds too much uncompressed");
    left_bytes_ -= got;
    end_ += got;
    return got != 0;
  }

  // What was taken makes room for what comes; a window that is full of one record doubles.
  void make_room() {
    const std::size_t kept = available();
    if (kept <= capacity_ / 2 && capacity_ != 0) {
      std::memmove(buffer_.get(), data(), kept);
    } else {
      capacity_ = std::max(kFirstBytes, capacity_ * 2);
      auto grown = std::make_unique_for_overwrite<std::uint8_t[]>(capacity_);
      if (kept != 0) std::memcpy(grown.get(), data(), kept);
      buffer_ = std::move(grown);
    }
    begin_ = 0;
    end_ = kept;
  }

  ByteSource& source_;
  std::size_t left_bytes_;
  std::unique_ptr<std::uint8_t[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace fluxmq::core
