#include "operation.h"

#include <array>

#include "fluxmq/host.h"

namespace fluxmq::core_model {
namespace {

struct Choice {
  Operation::Kind kind;
  const char* name;
  unsigned weight;
};
using Kind = Operation::Kind;
constexpr std::array kChoices{
    Choice{Kind::kAppend, "append", 45},
    Choice{Kind::kFlush, "flush", 3},
    Choice{Kind::kClean, "clean", 10},
    Choice{Kind::kRetain, "retain", 4},
    Choice{Kind::kDeleteRecords, "delete records", 3},
    Choice{Kind::kConfigure, "configure", 5},
    Choice{Kind::kCreateOrRemove, "create or remove", 2},
    Choice{Kind::kLetTimePass, "let time pass", 6},
    Choice{Kind::kCheckpoint, "checkpoint", 4},
    Choice{Kind::kRestart, "clean restart", 3},
    Choice{Kind::kDeath, "death", 4},
    Choice{Kind::kPowerLoss, "power loss", 5},
};

}  // namespace

Operations random_operations(Random& random, std::size_t count) {
  Operations operations;
  while (operations.size() < count) {
    const auto kind = one_by_weight(random, kChoices).kind;
    operations.push_back({kind, static_cast<std::size_t>(random() % kTopics), random()});
  }
  return operations;
}

std::string to_text(const Operations& operations) {
  std::string text;
  for (const Operation& operation : operations) {
    text += concat("  ", kChoices[static_cast<std::size_t>(operation.kind)].name, ", topic ",
                   operation.topic, ", seed ", operation.seed, "\n");
  }
  return text;
}

}  // namespace fluxmq::core_model
