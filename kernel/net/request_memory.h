// The bytes of all requests in memory, bounded by queued.max.request.bytes across all loops.
//
// A frame may be taken while less than the bound is in use; so one frame may go past it, and never
// does a frame wait for ever because it is larger than what remains. For large frames the bound is
// lower: when these fill it, as they do while a disk is slow, heartbeats and fetches go on.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "host/event_loop.h"

namespace fluxmq::kernel {

class RequestMemory {
 public:
  explicit RequestMemory(int64_t max_bytes)
      : max_bytes_(max_bytes), max_with_large_(max_bytes - max_bytes / kSmallFramesShare) {}

  // For small frames.
  bool has_room() const { return used_.load() < max_bytes_; }
  int64_t used_bytes() const { return used_.load(); }
  // For a large frame, before its memory is taken.
  bool try_reserve(int64_t bytes);
  // For small frames that were read already; negative gives back.
  void add(int64_t bytes);
  // Runs `resume` on `loop` once there is room for any frame, which may be at once.
  void wait_for_room(EventLoop& loop, fluxmq_task resume, void* context);

 private:
  struct Waiter {
    EventLoop* loop;
    fluxmq_task resume;
    void* context;
  };

  static constexpr int64_t kSmallFramesShare = 8;

  bool has_room_for_large() const { return used_.load() < max_with_large_; }
  void wake_waiters();

  const int64_t max_bytes_;
  const int64_t max_with_large_;
  std::atomic<int64_t> used_{0};
  std::atomic<bool> has_waiters_{false};
  std::mutex mutex_;
  std::vector<Waiter> waiters_;
};

}  // namespace fluxmq::kernel
