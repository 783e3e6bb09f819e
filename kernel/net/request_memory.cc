// The bytes of all requests in memory.
#include "net/request_memory.h"

namespace fluxmq::kernel {

bool RequestMemory::try_reserve(int64_t bytes) {
  int64_t used = used_.load();
  do {
    if (used >= max_with_large_) return false;
  } while (!used_.compare_exchange_weak(used, used + bytes));
  return true;
}

void RequestMemory::add(int64_t bytes) {
  used_.fetch_add(bytes);
  if (bytes < 0 && has_waiters_.load() && has_room_for_large()) wake_waiters();
}

void RequestMemory::wait_for_room(EventLoop& loop, fluxmq_task resume, void* context) {
  {
    std::lock_guard lock(mutex_);
    waiters_.push_back({&loop, resume, context});
    has_waiters_ = true;
  }
  // Whoever gave memory back meanwhile may have seen no waiter.
  if (has_room_for_large()) wake_waiters();
}

void RequestMemory::wake_waiters() {
  std::vector<Waiter> woken;
  {
    std::lock_guard lock(mutex_);
    woken.swap(waiters_);
    has_waiters_ = false;
  }
  for (const Waiter& waiter : woken) waiter.loop->post(waiter.resume, waiter.context);
}

}  // namespace fluxmq::kernel
