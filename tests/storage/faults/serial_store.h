// storage_local's log store over a simulated disk, on one thread beside the caller's, so that the
// same calls make the same changes in the same order each time.
#pragma once
#include <memory>
#include <mutex>
#include <string>

#include "faulty_file_system.h"
#include "fluxmq/testing/fake_host.h"
#include "fluxmq/testing/test_log.h"
#include "log_dirs.h"
#include "log_store.h"

namespace fluxmq::storage_faults {

// A host whose blocking pool has one thread, and whose time stands still but for advance().
class SerialHost : public testing::FakeHost {
 public:
  SerialHost() : FakeHost({}, Executors::kInline), table_(*FakeHost::table()) {
    table_.post_blocking = [](void* self, fluxmq_task task, void* context) {
      static_cast<SerialHost*>(static_cast<FakeHost*>(self))->thread_.post(task, context);
    };
  }
  Host host() const { return Host(&table_); }

  // Returns when all that was posted has run, and what that posted, too.
  void wait_idle() {
    for (int i = 0; i < 3; ++i) {
      std::promise<void> reached;
      thread_.post([](void* promise) { static_cast<std::promise<void>*>(promise)->set_value(); },
                   &reached);
      reached.get_future().wait();
    }
  }

 private:
  fluxmq_host table_;
  testing::TaskThreads thread_{1};
};

class SerialStore {
 public:
  static constexpr const char* kFolder = "/data";
  static constexpr std::int64_t kCheckpointIntervalMs = 1000;
  static constexpr std::size_t kMaxOpenFiles = 16;

  explicit SerialStore(FaultyFileSystem& files)
      : dirs_(host_.host(), files, kFolder, kMaxOpenFiles),
        logs_(host_.host(), dirs_, kCheckpointIntervalMs) {}
  // What runs on the host's thread may still hold a log that it has answered for.
  ~SerialStore() { host_.wait_idle(); }

  SerialHost& host() { return host_; }
  const fluxmq_log_store* logs() const { return logs_.table(); }
  // The clean end. Without it the process has died.
  void stop() { logs_.stop(); }

 private:
  SerialHost host_;
  storage_local::LogDirs dirs_;
  storage_local::LogStore logs_;
};

}  // namespace fluxmq::storage_faults
