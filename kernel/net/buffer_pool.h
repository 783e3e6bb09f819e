// Memory for frames and answers: one pool an event loop, touched by that loop's thread only.
//
// Freed buffers are kept, up to a bound, because their pages are warm: a fresh mapping costs a page
// fault for every 4 KiB, which is more than reading the bytes from the socket.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace fluxmq::kernel {

// The bytes follow the header. Shared by counting: many small frames lie in one buffer.
struct alignas(64) Buffer {
  Buffer* next_free;
  size_t capacity;  // bytes that follow
  uint32_t references;

  uint8_t* data() { return reinterpret_cast<uint8_t*>(this + 1); }
};

class BufferPool {
 public:
  explicit BufferPool(size_t max_free_bytes) : max_free_bytes_(max_free_bytes) {}
  ~BufferPool() { trim(); }
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  // A buffer of at least `bytes`, with one reference. Memory that wasn't touched isn't resident.
  Buffer* take(size_t bytes);
  static void add_reference(Buffer* buffer) { ++buffer->references; }
  void release(Buffer* buffer);

  // Gives all free buffers back to the system.
  void trim();
  size_t free_bytes() const { return free_bytes_; }
  // How often buffers were taken: unchanged for a while means idle.
  uint64_t taken() const { return taken_; }

 private:
  static constexpr int kSmallestShift = 14;  // below 16 KiB malloc does it well
  static constexpr int kLargestShift = 31;
  static constexpr int kSteps = 4;  // classes a doubling: at most a quarter of a buffer is unused

  static size_t class_of(size_t total_bytes);
  static void give_back(Buffer* buffer);

  size_t max_free_bytes_;
  size_t free_bytes_ = 0;
  uint64_t taken_ = 0;
  std::array<Buffer*, (kLargestShift - kSmallestShift + 1) * kSteps> free_{};
};

}  // namespace fluxmq::kernel
