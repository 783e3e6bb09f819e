// The features of KIP-584 that this broker supports, each finalized at its highest level. Only what
// is served in full is here: a finalized transaction.version, for example, makes clients speak the
// newer protocol of transactions.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace fluxmq::api_cluster {

struct Feature {
  std::string_view name;
  std::int16_t min_level;
  std::int16_t max_level;
};

inline constexpr std::array kFeatures{
    // Tools and consoles tell a cluster's release by it: 30 is Kafka 4.3.
    Feature{"metadata.version", 30, 30},
};

// Grows when levels change; they don't.
inline constexpr std::int64_t kFinalizedFeaturesEpoch = 0;

}  // namespace fluxmq::api_cluster
