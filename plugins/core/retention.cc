// One timer; the pass itself runs where blocking is allowed.
#include "retention.h"

namespace fluxmq::core {

Retention::Retention(Environment& environment, TopicIndex& topics)
    : environment_(environment),
      topics_(topics),
      interval_ms_(environment.host.config_int("log.retention.check.interval.ms")) {
  schedule();
}

void Retention::schedule() {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  timer_id_ = environment_.host.start_timer(
      interval_ms_, [](void* context) { static_cast<Retention*>(context)->begin_pass(); }, this);
}

void Retention::begin_pass() {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    in_pass_ = true;
  }
  environment_.host.post_blocking([this] {
    pass();
    {
      const std::lock_guard lock(mutex_);
      in_pass_ = false;
      pass_ended_.notify_all();
    }
    schedule();
  });
}

void Retention::pass() {
  const auto now = environment_.now_ms();
  std::size_t place = 0;
  std::size_t opened = 0;
  std::size_t next = 0;
  for (const auto& topic : topics_.all()) {
    for (const auto& partition : topic->partitions) {
      if (is_stopped()) return;
      const bool may_open = place >= next_to_open_ && opened < kMaxOpenedPerPass;
      ++place;
      if (!partition->apply_retention(now, may_open)) continue;
      ++opened;
      next = place;
    }
  }
  next_to_open_ = opened < kMaxOpenedPerPass ? 0 : next;
}

bool Retention::is_stopped() {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

void Retention::stop() {
  std::unique_lock lock(mutex_);
  stopped_ = true;
  lock.unlock();
  environment_.host.cancel_timer(timer_id_);
  lock.lock();
  pass_ended_.wait(lock, [this] { return !in_pass_; });
}

}  // namespace fluxmq::core
