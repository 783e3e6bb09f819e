// The bytes of all requests in memory, bounded by queued.max.request.bytes across all loops.
//
// A frame may be taken while less than the bound is in use; so one frame may go past it, and never
// does a frame wait for ever because it is larger than what remains.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "host/event_loop.h"

namespace fluxmq::kernel {

class RequestMemory {
 public:
  explicit RequestMemory(int64_t max_bytes) : max_bytes_(max_bytes) {}

  bool has_room() const { return used_.load() < max_bytes_; }
  int64_t used_bytes() const { return used_.load(); }
  // For a large frame, before its memory is taken.
  bool try_reserve(int64_t bytes);
  // For small frames that were read already; negative gives back.
  void add(int64_t bytes);
  // Runs `resume` on `loop` once there is room, which may be at once.
  void wait_for_room(EventLoop& loop, fluxmq_task resume, void* context);

 private:
  struct Waiter {
    EventLoop* loop;
    fluxmq_task resume;
    void* context;
  };

  void wake_waiters();

  const int64_t max_bytes_;
  std::atomic<int64_t> used_{0};
  std::atomic<bool> has_waiters_{false};
  std::mutex mutex_;
  std::vector<Waiter> waiters_;
};

}  // namespace fluxmq::kernel
