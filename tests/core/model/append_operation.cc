// A turn in which producers of all kinds append, some of them wrongly.
#include <stdexcept>

#include "model_run.h"

namespace fluxmq::core_model {
namespace {

constexpr int kKeys = 12;

enum class Sends : std::uint8_t { kNext, kAgain, kGap, kNewEpoch, kOldEpoch };

Sends random_sends(Random& random) {
  const auto percent = random() % 100;
  if (percent < 70) return Sends::kNext;
  if (percent < 84) return Sends::kAgain;
  if (percent < 89) return Sends::kGap;
  return percent < 96 ? Sends::kNewEpoch : Sends::kOldEpoch;
}

// One of the newest of the producer's epoch, known or forgotten.
const Batch* batch_to_repeat(Random& random, const PartitionModel& model,
                             const Producer& producer) {
  constexpr std::size_t kTried = 8;
  std::vector<const Batch*> newest;
  for (auto at = model.batches.rbegin(); at != model.batches.rend() && newest.size() < kTried;
       ++at) {
    if (at->batch.producer == producer && !at->batch.is_control) newest.push_back(&at->batch);
  }
  return newest.empty() ? nullptr : one_of(random, newest);
}

}  // namespace

void ModelRun::give_records(Random& random, const TopicModel& topic, Batch& batch) {
  const bool may_lack_key = !topic.has_policy("compact");
  for (int i = between(random, 1, 4); i > 0; --i) {
    Record record{.timestamp_ms = now_ms_ + between<std::int64_t>(random, -20, 20)};
    record.key = concat("key ", between(random, 1, kKeys));
    if (may_lack_key && chance(random, 20)) record.key = std::nullopt;
    record.value = concat("value ", ++next_value_, std::string(random() % 60, '.'));
    if (chance(random, 15)) record.value = std::nullopt;
    batch.records.push_back(std::move(record));
  }
}

Batch ModelRun::random_batch(Random& random, TopicModel& topic, std::uint32_t& flags) {
  Batch batch{.leader_epoch = topic.leader_epoch};
  const auto& model = topic.partition;
  const auto kind = random() % 100;
  if (kind < 30) {
    give_records(random, topic, batch);
    return batch;
  }
  batch.is_transactional = kind >= 70;
  const auto first_id = batch.is_transactional ? 2001 : 1001;
  batch.producer = {between<std::int64_t>(random, first_id, first_id + 2), 0};
  KnownProducer known{.epoch = 0};
  const auto found = model.producers.producers.find(batch.producer.id);
  if (found != model.producers.producers.end()) known = found->second;
  batch.producer.epoch = known.epoch;
  if (kind >= 90) {  // a coordinator's; with the next epoch if the producer is to be fenced
    flags = FLUXMQ_APPEND_INTERNAL;
    batch.is_control = true;
    if (chance(random, 20)) ++batch.producer.epoch;
    batch.marker = chance(random, 50) ? core::MarkerType::kAbort : core::MarkerType::kCommit;
    batch.records.push_back(marker_record(*batch.marker, now_ms_));
    return batch;
  }
  give_records(random, topic, batch);
  batch.base_sequence = protocol::add_sequence(known.last_sequence(), 1);
  const auto sends = random_sends(random);
  if (sends == Sends::kGap) ++batch.base_sequence;
  if (sends == Sends::kOldEpoch && known.epoch > 0) --batch.producer.epoch;
  if (sends == Sends::kNewEpoch) {
    ++batch.producer.epoch;
    batch.base_sequence = 0;
  }
  const Batch* again = batch_to_repeat(random, model, batch.producer);
  if (sends == Sends::kAgain && again != nullptr) {
    batch.base_sequence = again->base_sequence;
    const auto count = static_cast<std::size_t>(again->last_offset - again->base_offset + 1);
    while (batch.records.size() < count) batch.records.push_back(batch.records.front());
    batch.records.resize(count);
  }
  return batch;
}

void ModelRun::append(Random& random, std::size_t index) {
  constexpr int kMostInATurn = 7;
  TopicModel& topic = *models_[index];
  TopicModel unanswered = topic;
  auto& model = unanswered.partition;
  const auto end_before = model.end;
  std::vector<CoreBroker::Append> appends;
  std::vector<ProducerModel::Verdict> verdicts;
  bool is_flushed = false;
  for (int i = between(random, 1, kMostInATurn); i > 0; --i) {
    AppendOptions options{.acks = static_cast<std::int16_t>(chance(random, 25) ? -1 : 1)};
    Batch batch = random_batch(random, unanswered, options.flags);
    batch.base_offset = model.end.now;
    batch.last_offset = batch.base_offset + static_cast<std::int64_t>(batch.records.size()) - 1;
    appends.push_back({to_bytes(batch), options});
    auto verdict = batch.is_control ? ProducerModel::Verdict{} : model.producers.check(batch);
    const bool is_stored = verdict.error == ErrorCode::NONE && !verdict.duplicate_of;
    if (verdict.error == ErrorCode::NONE) is_flushed |= options.acks == -1;
    if (is_stored) {
      is_flushed |= topic.config("flush.messages", 0) == 1;
      verdict.duplicate_of = batch.base_offset;  // as it will be answered
      for (std::size_t at = 0; at < batch.records.size(); ++at)
        batch.records[at].offset = batch.base_offset + static_cast<std::int64_t>(at);
      model.append(std::move(batch));
    }
    verdicts.push_back(verdict);
  }
  TopicModel answered = unanswered;
  model.end.after_death = end_before.after_death;
  during_[index] = {unanswered};
  broker_->append(partition(index), appends);
  for (std::size_t i = 0; i < appends.size(); ++i) {
    const auto& [error, offset] = verdicts[i];
    const auto& result = *appends[i].result;
    if (result.error != error || result.base_offset != offset.value_or(-1)) {
      throw std::runtime_error(concat("append ", i, " is answered with offset ", result.base_offset,
                                      ", error ", protocol::to_int16(result.error), ", not with ",
                                      offset.value_or(-1), ", ", protocol::to_int16(error)));
    }
  }
  if (is_flushed) answered.partition.end.after_power_loss = answered.partition.end.now;
  topic = std::move(answered);
}

}  // namespace fluxmq::core_model
