// What a log must hold: the simple side of the model test. A log is a list of batches; how much of
// it a death of the process and a power loss must leave is kept beside it.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "fluxmq/testing/test_log.h"

namespace fluxmq::storage_faults {

struct Batch {
  std::int64_t base_offset;
  std::int64_t last_offset;
  std::int64_t max_timestamp_ms;
  std::int32_t leader_epoch;
  std::string bytes;
};
Batch to_batch(std::string bytes);

// What keeps a log as it is.
enum class Crash { kNone, kDeath, kPowerLoss };

// An offset that the log tells, and how far back a crash may set it.
struct Reached {
  std::int64_t now = 0;
  std::int64_t after_death = 0;
  std::int64_t after_power_loss = 0;

  std::int64_t least(Crash crash) const {
    return crash == Crash::kNone ? now : crash == Crash::kDeath ? after_death : after_power_loss;
  }
  void set(std::int64_t offset) { now = after_death = after_power_loss = offset; }
  void lower(std::int64_t offset) {
    now = std::min(now, offset);
    after_death = std::min(after_death, offset);
    after_power_loss = std::min(after_power_loss, offset);
  }
};

struct LogModel {
  std::vector<Batch> batches;                                 // also those below the log start
  std::vector<std::pair<std::int32_t, std::int64_t>> epochs;  // of every batch since its beginning
  Reached start, end;
  std::int64_t clean_offset = 0;
  std::map<std::int64_t, std::string> snapshots;  // each that the log may still have

  void append(Batch batch);
  // As if batches from `offset` on had never been there.
  void cut(std::int64_t offset);
};

// What a log tells of itself, read in many ways that must agree. Throws std::runtime_error if they
// don't.
struct FoundLog {
  std::int64_t start, end;
  std::int64_t clean_offset;
  std::vector<Batch> batches;                                     // from the start on
  std::vector<std::pair<std::int32_t, std::int64_t>> epoch_ends;  // by epoch asked for
  std::optional<std::pair<std::int64_t, std::string>> snapshot;   // the newest
};
FoundLog look_at(testing::TestLog& log);

// Why the log can't have been found so; "": it can.
std::string difference(const FoundLog& found, const LogModel& model, Crash crash);

}  // namespace fluxmq::storage_faults
