// Where the arenas of a model run lie: real memory on tmpfs, in blocks of a page, so few that they
// are all taken now and then. It outlives the process that the run lets die; a power loss empties
// it.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "fluxmq/testing/temporary_folder.h"
#include "simulated_disk.h"
#include "tails.h"

namespace fluxmq::storage_faults {

class ArenaFolder {
 public:
  static constexpr const char* kTmpfs = "/dev/shm";
  static constexpr std::size_t kBlocks = 2;  // one for each log, at first

  static bool can_be() { return storage_local::TailArena::why_not(kTmpfs).empty(); }

  storage_local::TailSettings settings() const {
    constexpr auto kBlockBytes = storage_local::TailArena::kPageBytes;
    return {folder_.path(), kBlocks * kBlockBytes, kBlockBytes};
  }
  // `disk` is what a death leaves: the arena that it names stays as it is now.
  void keep_for(SimulatedDisk& disk) {
    const auto record = disk.find("/data/tail-arena");
    if (!record) return;
    const auto text = record->file.content();
    const auto path = text.substr(0, text.find('\n'));
    const auto copy = folder_.path() + "/" + std::to_string(++copies_);
    std::error_code gone;
    if (!std::filesystem::copy_file(path, copy, gone)) return;
    record->file.truncate(0);
    record->file.write(0, copy + "\n");
    record->file.sync();
  }
  void lose_power() {
    for (const auto& file : std::filesystem::directory_iterator(folder_.path())) {
      std::filesystem::remove(file.path());
    }
  }

 private:
  const testing::TemporaryFolder folder_{kTmpfs};
  std::int64_t copies_ = 0;
};

}  // namespace fluxmq::storage_faults
