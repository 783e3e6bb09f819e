// Runs operations on logs and on their models. At each change that an operation makes to the disk,
// what a death of the process and a power loss would leave is kept, opened and compared as well.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arena_folder.h"
#include "faulty_file_system.h"
#include "fluxmq/testing/test_log.h"
#include "log_model.h"
#include "operation.h"
#include "serial_store.h"

namespace fluxmq::storage_faults {

inline constexpr std::size_t kLogs = 2;

class ModelRun {
 public:
  // Where appends go.
  enum class Appends { kToPageCache, kToArena };
  explicit ModelRun(Appends appends);
  ~ModelRun();

  // Throws std::runtime_error if something is wrong.
  void run(const Operations& operations);
  std::int64_t crash_points() const { return crash_points_; }
  std::int64_t failed_calls() const { return failed_calls_; }

 private:
  using Models = std::vector<LogModel>;  // of one log: any of them may be what is found
  struct CrashPoint {
    std::unique_ptr<SimulatedDisk> disk;
    Crash crash;
    bool may_lose;  // what wasn't on the disk
    std::int64_t change;
    std::uint64_t seed;
  };

  void run(const Operation& operation);
  // What is answered. Where an operation is refused, the log is as it was.
  std::int16_t perform(const Operation& operation);
  std::int16_t append(Random& random, std::size_t index);
  std::int16_t flush(std::size_t index);
  std::int16_t truncate(Random& random, std::size_t index);
  std::int16_t delete_records(Random& random, std::size_t index);
  std::int16_t retention(Random& random, std::size_t index);
  std::int16_t rewrite(Random& random, std::size_t index);
  std::int16_t set_clean_offset(Random& random, std::size_t index);
  std::int16_t save_snapshot(Random& random, std::size_t index);
  std::int16_t remove(std::size_t index);
  std::int16_t reopen_log(std::size_t index);
  void restart(Random& random, Crash crash);

  void start();
  void open_log(std::size_t index);
  void forget_logs();
  void end_process();
  bool is_closed(std::size_t index) const;
  void note_failure();
  // The process is gone. The log of `index` is found to be one of `during_` or its model.
  void come_back(Random& random, Crash crash, std::size_t index);
  void take_crash_point();
  // The log of `index` may be any of `during_`; the others are as their models say.
  void check_crash_points(std::size_t index);
  void check_crash_point(CrashPoint point, std::size_t index);
  void check_now();
  // What the log of `index` may be.
  Models candidates(std::size_t index, std::size_t during_index) const;
  // The one of them that it was found to be. Throws if there is none.
  static LogModel match(std::size_t index, const FoundLog& found, const Models& models,
                        Crash crash);
  // What a crash left is what the log is from now on.
  static void adopt(LogModel& model, const FoundLog& found, Crash crash);

  std::optional<ArenaFolder> arenas_;
  std::shared_ptr<SimulatedDisk> disk_;
  std::unique_ptr<FaultyFileSystem> files_;
  std::unique_ptr<SerialStore> store_;
  std::array<std::unique_ptr<testing::TestLog>, kLogs> logs_;  // null: it can't be opened
  std::array<LogModel, kLogs> models_;
  std::array<fluxmq_log_config, kLogs> configs_;
  std::array<std::int32_t, kLogs> leader_epochs_{};  // they never go back
  Models during_;

  // Of the operation:
  const Operation* failing_ = nullptr;  // if it has a call that fails
  std::uint64_t seed_ = 0;
  std::int64_t changes_ = 0;
  bool failed_ = false;       // that call
  bool sync_failed_ = false;  // likewise, so that what wasn't on the disk may be lost
  std::vector<CrashPoint> taken_;
  std::int64_t crash_points_ = 0;
  std::int64_t failed_calls_ = 0;
};

}  // namespace fluxmq::storage_faults
