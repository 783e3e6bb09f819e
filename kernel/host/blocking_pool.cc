// The threads for work that blocks.
#include "host/blocking_pool.h"

#include <pthread.h>

#include <system_error>

namespace fluxmq::kernel {

void BlockingPool::post(fluxmq_task task, void* context) {
  {
    std::lock_guard lock(mutex_);
    queue_.push_back({task, context});
    // An idle thread may be on its way to earlier work.
    if (queue_.size() > idle_ && threads_.size() < max_threads_) start_thread();
  }
  changed_.notify_one();
}

// Under the lock. Where the system has no more threads to give, those that there are do the work.
void BlockingPool::start_thread() {
  try {
    threads_.emplace_back([this] { run(); });
    pthread_setname_np(threads_.back().native_handle(), "background");
  } catch (const std::system_error&) {
    if (threads_.empty()) throw;
  }
}

void BlockingPool::finish() {
  std::vector<std::thread> threads;
  {
    std::lock_guard lock(mutex_);
    is_finishing_ = true;
    threads.swap(threads_);
  }
  changed_.notify_all();
  for (std::thread& thread : threads) thread.join();
  std::lock_guard lock(mutex_);
  is_finishing_ = false;
}

void BlockingPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    changed_.wait(lock, [this] { return !queue_.empty() || is_finishing_; });
    --idle_;
    if (queue_.empty()) return;
    Work work = queue_.front();
    queue_.pop_front();
    lock.unlock();
    work.task(work.context);
    lock.lock();
  }
}

}  // namespace fluxmq::kernel
