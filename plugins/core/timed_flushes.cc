#include "timed_flushes.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "partition.h"

namespace fluxmq::core {
namespace {

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// A later one is asked for again when its time comes nearer; no clock goes that far.
constexpr std::int64_t kLongestWaitMs = 3'600'000;
constexpr std::int64_t kLongestDelayMs = 1'000'000'000'000;  // thirty years

}  // namespace

void TimedFlushes::flush_after(std::int64_t delay_ms, std::weak_ptr<Partition> partition) {
  const auto now = steady_ms();
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  due_.emplace(now + std::min(delay_ms, kLongestDelayMs), std::move(partition));
  if (!is_flushing_) set_timer(now);
}

// Under the lock.
void TimedFlushes::set_timer(std::int64_t now) {
  if (due_.empty() || stopped_) return;
  const auto first = std::min(due_.begin()->first, now + kLongestWaitMs);
  if (timer_id_ != 0) {
    if (timer_due_ <= first || !host_.cancel_timer(timer_id_)) return;
  }
  timer_due_ = first;
  timer_id_ = host_.start_timer(
      std::max<std::int64_t>(first - now, 0),
      [](void* context) { static_cast<TimedFlushes*>(context)->flush_due(); }, this);
}

void TimedFlushes::flush_due() {
  std::vector<std::weak_ptr<Partition>> flushed;
  {
    const std::lock_guard lock(mutex_);
    timer_id_ = 0;
    if (stopped_) return;
    is_flushing_ = true;
    const auto end = due_.upper_bound(steady_ms());
    for (auto item = due_.begin(); item != end; ++item) flushed.push_back(std::move(item->second));
    due_.erase(due_.begin(), end);
  }
  for (const auto& item : flushed) {
    if (const auto partition = item.lock()) partition->flush();
  }
  const std::lock_guard lock(mutex_);
  is_flushing_ = false;
  set_timer(steady_ms());
  idle_.notify_all();
}

void TimedFlushes::stop() {
  std::unique_lock lock(mutex_);
  stopped_ = true;
  due_.clear();
  const auto timer = timer_id_;
  lock.unlock();
  if (timer != 0) host_.cancel_timer(timer);
  lock.lock();
  idle_.wait(lock, [this] { return !is_flushing_; });
}

}  // namespace fluxmq::core
