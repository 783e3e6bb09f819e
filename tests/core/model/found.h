// What a partition tells of itself, asked for in many ways that must agree.
#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "batch.h"
#include "core_broker.h"

namespace fluxmq::core_model {

struct FoundPartition {
  std::int64_t start = 0, end = 0;
  std::int64_t clean_offset = 0;
  std::vector<std::int64_t> segments;  // where they begin
  std::vector<Batch> batches;          // from the start on
  std::map<std::int64_t, fluxmq_producer_state> producers;
};

// Throws std::runtime_error if what it tells doesn't agree.
FoundPartition look_at(CoreBroker& broker, core::Partition& partition, std::int32_t leader_epoch);

}  // namespace fluxmq::core_model
