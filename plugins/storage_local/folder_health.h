// Whether a folder can be used, as the calls on its files show. What passes (a full volume, too few
// descriptors) is told to the caller and tried again by the next. A failure that speaks of the
// whole folder takes it offline: nobody reads or writes there until a restart.
#pragma once
#include <atomic>
#include <cstdint>
#include <exception>
#include <string>

#include "free_space.h"

namespace fluxmq::storage_local {

// Failures that say nothing of what is on the disk: without them the call would have worked.
bool is_passing(const std::exception& failure);
// Those of them that no sync of a file ends with: it wasn't even tried.
bool lacks_descriptors(const std::exception& failure);

class FolderHealth {
 public:
  // `path` is the folder's.
  FolderHealth(Host host, FileSystem& files, Background& background, const std::string& path);

  bool is_offline() const { return offline_.load(std::memory_order_relaxed); }
  bool is_short_of_space() const { return space_.is_short(); }

  // A call on the files of one log failed. Its bad blocks are its own; a volume that has become
  // read-only, or is gone, is everybody's. Which of them an EIO is, a write of the folder's own
  // tells. Blocks.
  void log_failed(const std::exception& failure);
  // A call on the files that speak of all logs failed.
  void folder_failed(const std::exception& failure);
  void go_offline(const std::string& reason);

  void start() { space_.start(); }
  void stop() { space_.stop(); }

 private:
  void try_to_write();

  const Host host_;
  FileSystem& files_;
  const std::string path_;
  std::int64_t* const times_offline_;
  std::atomic<bool> offline_ = false;
  std::atomic<std::int64_t> next_try_ms_ = 0;
  FreeSpace space_;
};

}  // namespace fluxmq::storage_local
