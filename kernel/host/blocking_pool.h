// The threads for work that blocks: made when there is such work, up to a bound, then kept.
//
// Most of it is fsync. Of the same log all that wait share the next one, so that a few at a time
// are best while few logs are synced: the more run at once, the fewer share. The other threads work
// when more waits than these can soon take.
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
  static constexpr size_t kFew = 4;

  struct Work {
    fluxmq_task task;
    void* context;
  };

  // How much must wait for thread number `index` to begin.
  static size_t least_work(size_t index) { return index < kFew ? 1 : kFew + 1; }
  void start_thread(size_t index);
  void run(size_t index);

  const size_t max_threads_;
  std::mutex mutex_;
  std::condition_variable changed_;    // for the few threads
  std::condition_variable piling_up_;  // for the others
  std::deque<Work> queue_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool is_finishing_ = false;
};

}  // namespace fluxmq::kernel
