// storage_local's log store over a simulated disk, all of it on the caller's thread, so that the
// same calls make the same changes in the same order each time.
#pragma once
#include <memory>

#include "faulty_file_system.h"
#include "fluxmq/testing/fake_host.h"
#include "log_dirs.h"
#include "log_store.h"

namespace fluxmq::storage_faults {

class SerialStore {
 public:
  static constexpr const char* kFolder = "/data";
  static constexpr std::int64_t kCheckpointIntervalMs = 1000;
  static constexpr std::size_t kMaxOpenFiles = 16;

  explicit SerialStore(FaultyFileSystem& files, const storage_local::TailSettings& tails = {})
      : dirs_(host_.host(), files, kFolder, kMaxOpenFiles, tails),
        logs_(host_.host(), dirs_, kCheckpointIntervalMs) {}

  // Its time stands still but for advance().
  testing::FakeHost& host() { return host_; }
  const fluxmq_log_store* logs() const { return logs_.table(); }
  // The clean end. Without it the process has died.
  void stop() { logs_.stop(); }

 private:
  testing::FakeHost host_{{}, testing::FakeHost::Executors::kInline};
  storage_local::LogDirs dirs_;
  storage_local::LogStore logs_;
};

}  // namespace fluxmq::storage_faults
