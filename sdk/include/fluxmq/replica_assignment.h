// A manual assignment of a partition's replicas, as CreateTopics, CreatePartitions and
// AlterPartitionReassignments carry it.
#pragma once
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fluxmq/abi/catalog.h"
#include "fluxmq/host.h"

namespace fluxmq {

// What is wrong with it, in Kafka's words; nothing: "".
inline std::string check_replicas(std::span<const std::int32_t> replicas,
                                  std::span<const fluxmq_broker> brokers) {
  if (replicas.empty()) return "The manual partition assignment includes an empty replica list.";
  std::vector<std::int32_t> ordered(replicas.begin(), replicas.end());
  std::sort(ordered.begin(), ordered.end());
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    const auto id = ordered[i];
    const auto is_it = [id](const fluxmq_broker& broker) { return broker.broker_id == id; };
    if (std::none_of(brokers.begin(), brokers.end(), is_it)) {
      return concat("The manual partition assignment includes broker ", id,
                    ", but no such broker is registered.");
    }
    if (i > 0 && id == ordered[i - 1]) {
      return concat("The manual partition assignment includes the broker ", id, " more than once.");
    }
  }
  return {};
}

}  // namespace fluxmq
