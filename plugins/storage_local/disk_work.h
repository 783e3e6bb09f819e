// Work that waits for the disk of a data folder: write-outs, flushes, and appends that find no room
// before their log is written out. It has some of the blocking pool's threads and no more, so that
// what needs none of that, as a read or a log's first append, finds one however slow the disk is.
//
// Most of it is fsync. Of the same log all that wait share the next one, so that a few at a time
// are best while few logs are synced: the more run at once, the fewer share. More run when more
// waits than these can soon take.
#pragma once
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>

#include "background.h"

namespace fluxmq::storage_local {

class DiskWork {
 public:
  // `max_threads`: at a time.
  DiskWork(Background& background, std::size_t max_threads)
      : background_(background), max_threads_(max_threads) {}

  void run(std::function<void()> task);

 private:
  static constexpr std::size_t kFew = 4;

  // Whether there is work for a thread beside so many others; under mutex_.
  bool wants_beside(std::size_t others) const;
  void work();

  Background& background_;
  const std::size_t max_threads_;
  std::mutex mutex_;
  std::deque<std::function<void()>> waiting_;
  std::size_t threads_ = 0;
};

}  // namespace fluxmq::storage_local
