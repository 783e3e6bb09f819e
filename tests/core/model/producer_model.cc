#include "producer_model.h"

namespace fluxmq::core_model {
namespace {

using protocol::ErrorCode;

// As many as a producer may have under way.
constexpr std::size_t kRemembered = 5;

}  // namespace

ProducerModel::Verdict ProducerModel::check(const Batch& batch) const {
  const auto found = producers.find(batch.producer.id);
  if (!batch.is_of_producer() || found == producers.end()) return {};
  const KnownProducer& known = found->second;
  if (batch.producer.epoch < known.epoch) return {ErrorCode::INVALID_PRODUCER_EPOCH};
  const bool is_new_epoch = batch.producer.epoch > known.epoch;
  for (const auto& before : known.batches) {
    if (!is_new_epoch && before.base_sequence == batch.base_sequence &&
        before.last_sequence == batch.last_sequence()) {
      return {ErrorCode::NONE, before.base_offset};
    }
  }
  const bool begins = is_new_epoch || known.batches.empty();
  const auto next = begins ? 0 : protocol::add_sequence(known.last_sequence(), 1);
  if (batch.base_sequence != next) return {ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER};
  return {};
}

void ProducerModel::append(const Batch& batch) {
  if (!batch.is_of_producer()) return;
  KnownProducer& known = producers[batch.producer.id];
  if (known.epoch != batch.producer.epoch) known = {.epoch = batch.producer.epoch};
  if (batch.is_control) return;
  known.batches.push_back(
      {batch.base_sequence, batch.last_sequence(), batch.base_offset, batch.last_offset});
  if (known.batches.size() > kRemembered) known.batches.pop_front();
}

}  // namespace fluxmq::core_model
