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
};
using Operations = std::vector<Operation>;

Operations random_operations(Random& random, std::size_t count);
std::string to_text(const Operations& operations);

}  // namespace fluxmq::storage_faults
