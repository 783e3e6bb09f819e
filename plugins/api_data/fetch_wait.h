// FetchWait: suspends a fetch until one of its partitions may have something new, its time is over,
// or the broker stops; whichever comes first.
#pragma once
#include <atomic>
#include <coroutine>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "fluxmq/host.h"
#include "fluxmq/partition.h"

namespace fluxmq::api_data {

class FetchWaits;

// A partition, and what the fetch has seen of it.
struct WatchedPartition {
  Partition partition;
  std::int64_t seen_end = 0;  // the bound of the isolation level that the last read met
};

// Awaited once. The state that callbacks point to lives until the last of them has run, which may
// be after the fetch was resumed by another.
class FetchWait {
 public:
  FetchWait(FetchWaits& waits, std::span<const WatchedPartition> partitions,
            std::uint32_t isolation, std::int64_t delay_ms)
      : waits_(waits), partitions_(partitions), isolation_(isolation), delay_ms_(delay_ms) {}
  FetchWait(const FetchWait&) = delete;
  FetchWait& operator=(const FetchWait&) = delete;

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> fetch);
  void await_resume();

 private:
  friend class FetchWaits;
  struct State;

  FetchWaits& waits_;
  const std::span<const WatchedPartition> partitions_;
  const std::uint32_t isolation_;
  const std::int64_t delay_ms_;
  State* state_ = nullptr;
};

// All fetches that wait, so that a stop can wake them.
class FetchWaits {
 public:
  explicit FetchWaits(Host host) : host_(host) {}
  // Wakes all; no fetch waits from now on.
  void stop();
  bool is_stopped() const { return stopped_.load(std::memory_order_relaxed); }

 private:
  friend class FetchWait;

  // False once stopped.
  bool add(FetchWait::State& state);
  void remove(FetchWait::State& state);

  const Host host_;
  std::mutex mutex_;
  FetchWait::State* first_ = nullptr;
  std::atomic<bool> stopped_{false};
};

}  // namespace fluxmq::api_data
