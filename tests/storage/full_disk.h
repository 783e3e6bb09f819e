// As long as it lives, no file of the process grows past a size: what a full disk looks like.
#pragma once
#include <sys/resource.h>

#include <csignal>

namespace fluxmq::storage_local_test {

class FullDisk {
 public:
  explicit FullDisk(rlim_t file_bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    struct rlimit full = before_;
    full.rlim_cur = file_bytes;
    ::setrlimit(RLIMIT_FSIZE, &full);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  struct rlimit before_ {};
};

}  // namespace fluxmq::storage_local_test
