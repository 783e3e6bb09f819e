// What a partition must know of its producers, by Kafka's rules.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "batch.h"
#include "fluxmq/protocol/errors.h"

namespace fluxmq::core_model {

// The newest batches of a producer's epoch, oldest first.
struct KnownProducer {
  struct Known {
    std::int32_t base_sequence;
    std::int32_t last_sequence;
    std::int64_t base_offset;
    std::int64_t last_offset;
  };
  std::int16_t epoch = protocol::kNoProducerEpoch;
  std::deque<Known> batches{};

  std::int32_t last_sequence() const {
    return batches.empty() ? protocol::kNoSequence : batches.back().last_sequence;
  }
};

class ProducerModel {
 public:
  struct Verdict {
    protocol::ErrorCode error = protocol::ErrorCode::NONE;
    std::optional<std::int64_t> duplicate_of{};  // the offset that is answered
  };
  Verdict check(const Batch& batch) const;
  void append(const Batch& batch);

  // By id; the test puts in what a restart has left.
  std::map<std::int64_t, KnownProducer> producers;
};

}  // namespace fluxmq::core_model
