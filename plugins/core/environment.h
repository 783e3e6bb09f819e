// What all partitions and the catalog share: the host, the stores beneath, and the broker's limits.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>

#include "fluxmq/abi/log_store.h"
#include "fluxmq/abi/metadata_store.h"
#include "fluxmq/host.h"

namespace fluxmq::core {

class AppendGroupPool;
class TimedFlushes;

inline std::int64_t current_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

struct Environment {
  Host host;
  const fluxmq_log_store* log_store = nullptr;
  AppendGroupPool* groups = nullptr;
  TimedFlushes* timed_flushes = nullptr;
  std::int32_t broker_id = 0;
  std::atomic<std::int64_t> producer_expiration_ms{0};
  std::int64_t max_producers = 0;
  std::size_t max_uncompressed_bytes = 0;  // of one batch
  std::atomic<std::int64_t> producer_count{0};
  std::function<std::int64_t()> now_ms = current_ms;  // tests have a clock of their own
};

}  // namespace fluxmq::core
