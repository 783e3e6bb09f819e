#include "operation.h"

#include <array>
#include <cerrno>

#include "fluxmq/host.h"
#include "model_run.h"

namespace fluxmq::storage_faults {
namespace {

struct Choice {
  Operation::Kind kind;
  const char* name;
  unsigned weight;
};
using Kind = Operation::Kind;
constexpr std::array kChoices{
    Choice{Kind::kAppend, "append", 40},
    Choice{Kind::kFlush, "flush", 8},
    Choice{Kind::kTruncate, "truncate", 3},
    Choice{Kind::kDeleteRecords, "delete records", 3},
    Choice{Kind::kRetention, "retention", 4},
    Choice{Kind::kRewrite, "rewrite", 5},
    Choice{Kind::kSetCleanOffset, "set clean offset", 2},
    Choice{Kind::kConfigure, "configure", 2},
    Choice{Kind::kSaveSnapshot, "save snapshot", 5},
    Choice{Kind::kRemove, "remove", 1},
    Choice{Kind::kCheckpoint, "checkpoint", 4},
    Choice{Kind::kReopenLog, "close and open", 2},
    Choice{Kind::kRestart, "clean restart", 2},
    Choice{Kind::kDeath, "death", 4},
    Choice{Kind::kPowerLoss, "power loss", 4},
};

// A call that fails, among as many as most operations have.
void let_fail(Operation& operation, Random& random) {
  operation.failing_change =
      static_cast<std::int64_t>(random() % 3 == 0 ? random() % 30 : random() % 8);
  operation.error = random() % 2 == 0 ? EIO : ENOSPC;
}

}  // namespace

Operations random_operations(Random& random, std::size_t count, unsigned failing_percent) {
  Operations operations;
  while (operations.size() < count) {
    const auto kind = one_by_weight(random, kChoices).kind;
    operations.push_back({kind, static_cast<std::size_t>(random() % kLogs), random()});
    if (failing_percent > 0 && random() % 100 < failing_percent) {
      let_fail(operations.back(), random);
    }
  }
  return operations;
}

std::string to_text(const Operations& operations) {
  std::string text;
  for (const Operation& operation : operations) {
    text += concat("  ", kChoices[static_cast<std::size_t>(operation.kind)].name, " of log ",
                   operation.log, ", seed ", operation.seed);
    if (operation.failing_change >= 0) {
      text += concat(", after ", operation.failing_change,
                     " changes one fails: ", operation.error == EIO ? "EIO" : "ENOSPC");
    }
    text += "\n";
  }
  return text;
}

}  // namespace fluxmq::storage_faults
