// What a partition lends the log cleaner.
#include <future>

#include "partition.h"

namespace fluxmq::core {

Partition::CleaningUse Partition::begin_cleaning(bool may_open) {
  CleaningUse use;
  {
    const Lock lock(mutex_);
    use.opened = !log_uses_.is_open();
    if (use.opened && !(may_open && log_uses_.can_open())) return {};
  }
  std::promise<std::int16_t> opened;
  use_log([&opened](std::int16_t error) { opened.set_value(error); });
  if (opened.get_future().get() != 0) return {};
  if (!begin_maintenance()) {
    release_log();
    return {};
  }
  const Lock lock(mutex_);
  use.log = log_;
  return use;
}

void Partition::end_cleaning(const CleaningUse& use) {
  const auto self = shared_from_this();
  end_maintenance();
  release_log();
  if (use.opened) unload();
}

Partition::CleaningView Partition::cleaning_view() {
  const Lock lock(mutex_);
  return {settings_, high_watermark_, high_watermark_, high_watermark_ <= uncleanable_until_};
}

void Partition::set_aside_from_cleaning(std::int64_t until_high_watermark) {
  const Lock lock(mutex_);
  uncleanable_until_ = until_high_watermark;
}

LastBatches Partition::last_batches() {
  LastBatches batches;
  const Lock lock(mutex_);
  if (producers_ == nullptr) return batches;
  producers_->for_each([&](const ProducerState& state) {
    const auto* last = state.last();
    batches.emplace(state.producer_id,
                    LastBatch{last == nullptr ? -1 : last->last_offset, state.epoch});
  });
  return batches;
}

bool Partition::is_ending() {
  const Lock lock(mutex_);
  return log_uses_.is_ending();
}

}  // namespace fluxmq::core
