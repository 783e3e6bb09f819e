// Runs operations on logs and on their models. At each change that an operation makes to the disk,
// what a death of the process and a power loss would leave is kept, opened and compared as well.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "faulty_file_system.h"
#include "fluxmq/testing/test_log.h"
#include "log_model.h"
#include "operation.h"
#include "serial_store.h"

namespace fluxmq::storage_faults {

inline constexpr std::size_t kLogs = 2;

class ModelRun {
 public:
  ModelRun();
  ~ModelRun();

  // Throws std::runtime_error if something is wrong.
  void run(const Operations& operations);
  std::int64_t crash_points() const { return crash_points_; }

 private:
  using Models = std::vector<LogModel>;  // of one log: any of them may be what is found
  struct CrashPoint {
    std::unique_ptr<SimulatedDisk> disk;
    Crash crash;
    std::int64_t change;
    std::uint64_t seed;
  };

  void perform(const Operation& operation);
  void append(Random& random, std::size_t index);
  void truncate(Random& random, std::size_t index);
  void delete_records(Random& random, std::size_t index);
  void retention(Random& random, std::size_t index);
  void rewrite(Random& random, std::size_t index);
  void set_clean_offset(Random& random, std::size_t index);
  void save_snapshot(Random& random, std::size_t index);
  void remove(std::size_t index);
  void reopen_log(std::size_t index);
  void restart(Random& random, Crash crash);

  void start();
  void open_log(std::size_t index);
  void forget_logs();
  void take_crash_point();
  // The log of `index` may be any of `during_`; the others are as their models say.
  void check_crash_points(std::size_t index);
  void check_crash_point(CrashPoint point, std::size_t index);
  void check_now();
  // What a crash left is what the log is from now on.
  static void adopt(LogModel& model, const FoundLog& found, Crash crash);

  std::shared_ptr<SimulatedDisk> disk_;
  std::unique_ptr<FaultyFileSystem> files_;
  std::unique_ptr<SerialStore> store_;
  std::array<std::unique_ptr<testing::TestLog>, kLogs> logs_;
  std::array<LogModel, kLogs> models_;
  std::array<fluxmq_log_config, kLogs> configs_;
  std::array<std::int32_t, kLogs> leader_epochs_{};  // they never go back
  Models during_;

  std::uint64_t seed_ = 0;  // of the operation
  std::int64_t changes_ = 0;
  std::vector<CrashPoint> taken_;
  std::int64_t crash_points_ = 0;
};

}  // namespace fluxmq::storage_faults
