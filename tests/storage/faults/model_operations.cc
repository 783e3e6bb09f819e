// What each operation does to a log and to its model: before a log is asked, `during_` holds what a
// crash amid the answer may leave.
#include <algorithm>
#include <stdexcept>

#include "model_run.h"

namespace fluxmq::storage_faults {
namespace {

constexpr std::int16_t kStorageError = 56;
constexpr std::int32_t kMaxLeaderEpoch = 9;

void expect(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(what);
}

fluxmq_log_config random_config(Random& random, std::int32_t most_segment_bytes) {
  auto config = testing::default_log_config();
  config.segment_bytes = between(random, 500, most_segment_bytes);
  config.index_interval_bytes = between(random, 100, 600);
  if (chance(random, 30)) config.segment_ms = between<std::int64_t>(random, 20, 200);
  if (chance(random, 20)) config.segment_index_bytes = between(random, 36, 100);
  return config;
}

// Of a plain, an idempotent or a transactional producer; a control batch now and then.
std::string random_batch(Random& random, std::int64_t base_offset, std::int32_t leader_epoch) {
  protocol::RecordBatchFacts facts{.base_offset = base_offset,
                                   .partition_leader_epoch = leader_epoch};
  const auto kind = random() % 4;
  if (kind > 0) {
    facts.producer_id = between<std::int64_t>(random, 1000, 1003);
    facts.producer_epoch = 1;
    facts.base_sequence = static_cast<std::int32_t>(base_offset);
    facts.is_transactional = kind > 1;
    facts.is_control = kind > 2;
  }
  protocol::RecordBatchBuilder builder(facts);
  const auto timestamp_ms = 1000 + 10 * base_offset + between<std::int64_t>(random, -30, 30);
  const auto records = between(random, 1, 4);
  for (int i = 0; i < records; ++i) {
    const std::vector<std::uint8_t> value(between<std::size_t>(random, 0, 300),
                                          static_cast<std::uint8_t>(random()));
    builder.append(timestamp_ms + i, std::nullopt, protocol::Bytes(value));
  }
  const auto bytes = builder.finish();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// An offset at which a batch begins or the log ends, from the log start on.
std::int64_t random_cut(Random& random, const LogModel& model) {
  std::vector<std::int64_t> cuts{model.end.now};
  for (const Batch& batch : model.batches) {
    if (batch.last_offset >= model.start.now) cuts.push_back(batch.last_offset + 1);
  }
  return one_of(random, cuts);
}

}  // namespace

std::int16_t ModelRun::perform(const Operation& operation) {
  Random random(operation.seed);
  const auto log = operation.log;
  switch (operation.kind) {
    case Operation::Kind::kAppend:
      return append(random, log);
    case Operation::Kind::kFlush:
      return flush(log);
    case Operation::Kind::kTruncate:
      return truncate(random, log);
    case Operation::Kind::kDeleteRecords:
      return delete_records(random, log);
    case Operation::Kind::kRetention:
      return retention(random, log);
    case Operation::Kind::kRewrite:
      return rewrite(random, log);
    case Operation::Kind::kSetCleanOffset:
      return set_clean_offset(random, log);
    case Operation::Kind::kConfigure:
      // What is in the arena is of one segment.
      configs_[log] = random_config(random, arenas_ ? 20'000 : 4000);
      logs_[log]->configure(configs_[log]);
      return 0;
    case Operation::Kind::kSaveSnapshot:
      return save_snapshot(random, log);
    case Operation::Kind::kRemove:
      return remove(log);
    case Operation::Kind::kCheckpoint:
      store_->host().advance(SerialStore::kCheckpointIntervalMs);
      return 0;
    case Operation::Kind::kReopenLog:
      return reopen_log(log);
    case Operation::Kind::kRestart:
      restart(random, Crash::kNone);
      return 0;
    case Operation::Kind::kDeath:
      restart(random, Crash::kDeath);
      return 0;
    case Operation::Kind::kPowerLoss:
      restart(random, Crash::kPowerLoss);
      return 0;
  }
  return 0;
}

std::int16_t ModelRun::flush(std::size_t index) {
  const auto error = logs_[index]->flush();
  if (error == 0) models_[index].end.after_power_loss = models_[index].end.now;
  return error;
}

std::int16_t ModelRun::append(Random& random, std::size_t index) {
  LogModel& model = models_[index];
  auto offset = model.end.now;
  if (chance(random, 10)) offset += between(random, 1, 3);
  auto& epoch = leader_epochs_[index];
  if (epoch < kMaxLeaderEpoch && chance(random, 15)) ++epoch;
  auto appended = model;
  std::vector<std::string> batches;
  for (int i = between(random, 1, 3); i > 0; --i) {
    batches.push_back(random_batch(random, offset, epoch));
    appended.append(to_batch(batches.back()));
    offset = appended.end.now;
  }
  auto unanswered = appended;
  unanswered.end.after_death = model.end.after_death;
  during_.push_back(std::move(unanswered));
  const auto error = logs_[index]->append_bytes(batches, epoch).error;
  if (error == 0) model = std::move(appended);
  return error;
}

std::int16_t ModelRun::truncate(Random& random, std::size_t index) {
  LogModel& model = models_[index];
  const auto offset = random_cut(random, model);
  if (offset == model.end.now) return 0;
  auto unanswered = model;
  unanswered.end.after_death = std::min(unanswered.end.after_death, offset);
  unanswered.end.after_power_loss = std::min(unanswered.end.after_power_loss, offset);
  unanswered.start.after_death = unanswered.start.after_power_loss;
  auto cut = model;
  cut.cut(offset);
  cut.clean_offset = std::min(cut.clean_offset, offset);
  during_ = {unanswered, unanswered, cut};
  during_[1].clean_offset = cut.clean_offset;
  const auto error = logs_[index]->truncate(offset);
  if (error == 0) model = std::move(cut);
  return error;
}

std::int16_t ModelRun::delete_records(Random& random, std::size_t index) {
  LogModel& model = models_[index];
  const auto offset = between(random, model.start.now, model.end.now);
  if (offset == model.start.now) return 0;
  auto deleted = model;
  deleted.start.set(offset);
  during_.push_back(deleted);
  const auto error = logs_[index]->set_log_start_offset(offset);
  if (error == 0) model = std::move(deleted);
  return error;
}

std::int16_t ModelRun::retention(Random& random, std::size_t index) {
  LogModel& model = models_[index];
  auto config = configs_[index];
  if (chance(random, 50)) {
    config.retention_bytes = between<std::int64_t>(random, 0, logs_[index]->state().size_bytes);
  } else {
    config.retention_ms = between<std::int64_t>(random, 0, 500);
  }
  logs_[index]->configure(config);
  const auto now_ms = 1000 + 10 * model.end.now;
  const auto most =
      chance(random, 30) ? between(random, model.start.now, model.end.now) : INT64_MAX;
  const auto error = logs_[index]->apply_retention(now_ms, most);
  logs_[index]->configure(configs_[index]);
  const auto start = logs_[index]->state().log_start_offset;
  expect(start >= model.start.now, "retention lowers the log start");
  expect(start <= std::max(most, model.start.now), "retention deletes too much");
  auto unanswered = model;
  model.start.now = model.start.after_death = start;  // a power loss may bring segments back
  unanswered.start.now = start;
  during_.push_back(std::move(unanswered));
  return error;
}

std::int16_t ModelRun::rewrite(Random& random, std::size_t index) {
  LogModel& model = models_[index];
  const auto segments = logs_[index]->segments();
  if (segments.size() < 2) return 0;
  const auto first = between<std::size_t>(random, 0, segments.size() - 2);
  const auto end = between<std::size_t>(random, first + 1, segments.size() - 1);
  const auto first_offset = segments[first].base_offset;
  const auto end_offset = segments[end].base_offset;
  if (first_offset < model.start.now) return 0;

  auto rewritten = model;
  std::string kept;
  const bool keeps_most = chance(random, 50);
  std::erase_if(rewritten.batches, [&](const Batch& batch) {
    if (batch.base_offset < first_offset || batch.base_offset >= end_offset) return false;
    // The last one always stays, as core has it.
    if (batch.last_offset + 1 < end_offset && chance(random, keeps_most ? 10 : 70)) return true;
    kept += batch.bytes;
    return false;
  });
  during_.push_back(rewritten);
  auto* rewrite = logs_[index]->begin_rewrite(first_offset, end_offset);
  if (rewrite == nullptr) return kStorageError;
  auto error = logs_[index]->rewrite(rewrite, kept);
  const bool commits = chance(random, 80) && error == 0;
  if (const auto end_error = logs_[index]->end_rewrite(rewrite, commits)) error = end_error;
  if (!commits || error != 0) return error;
  model = std::move(rewritten);
  auto& durable = model.end.after_power_loss;
  durable = std::max(durable, end_offset);
  return error;
}

std::int16_t ModelRun::set_clean_offset(Random& random, std::size_t index) {
  LogModel& model = models_[index];
  const auto most = model.end.after_power_loss;
  if (most == 0) return 0;
  auto changed = model;
  changed.clean_offset = between<std::int64_t>(random, 0, most);
  during_.push_back(changed);
  const auto error = logs_[index]->set_clean_offset(changed.clean_offset);
  if (error == 0) model = std::move(changed);
  return error;
}

std::int16_t ModelRun::save_snapshot(Random& random, std::size_t index) {
  LogModel& model = models_[index];
  if (model.end.now == 0) return 0;
  auto saved = model;
  saved.snapshots[model.end.now] = std::to_string(random());
  during_.push_back(saved);
  const auto error = logs_[index]->save_snapshot(saved.end.now, saved.snapshots[saved.end.now]);
  if (error == 0) model = std::move(saved);
  return error;
}

std::int16_t ModelRun::remove(std::size_t index) {
  const LogModel gone{};
  during_.push_back(gone);
  const auto error = logs_[index]->remove();
  logs_[index] = nullptr;
  if (error != 0) return error;
  models_[index] = gone;
  open_log(index);
  return 0;
}

std::int16_t ModelRun::reopen_log(std::size_t index) {
  logs_[index]->close();
  open_log(index);
  if (logs_[index]) models_[index].end.after_power_loss = models_[index].end.now;
  return 0;
}

}  // namespace fluxmq::storage_faults
