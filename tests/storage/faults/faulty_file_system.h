// A FileSystem over a SimulatedDisk whose calls fail when a test wants them to, which can be full,
// and which tells the test of each change, so that it can look at what a crash would leave then.
#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "../file_calls.h"
#include "file_system.h"
#include "simulated_disk.h"

namespace fluxmq::storage_faults {

using storage_local_test::FileCall;

// Calls that fail: of one kind, on paths that contain `path`, so many times from the next on.
struct Fault {
  FileCall call;
  int error;
  std::string path;
  std::int64_t times = std::numeric_limits<std::int64_t>::max();
};

class FaultyFileSystem final : public storage_local::FileSystem {
 public:
  using File = storage_local::File;
  using OpenMode = storage_local::OpenMode;

  explicit FaultyFileSystem(std::shared_ptr<SimulatedDisk> disk, std::uint64_t seed = 1);

  SimulatedDisk& disk() { return *disk_; }

  void add(Fault fault);
  // The call after the next `count` ones that could change something fails, whatever it is.
  void fail_change_after(std::int64_t count, int error);
  std::optional<FileCall> failed_change() const;  // if that was reached
  void repair();                                  // no more faults
  // ENOSPC when the files are to become larger in sum.
  void set_capacity(std::int64_t bytes);
  // The process is dead: every call fails and changes nothing.
  void kill();

  // Called after each change, also in the middle of a write, by the thread that makes it.
  void on_change(std::function<void()> observer) { observer_ = std::move(observer); }

  std::unique_ptr<File> open(const std::string& path, OpenMode mode) override;
  std::unique_ptr<File> open_if_exists(const std::string& path) override;
  bool exists(const std::string& path) override;
  std::int64_t file_size(const std::string& path) override;
  std::int64_t modified_ms(const std::string& path) override;
  std::vector<std::string> list_folder(const std::string& path) override;
  void make_folder(const std::string& path) override;
  void rename(const std::string& from, const std::string& to) override;
  bool remove_file(const std::string& path) override;
  void remove_tree(const std::string& path) override;
  void sync_folder(const std::string& path) override;
  void sync_volume(const std::string& path) override;
  storage_local::VolumeSpace volume_space(const std::string& path) override;

 private:
  class OpenFile;

  // Under mutex_: 0, or the error that the call is to fail with.
  int fault(FileCall call, const std::string& path);
  void check(FileCall call, const std::string& path);  // throws it
  std::int64_t room() const;
  SimulatedDisk::NodePtr node(FileCall call, const std::string& path);  // which must be there
  void changed() {
    if (observer_) observer_();
  }
  void write(SimulatedDisk::Node& node, const std::string& path, std::string_view bytes,
             std::int64_t position);
  void sync(SimulatedDisk::Node& node, const std::string& path);

  mutable std::mutex mutex_;
  const std::shared_ptr<SimulatedDisk> disk_;
  Random random_;
  std::vector<Fault> faults_;
  std::int64_t changes_before_fault_ = -1;
  int change_error_ = 0;
  std::optional<FileCall> failed_change_;
  bool dead_ = false;
  std::int64_t capacity_bytes_ = std::numeric_limits<std::int64_t>::max();
  std::function<void()> observer_;
};

}  // namespace fluxmq::storage_faults
