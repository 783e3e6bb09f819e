// The threads for work that blocks: made when there is such work, up to a bound, then kept.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "fluxmq/abi/host.h"

namespace fluxmq::kernel {

class BlockingPool {
 public:
  explicit BlockingPool(size_t max_threads) : max_threads_(max_threads) {}
  ~BlockingPool() { finish(); }
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  void post(fluxmq_task task, void* context);
  // Runs what is queued, then ends the threads.
  void finish();

 private:
  struct Work {
    fluxmq_task task;
    void* context;
  };

  void start_thread();
  void run();

  const size_t max_threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> queue_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool is_finishing_ = false;
};

}  // namespace fluxmq::kernel
