// A slot for each that waits; ids carry the slot and how often it was used, so that an old id finds
// nothing.
#include "watches.h"

#include <limits>

namespace fluxmq::core {

std::uint64_t Watches::add(std::int64_t offset, WatchTask task) {
  std::uint32_t index = first_free_;
  if (index == kNoSlot) {
    index = static_cast<std::uint32_t>(slots_.size());
    slots_.push_back({});
  } else {
    first_free_ = slots_[index].next_free;
  }
  Slot& slot = slots_[index];
  slot.offset = offset;
  slot.task = task;
  ++active_;
  return std::uint64_t{slot.generation} << 32 | (index + 1);
}

bool Watches::remove(std::uint64_t id) {
  const auto index = static_cast<std::uint32_t>(id) - 1;
  if (index >= slots_.size()) return false;
  const Slot& slot = slots_[index];
  if (slot.task.task == nullptr || slot.generation != id >> 32) return false;
  release(index);
  return true;
}

void Watches::take_passed(std::int64_t end_offset, std::vector<WatchTask>& taken) {
  if (active_ == 0) return;
  for (std::uint32_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].task.task == nullptr || slots_[i].offset >= end_offset) continue;
    taken.push_back(slots_[i].task);
    release(i);
  }
}

void Watches::take_all(std::vector<WatchTask>& taken) {
  take_passed(std::numeric_limits<std::int64_t>::max(), taken);
}

void Watches::release(std::uint32_t index) {
  Slot& slot = slots_[index];
  slot.task = {};
  ++slot.generation;
  slot.next_free = first_free_;
  first_free_ = index;
  --active_;
}

}  // namespace fluxmq::core
