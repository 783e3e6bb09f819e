// Retention of one partition, and its turn with the log cleaner: one of them is at the log.
#include <utility>

#include "partition.h"

namespace fluxmq::core {

bool Partition::apply_retention(std::int64_t now_ms, bool may_open) {
  Lock lock(mutex_);
  const bool opens = !log_uses_.is_open();
  if (opens && !(may_open && log_uses_.can_open())) return false;
  lock.unlock();
  use_log([self = shared_from_this(), now_ms, opens](std::int16_t error) {
    if (error != 0) return;
    if (!opens) {
      self->retain(now_ms);
      self->release_log();
      return;
    }
    self->environment_.host.post_blocking([self, now_ms] {
      self->retain(now_ms);
      self->release_log();
      self->unload();
    });
  });
  return opens;
}

void Partition::retain(std::int64_t now_ms) {
  if (!begin_maintenance()) return;
  const auto* store = environment_.log_store;
  std::int64_t high_watermark = 0;
  {
    const Lock lock(mutex_);
    high_watermark = high_watermark_;
  }
  store->apply_retention(store->self, log_, now_ms, high_watermark);
  const auto log_start_offset = log_state(log_).log_start_offset;
  end_maintenance();
  const Lock lock(mutex_);
  log_start_offset_ = log_start_offset;
  if (producers_ == nullptr) return;
  producers_->expire(now_ms, environment_.producer_expiration_ms);
  if (producers_->size() == 0) producers_.reset();
}

bool Partition::begin_maintenance() {
  const Lock lock(mutex_);
  return !std::exchange(maintained_, true);
}

void Partition::end_maintenance() {
  const Lock lock(mutex_);
  maintained_ = false;
}

}  // namespace fluxmq::core
