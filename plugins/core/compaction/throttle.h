// Keeps what cleanings read and write together below a rate, on average; several threads share it.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace fluxmq::core {

class Throttle {
 public:
  explicit Throttle(double bytes_per_second) : bytes_per_second_(bytes_per_second) {}

  // Those who wait have counted already, and wait on by the old rate.
  void set_rate(double bytes_per_second) {
    const std::lock_guard lock(mutex_);
    bytes_per_second_ = bytes_per_second;
  }
  // Counts bytes, and waits until they may be over; not after a stop.
  void take(std::size_t bytes) {
    std::unique_lock lock(mutex_);
    const auto now = Clock::now();
    if (due_ < now) due_ = now;
    const double seconds = static_cast<double>(bytes) / bytes_per_second_;
    if (seconds < kNoticeable) return;
    due_ += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    const auto until = due_;
    stopping_.wait_until(lock, until, [this] { return stopped_; });
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    stopping_.notify_all();
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr double kNoticeable = 1e-9;

  std::mutex mutex_;
  double bytes_per_second_;
  std::condition_variable stopping_;
  bool stopped_ = false;
  Clock::time_point due_{};
};

}  // namespace fluxmq::core
