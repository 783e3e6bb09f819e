// Those who wait for a partition to grow past an offset: long-polling fetches. Guarded by the
// partition's lock; tasks are called after it was released.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

namespace fluxmq::core {

struct WatchTask {
  void (*task)(void* context);
  void* context;
};

class Watches {
 public:
  // The id is never 0.
  std::uint64_t add(std::int64_t offset, WatchTask task);
  bool remove(std::uint64_t id);
  // Takes those whose offset lies before `end_offset`. Nearly all that wait are waiting for the
  // very next record, so looking at each costs about as much as calling them does.
  void take_passed(std::int64_t end_offset, std::vector<WatchTask>& taken);
  void take_all(std::vector<WatchTask>& taken);

 private:
  static constexpr std::uint32_t kNoSlot = UINT32_MAX;
  struct Slot {
    std::int64_t offset;
    WatchTask task;  // task.task is null in a free slot
    std::uint32_t generation;
    std::uint32_t next_free;
  };
  struct Slots {
    std::vector<Slot> all;
    std::uint32_t first_free = kNoSlot;
    std::uint32_t active = 0;
  };
  void release(std::uint32_t index);

  std::unique_ptr<Slots> slots_;  // none until one waits: most partitions never see one
};

}  // namespace fluxmq::core
