// What the model test does to topics: operations that mean something wherever they stand, so that a
// list of them that fails can be made shorter.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "simulated_disk.h"

namespace fluxmq::core_model {

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

bool chance(Random& random, int percent);
// From `least` to `most`.
template <class Number>
Number between(Random& random, Number least, Number most) {
  return static_cast<Number>(
      least + static_cast<Number>(random() % static_cast<std::uint64_t>(most - least + 1)));
}
template <class Elements>
const auto& one_of(Random& random, const Elements& elements) {
  return elements[static_cast<std::size_t>(random() % std::size(elements))];
}

}  // namespace fluxmq::core_model
