// What a broker still knows of its producers after a restart, learnt by sending batches again.
#include <stdexcept>

#include "model_run.h"

namespace fluxmq::core_model {
namespace {

using Known = KnownProducer::Known;

// As many records as the batch had; what is in them isn't looked at.
AppendResult send(CoreBroker& broker, core::Partition& partition, const Producer& producer,
                  std::int32_t base_sequence, std::int64_t count, std::int64_t now_ms) {
  Batch batch{.producer = producer, .base_sequence = base_sequence};
  for (std::int64_t i = 0; i < count; ++i)
    batch.records.push_back({.timestamp_ms = now_ms, .key = "again", .value = ""});
  std::vector<CoreBroker::Append> appends{{to_bytes(batch), {}}};
  broker.append(partition, appends);
  return *appends[0].result;
}

// The batches of the producer's epoch that were appended, up to the one that it was told of.
std::vector<Known> batches_of(const PartitionModel& model, const fluxmq_producer_state& told) {
  std::vector<Known> all, told_of;
  for (const auto& each : model.batches) {
    const Batch& batch = each.batch;
    if (batch.producer !=
            Producer{told.producer_id, static_cast<std::int16_t>(told.producer_epoch)} ||
        batch.is_control) {
      continue;
    }
    all.push_back(
        {batch.base_sequence, batch.last_sequence(), batch.base_offset, batch.last_offset});
    if (batch.last_sequence() == told.last_sequence) told_of = all;
  }
  return told_of;
}

}  // namespace

void ModelRun::adopt_producers(CoreBroker& broker, core::Partition& partition,
                               const FoundPartition& found, TopicModel& topic) const {
  constexpr std::size_t kRemembered = 5;
  PartitionModel left = topic.partition;
  left.cut(found.end);
  ProducerModel producers;
  for (const auto& [id, told] : found.producers) {
    const Producer producer{id, static_cast<std::int16_t>(told.producer_epoch)};
    KnownProducer known{.epoch = producer.epoch};
    auto batches = batches_of(left, told);
    for (; !batches.empty() && known.batches.size() < kRemembered; batches.pop_back()) {
      const Known& batch = batches.back();
      // It was forgotten, and began anew.
      if (!known.batches.empty() &&
          protocol::add_sequence(batch.last_sequence, 1) != known.batches.front().base_sequence)
        break;
      const auto answer = send(broker, partition, producer, batch.base_sequence,
                               batch.last_offset - batch.base_offset + 1, now_ms_);
      if (answer.error == ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER && !known.batches.empty()) break;
      if (answer.error != ErrorCode::NONE || answer.base_offset != batch.base_offset) {
        throw std::runtime_error(concat("producer ", id, " sends its batch at ", batch.base_offset,
                                        " again, and is told ", answer.base_offset, ", error ",
                                        protocol::to_int16(answer.error)));
      }
      known.batches.push_front(batch);
    }
    const auto gap = protocol::add_sequence(known.last_sequence(), 2);
    const auto answer = send(broker, partition, producer, gap, 1, now_ms_);
    if (answer.error != ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER) {
      throw std::runtime_error(concat("producer ", id, " may leave out a batch"));
    }
    producers.producers.emplace(id, std::move(known));
  }
  topic.partition.producers = std::move(producers);
}

}  // namespace fluxmq::core_model
