// The timers of one event loop: a binary heap that knows where each timer lies in it.
#include "host/timers.h"

namespace fluxmq::kernel {
namespace {

// An id is loop + 1 (8 bits), generation (24 bits), slot (32 bits): never 0.
constexpr uint32_t kGenerationMask = 0xffffff;

uint64_t make_id(uint32_t loop, uint32_t generation, uint32_t slot) {
  return (uint64_t{loop + 1} << 56) | (uint64_t{generation & kGenerationMask} << 32) | slot;
}

}  // namespace

uint64_t Timers::start(int64_t deadline_ms, fluxmq_task task, void* context, bool* is_earliest) {
  std::lock_guard lock(mutex_);
  uint32_t slot = take_slot();
  slots_[slot].task = task;
  slots_[slot].context = context;
  heap_.emplace_back();
  sift_up(static_cast<uint32_t>(heap_.size() - 1), {deadline_ms, slot});
  *is_earliest = heap_.front().slot == slot;
  return make_id(loop_, slots_[slot].generation, slot);
}

bool Timers::cancel(uint64_t id) {
  std::lock_guard lock(mutex_);
  auto slot = static_cast<uint32_t>(id);
  auto generation = static_cast<uint32_t>(id >> 32) & kGenerationMask;
  if (loop_of(id) != loop_ || slot >= slots_.size() || slots_[slot].task == nullptr ||
      (slots_[slot].generation & kGenerationMask) != generation) {
    return false;
  }
  remove(slots_[slot].heap_index);
  free_slot(slot);
  return true;
}

std::optional<Timers::Due> Timers::take_due(int64_t now_ms) {
  std::lock_guard lock(mutex_);
  if (heap_.empty() || heap_.front().deadline_ms > now_ms) return std::nullopt;
  uint32_t slot = heap_.front().slot;
  Due due{slots_[slot].task, slots_[slot].context};
  remove(0);
  free_slot(slot);
  return due;
}

std::optional<int64_t> Timers::earliest_ms() {
  std::lock_guard lock(mutex_);
  if (heap_.empty()) return std::nullopt;
  return heap_.front().deadline_ms;
}

uint32_t Timers::take_slot() {
  if (first_free_ == kNone) {
    slots_.push_back({nullptr, nullptr, 0, 0});
    return static_cast<uint32_t>(slots_.size() - 1);
  }
  uint32_t slot = first_free_;
  first_free_ = slots_[slot].heap_index;
  return slot;
}

void Timers::free_slot(uint32_t slot) {
  slots_[slot].task = nullptr;
  ++slots_[slot].generation;
  slots_[slot].heap_index = first_free_;
  first_free_ = slot;
}

void Timers::remove(uint32_t heap_index) {
  Entry last = heap_.back();
  heap_.pop_back();
  if (heap_index == heap_.size()) return;
  if (heap_index > 0 && last.deadline_ms < heap_[(heap_index - 1) / 2].deadline_ms) {
    sift_up(heap_index, last);
  } else {
    sift_down(heap_index, last);
  }
}

void Timers::place(uint32_t heap_index, Entry entry) {
  heap_[heap_index] = entry;
  slots_[entry.slot].heap_index = heap_index;
}

void Timers::sift_up(uint32_t heap_index, Entry entry) {
  while (heap_index > 0) {
    uint32_t parent = (heap_index - 1) / 2;
    if (heap_[parent].deadline_ms <= entry.deadline_ms) break;
    place(heap_index, heap_[parent]);
    heap_index = parent;
  }
  place(heap_index, entry);
}

void Timers::sift_down(uint32_t heap_index, Entry entry) {
  const auto count = static_cast<uint32_t>(heap_.size());
  for (;;) {
    uint32_t child = 2 * heap_index + 1;
    if (child >= count) break;
    if (child + 1 < count && heap_[child + 1].deadline_ms < heap_[child].deadline_ms) ++child;
    if (entry.deadline_ms <= heap_[child].deadline_ms) break;
    place(heap_index, heap_[child]);
    heap_index = child;
  }
  place(heap_index, entry);
}

}  // namespace fluxmq::kernel
