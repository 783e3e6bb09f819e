// What the model test does to topics: operations that mean something wherever they stand, so that a
// list of them that fails can be made shorter.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "random_choices.h"

namespace fluxmq::core_model {

using storage_faults::between;
using storage_faults::chance;
using storage_faults::one_by_weight;
using storage_faults::one_of;
using storage_faults::Random;

inline constexpr std::size_t kTopics = 2;

struct Operation {
  enum class Kind {
    kAppend,
    kFlush,
    kClean,
    kRetain,
    kDeleteRecords,
    kConfigure,
    kCreateOrRemove,
    kLetTimePass,
    kCheckpoint,
    kRestart,
    kDeath,
    kPowerLoss,
  };
  Kind kind;
  std::size_t topic;   // which one; those that concern the whole broker don't look at it
  std::uint64_t seed;  // for all else that is to be chosen
};
using Operations = std::vector<Operation>;

Operations random_operations(Random& random, std::size_t count);
std::string to_text(const Operations& operations);

}  // namespace fluxmq::core_model
