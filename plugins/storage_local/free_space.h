// How much the volume of a folder has left, looked at now and then on the blocking pool. Below the
// reserve (storage.min.free.bytes), or once a write found no space, the folder is short of it until
// there is a bit more than the reserve again.
#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

#include "background.h"
#include "file_system.h"
#include "fluxmq/host.h"

namespace fluxmq::storage_local {

inline constexpr const char* kMinFreeBytes = "storage.min.free.bytes";

class FreeSpace {
 public:
  // `path` is the folder's.
  FreeSpace(Host host, FileSystem& files, Background& background, std::string path);

  bool is_short() const { return is_short_.load(std::memory_order_relaxed); }
  // A write failed for want of space.
  void used_up();

  void start();
  void stop() { timer_.stop(); }

 private:
  void look();
  void begin(std::int64_t usable_bytes, std::int64_t reserve_bytes);

  const Host host_;
  FileSystem& files_;
  const std::string path_;
  std::int64_t* const times_short_;
  std::atomic<bool> is_short_ = false;
  std::atomic<bool> write_failed_ = false;  // since the last look
  std::mutex looking_;
  // Under looking_: when appends may be tried again after such a write, and how long that takes.
  std::int64_t retry_at_ms_ = 0;
  std::int64_t retry_ms_;
  BackgroundTimer timer_;
};

}  // namespace fluxmq::storage_local
