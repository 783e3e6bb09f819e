// Cuts what comes in on a connection into frames.
//
// Small frames are read into the loop's shared chunk, many at once; a large one gets a buffer of
// its own. An idle connection holds no buffer: only the beginning of a frame is kept.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <utility>

#include "dispatch/request_header.h"
#include "net/buffer_pool.h"
#include "net/net_loop.h"
#include "net/transport.h"

namespace fluxmq::kernel {

class FrameReader {
 public:
  // Whoever takes it has a reference to the buffer.
  struct Frame {
    Buffer* buffer = nullptr;
    std::span<uint8_t> bytes;
  };
  struct Bounds {
    int32_t min_bytes;
    int32_t max_bytes;
  };
  enum class Next : uint8_t {
    kFrame,
    kIncomplete,
    kLarge,     // the next is a large one, which is read alone
    kNoMemory,  // it would be, but its memory isn't to be had now
    kOutOfBounds,
  };

  explicit FrameReader(NetLoop& loop) : loop_(loop) {}
  ~FrameReader() { drop(); }
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;

  // Reads once what comes before the next large frame; the result is that of read_some.
  ssize_t read(Transport& transport);
  // Bytes that came and weren't taken.
  bool has_bytes() const { return buffer_ != nullptr; }
  bool has_length() const { return bytes_.size() >= kFrameLengthBytes; }
  int32_t next_length() const { return load_int32(bytes_.data()); }
  // Takes the next frame, if its length is within the bounds; has_length() holds. Inline, as it
  // runs for each request.
  Next next(const Bounds& bounds, Frame* frame) {
    int32_t length = next_length();
    if (length < bounds.min_bytes || length > bounds.max_bytes) return Next::kOutOfBounds;
    auto size = static_cast<size_t>(length);
    if (bytes_.size() - kFrameLengthBytes < size) return await_rest(size);
    was_large_ = false;
    loop_.count_request_bytes(length);
    BufferPool::add_reference(buffer_);
    *frame = {buffer_, bytes_.subspan(kFrameLengthBytes, size)};
    bytes_ = bytes_.subspan(kFrameLengthBytes + size);
    return Next::kFrame;
  }
  // After the last next() of a turn. The shared chunk isn't held on to: what is left moves to
  // memory of its own size.
  void keep_rest() { bytes_.empty() ? release_bytes() : move_rest(); }

  // The large frame that is coming in.
  bool is_in_large() const { return large_ != nullptr; }
  ssize_t read_large(Transport& transport);
  bool is_large_whole() const { return large_received_ == large_length_; }
  Frame take_large();

  void drop();
  // Reads what nobody wants.
  ssize_t discard(Transport& transport);

 private:
  Next await_rest(size_t length);
  Next begin_large(size_t length, std::span<const uint8_t> received);
  void move_rest();
  void release_bytes() {
    if (buffer_ != nullptr) loop_.buffers_.release(std::exchange(buffer_, nullptr));
    bytes_ = {};
  }

  NetLoop& loop_;
  // The beginning of a frame or, while the connection is held back, whole frames.
  Buffer* buffer_ = nullptr;
  std::span<uint8_t> bytes_;

  Buffer* large_ = nullptr;
  uint32_t large_length_ = 0;
  uint32_t large_received_ = 0;
  bool was_large_ = false;  // so the next frame probably is large too
};

}  // namespace fluxmq::kernel
