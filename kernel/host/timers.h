// The timers of one event loop: thousands of requests a second start and cancel one each.
//
// A heap of deadlines over a table of slots; an id names loop, slot and the slot's generation, so
// that a late cancel of a timer that is gone is seen. Any thread may start and cancel.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "fluxmq/abi/host.h"

namespace fluxmq::kernel {

class Timers {
 public:
  struct Due {
    fluxmq_task task;
    void* context;
  };

  explicit Timers(uint32_t loop) : loop_(loop) {}

  // Deadlines are in milliseconds of the steady clock. `is_earliest` tells whether the loop must be
  // woken sooner than it meant to.
  uint64_t start(int64_t deadline_ms, fluxmq_task task, void* context, bool* is_earliest);
  // True if the task won't run.
  bool cancel(uint64_t id);
  // Takes one timer that is due.
  std::optional<Due> take_due(int64_t now_ms);
  std::optional<int64_t> earliest_ms();

  static uint32_t loop_of(uint64_t id) { return static_cast<uint32_t>(id >> 56) - 1; }

 private:
  struct Slot {
    fluxmq_task task;
    void* context;
    uint32_t heap_index;  // or the next free slot
    uint32_t generation;
  };
  struct Entry {
    int64_t deadline_ms;
    uint32_t slot;
  };

  static constexpr uint32_t kNone = UINT32_MAX;

  uint32_t take_slot();
  void remove(uint32_t heap_index);
  void free_slot(uint32_t slot);
  void place(uint32_t heap_index, Entry entry);
  void sift_up(uint32_t heap_index, Entry entry);
  void sift_down(uint32_t heap_index, Entry entry);

  const uint32_t loop_;
  std::mutex mutex_;
  std::vector<Entry> heap_;
  std::vector<Slot> slots_;
  uint32_t first_free_ = kNone;
};

}  // namespace fluxmq::kernel
