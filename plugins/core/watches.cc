// A slot for each that waits; ids carry the slot and how often it was used, so that an old id finds
// nothing.
#include "watches.h"

#include <limits>

namespace fluxmq::core {

std::uint64_t Watches::add(std::int64_t offset, WatchTask task) {
  if (slots_ == nullptr) slots_ = std::make_unique<Slots>();
  auto& [all, first_free, active] = *slots_;
  std::uint32_t index = first_free;
  if (index == kNoSlot) {
    index = static_cast<std::uint32_t>(all.size());
    all.push_back({});
  } else {
    first_free = all[index].next_free;
  }
  Slot& slot = all[index];
  slot.offset = offset;
  slot.task = task;
  ++active;
  return std::uint64_t{slot.generation} << 32 | (index + 1);
}

bool Watches::remove(std::uint64_t id) {
  const auto index = static_cast<std::uint32_t>(id) - 1;
  if (slots_ == nullptr || index >= slots_->all.size()) return false;
  const Slot& slot = slots_->all[index];
  if (slot.task.task == nullptr || slot.generation != id >> 32) return false;
  release(index);
  return true;
}

void Watches::take_passed(std::int64_t end_offset, std::vector<WatchTask>& taken) {
  if (slots_ == nullptr || slots_->active == 0) return;
  const auto& all = slots_->all;
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    if (all[i].task.task == nullptr || all[i].offset >= end_offset) continue;
    taken.push_back(all[i].task);
    release(i);
  }
}

void Watches::take_all(std::vector<WatchTask>& taken) {
  take_passed(std::numeric_limits<std::int64_t>::max(), taken);
}

void Watches::release(std::uint32_t index) {
  Slot& slot = slots_->all[index];
  slot.task = {};
  ++slot.generation;
  slot.next_free = slots_->first_free;
  slots_->first_free = index;
  --slots_->active;
}

}  // namespace fluxmq::core
