// Files and folders that are deleted after a while (file.delete.delay.ms). What is still waiting
// when the broker stops is deleted at its next start, as its name says that it is done with.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "background.h"
#include "file_system.h"
#include "fluxmq/host.h"

namespace fluxmq::storage_local {

class Deletions {
 public:
  Deletions(Host host, FileSystem& files, Background& background)
      : host_(host), files_(files), timer_(host, background, [this] { delete_due(); }) {}

  void add(std::string path, std::int64_t delay_ms);
  void stop() { timer_.stop(); }

 private:
  void delete_due();

  const Host host_;
  FileSystem& files_;
  std::mutex mutex_;
  std::multimap<std::int64_t, std::string> paths_;  // by when they are due
  BackgroundTimer timer_;
};

}  // namespace fluxmq::storage_local
