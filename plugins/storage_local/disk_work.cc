#include "disk_work.h"

#include <utility>

namespace fluxmq::storage_local {

void DiskWork::run(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(task));
    if (!wants_beside(threads_)) return;
    ++threads_;
  }
  background_.run([this] { work(); });
}

bool DiskWork::wants_beside(std::size_t others) const {
  return others < max_threads_ && waiting_.size() > (others < kFew ? 0 : kFew);
}

void DiskWork::work() {
  while (true) {
    std::function<void()> task;
    {
      const std::lock_guard lock(mutex_);
      if (!wants_beside(threads_ - 1)) {
        --threads_;
        return;
      }
      task = std::move(waiting_.front());
      waiting_.pop_front();
    }
    task();
  }
}

}  // namespace fluxmq::storage_local
