// Work for the host's blocking pool, counted, so that a stop can wait for its end.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>

#include "fluxmq/host.h"

namespace fluxmq::storage_local {

class Background {
 public:
  explicit Background(Host host) : host_(host) {}

  template <class Task>
  void run(Task task) {
    begin();
    run_begun(std::move(task));
  }

  void wait() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return count_ == 0; });
  }

 private:
  friend class BackgroundTimer;

  void begin() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  void end() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) idle_.notify_all();
  }
  template <class Task>
  void run_begun(Task task) {
    host_.post_blocking([this, task = std::move(task)]() mutable {
      {
        const auto run = std::move(task);  // what it holds goes before the end is told
        run();
      }
      end();
    });
  }

  const Host host_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::int64_t count_ = 0;
};

// Runs a task on the blocking pool some time after it was started.
class BackgroundTimer {
 public:
  BackgroundTimer(Host host, Background& background, std::function<void()> task)
      : host_(host), background_(background), task_(std::move(task)) {}

  // If it is waiting already, it keeps the time that comes first.
  void start(std::int64_t delay_ms);
  // The task doesn't begin any more; Background::wait waits for its end.
  void stop();

 private:
  bool cancel();  // under mutex_
  void run();

  const Host host_;
  Background& background_;
  const std::function<void()> task_;
  std::mutex mutex_;
  bool stopped_ = false;
  bool waiting_ = false;
  std::int64_t due_ms_ = 0;
  std::uint64_t id_ = 0;
};

std::int64_t steady_now_ms();
std::int64_t now_ms();  // since the epoch

}  // namespace fluxmq::storage_local
