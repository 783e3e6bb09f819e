// What the model test does to logs: operations that mean something wherever they stand, so that a
// list of them that fails can be made shorter.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "simulated_disk.h"

namespace fluxmq::storage_faults {

struct Operation {
  enum class Kind {
    kAppend,
    kFlush,
    kTruncate,
    kDeleteRecords,
    kRetention,
    kRewrite,
    kSetCleanOffset,
    kConfigure,
    kSaveSnapshot,
    kRemove,
    kCheckpoint,
    kReopenLog,
    kRestart,
    kDeath,
    kPowerLoss,
  };
  Kind kind;
  std::size_t log;     // which of the logs; not of the last four
  std::uint64_t seed;  // for all else that is to be chosen
  // Of the calls that change the disk the one after so many fails; -1: none does.
  std::int64_t failing_change = -1;
  int error = 0;  // which it fails with
};
using Operations = std::vector<Operation>;

// So many of a hundred have a call that fails.
Operations random_operations(Random& random, std::size_t count, unsigned failing_percent = 0);
std::string to_text(const Operations& operations);

}  // namespace fluxmq::storage_faults
