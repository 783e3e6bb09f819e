#include "background.h"

#include <chrono>

namespace fluxmq::storage_local {

std::int64_t steady_now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void BackgroundTimer::start(std::int64_t delay_ms) {
  const std::lock_guard lock(mutex_);
  const auto due_ms = steady_now_ms() + delay_ms;
  if (stopped_ || (waiting_ && (due_ms_ <= due_ms || !cancel()))) return;
  waiting_ = true;
  due_ms_ = due_ms;
  background_.begin();
  id_ = host_.start_timer(
      delay_ms,
      [](void* self) {
        auto* timer = static_cast<BackgroundTimer*>(self);
        timer->background_.run_begun([timer] { timer->run(); });
      },
      this);
}

void BackgroundTimer::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  if (waiting_) cancel();
}

bool BackgroundTimer::cancel() {
  if (!host_.cancel_timer(id_)) return false;
  waiting_ = false;
  background_.end();
  return true;
}

void BackgroundTimer::run() {
  {
    const std::lock_guard lock(mutex_);
    waiting_ = false;
  }
  task_();
}

}  // namespace fluxmq::storage_local
