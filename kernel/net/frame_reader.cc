#include "net/frame_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace fluxmq::kernel {
namespace {

// A frame up to here shares the chunk with others; a larger one gets a buffer of its own size.
constexpr size_t kMaxSharedFrameBytes = 32 * 1024;
// A large frame's memory is reserved once this much of it came: a claim alone costs nothing.
constexpr size_t kMinLargeBytesReceived = 1024;
constexpr size_t kMinReadBytes = 16 * 1024;
// After a large frame another is expected: read little, so that little is copied.
constexpr size_t kReadAfterLargeBytes = 4 * 1024;
// A large frame's share of a turn.
constexpr size_t kMaxLargeReadBytes = 1 << 20;

}  // namespace

ssize_t FrameReader::read(Transport& transport) {
  size_t kept = bytes_.size();
  size_t wanted = kept + kMinReadBytes;
  if (has_length()) {
    // Not larger than a shared frame, or it would have its own buffer already.
    auto length = static_cast<size_t>(next_length());
    wanted = std::max(wanted, std::min(kFrameLengthBytes + length, kMaxSharedFrameBytes));
  }
  Buffer* chunk = loop_.read_chunk(wanted);
  uint8_t* begin = chunk->data() + loop_.chunk_used_;
  size_t room = chunk->capacity - loop_.chunk_used_ - kept;
  if (was_large_) room = std::min(room, kReadAfterLargeBytes);
  ssize_t result = transport.read_some(begin + kept, room);
  if (result <= 0) return result;

  if (kept > 0) {
    std::memcpy(begin, bytes_.data(), kept);
    release_bytes();
  }
  size_t size = kept + static_cast<size_t>(result);
  loop_.chunk_used_ += size;
  BufferPool::add_reference(chunk);
  buffer_ = chunk;
  bytes_ = {begin, size};
  return result;
}

// What came of it stays, or begins a large frame.
FrameReader::Next FrameReader::await_rest(size_t length) {
  std::span<uint8_t> received = bytes_.subspan(kFrameLengthBytes);
  bool is_large = length + kFrameLengthBytes > kMaxSharedFrameBytes;
  return is_large && received.size() >= kMinLargeBytesReceived ? begin_large(length, received)
                                                               : Next::kIncomplete;
}

void FrameReader::move_rest() {
  // It was kept before, and most of it still is needed.
  bool is_own = buffer_ != loop_.chunk_ && buffer_->references == 1;
  if (is_own && bytes_.size() >= buffer_->capacity / 2) return;
  Buffer* own = loop_.buffers_.take(bytes_.size());
  std::memcpy(own->data(), bytes_.data(), bytes_.size());
  std::span<uint8_t> kept{own->data(), bytes_.size()};
  release_bytes();
  buffer_ = own;
  bytes_ = kept;
}

FrameReader::Next FrameReader::begin_large(size_t length, std::span<const uint8_t> received) {
  loop_.settle_request_bytes();
  if (!loop_.request_memory_.try_reserve(static_cast<int64_t>(length))) return Next::kNoMemory;
  large_ = loop_.buffers_.take(length);
  large_length_ = static_cast<uint32_t>(length);
  large_received_ = static_cast<uint32_t>(received.size());
  std::memcpy(large_->data(), received.data(), received.size());
  release_bytes();
  return Next::kLarge;
}

ssize_t FrameReader::read_large(Transport& transport) {
  size_t missing = large_length_ - large_received_;
  ssize_t result =
      transport.read_some(large_->data() + large_received_, std::min(missing, kMaxLargeReadBytes));
  if (result > 0) large_received_ += static_cast<uint32_t>(result);
  return result;
}

FrameReader::Frame FrameReader::take_large() {
  was_large_ = true;
  Buffer* buffer = std::exchange(large_, nullptr);
  return {buffer, {buffer->data(), large_length_}};
}

void FrameReader::drop() {
  release_bytes();
  if (large_ == nullptr) return;
  loop_.buffers_.release(std::exchange(large_, nullptr));
  loop_.count_request_bytes(-static_cast<int64_t>(large_length_));
}

ssize_t FrameReader::discard(Transport& transport) {
  Buffer* chunk = loop_.read_chunk(kMinReadBytes);
  return transport.read_some(chunk->data() + loop_.chunk_used_,
                             chunk->capacity - loop_.chunk_used_);
}

}  // namespace fluxmq::kernel
