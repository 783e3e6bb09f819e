// What each operation but the append does to a topic and to its model: before the broker is asked,
// `during_` holds what a crash amid the answer may leave.
#include <algorithm>
#include <array>
#include <stdexcept>

#include "fluxmq/testing/test_log.h"
#include "model_run.h"

namespace fluxmq::core_model {
namespace {

void expect(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(what);
}

struct Config {
  const char* key;
  std::vector<const char*> values;
};

const std::vector<Config>& configs() {
  static const std::vector<Config> kConfigs{
      {"cleanup.policy", {"compact", "compact", "delete", "compact,delete"}},
      {"delete.retention.ms", {"0", "100", "1000"}},
      {"flush.messages", {"1", "4"}},
      {"index.interval.bytes", {"0", "200", "1000"}},
      {"max.compaction.lag.ms", {"300", "100000"}},
      {"min.cleanable.dirty.ratio", {"0.0", "0.1", "0.5"}},
      {"min.compaction.lag.ms", {"0", "200"}},
      {"retention.bytes", {"-1", "500", "3000"}},
      {"retention.ms", {"-1", "500", "3000"}},
      {"segment.index.bytes", {"24", "60", "100"}},
      {"segment.ms", {"50", "1000"}},
      {"file.delete.delay.ms", {"0", "60000"}},
  };
  return kConfigs;
}

}  // namespace

void ModelRun::perform(const Operation& operation) {
  Random random(operation.seed);
  const auto topic = operation.topic;
  if (operation.kind == Operation::Kind::kCreateOrRemove) {
    return models_[topic] ? remove(topic) : create(random, topic);
  }
  using Kind = Operation::Kind;
  switch (operation.kind) {
    case Kind::kClean:
      return clean();
    case Kind::kLetTimePass:
      now_ms_ += one_of(random, std::array{10, 100, 500, 2000});
      return broker_->set_now_ms(now_ms_);
    case Kind::kCheckpoint:
      return broker_->checkpoint();
    case Kind::kRestart:
      return restart(random, Crash::kNone);
    case Kind::kDeath:
      return restart(random, Crash::kDeath);
    case Kind::kPowerLoss:
      return restart(random, Crash::kPowerLoss);
    default:
      break;
  }
  // A list that was made shorter may lack the creation.
  if (!models_[topic]) create(random, topic);
  check_crash_points();
  if (operation.kind == Kind::kAppend) return append(random, topic);
  if (operation.kind == Kind::kFlush) return flush(topic);
  if (operation.kind == Kind::kRetain) return retain(topic);
  if (operation.kind == Kind::kDeleteRecords) return delete_records(random, topic);
  if (operation.kind == Kind::kConfigure) return configure(random, topic);
}

void ModelRun::flush(std::size_t index) {
  partition(index).flush();
  broker_->settle();
  auto& end = models_[index]->partition.end;
  end.after_power_loss = end.now;
}

// As often as the cleaner finds something to do.
void ModelRun::clean() {
  constexpr int kMostCleanings = 3;
  for (int i = 0; i < kMostCleanings && clean_once(); ++i) check_crash_points();
}

bool ModelRun::clean_once() {
  std::array<std::int64_t, kTopics> clean_offsets{};
  const auto time_of = [this](const TopicModel& topic) {
    return CleaningTime{now_ms_, topic.config("delete.retention.ms", 86'400'000),
                        topic.config("min.compaction.lag.ms", 0)};
  };
  for (std::size_t i = 0; i < kTopics; ++i) {
    if (!models_[i] || !models_[i]->has_policy("compact")) continue;
    const auto found = look_at(*broker_, partition(i), models_[i]->leader_epoch);
    clean_offsets[i] = found.clean_offset;
    TopicModel topic = *models_[i];
    if (!found.segments.empty()) {
      topic.partition.may_be_cleaned(time_of(topic), found.segments.back());
    }
    during_[i] = {topic};
  }
  const bool cleaned = broker_->clean_dirtiest();
  for (std::size_t i = 0; i < kTopics; ++i) {
    if (!models_[i] || !models_[i]->has_policy("compact")) continue;
    const auto found = look_at(*broker_, partition(i), models_[i]->leader_epoch);
    if (!cleaned || found.clean_offset == clean_offsets[i]) continue;
    TopicModel topic = *during_[i][0];
    topic.partition.was_cleaned(time_of(topic), clean_offsets[i], found);
    models_[i] = std::move(topic);
  }
  return cleaned;
}

void ModelRun::retain(std::size_t index) {
  TopicModel& topic = *models_[index];
  broker_->retain(partition(index));
  const auto found = look_at(*broker_, partition(index), topic.leader_epoch);
  const bool deletes = topic.has_policy("delete");
  const auto retention_ms = deletes ? topic.config("retention.ms", -1) : -1;
  const bool by_size = deletes && topic.config("retention.bytes", -1) >= 0;
  auto& model = topic.partition;
  expect(found.start >= model.start.now, "retention lowers the log start");
  for (const auto& each : model.batches) {
    for (const Record& record : each.batch.records) {
      if (record.offset < model.start.now || record.offset >= found.start || by_size) continue;
      expect(retention_ms >= 0, "retention deletes what is to stay");
      expect(now_ms_ - record.timestamp_ms > retention_ms, "retention deletes too early");
    }
  }
  TopicModel unanswered = topic;
  model.start.now = model.start.after_death = found.start;  // a power loss may bring segments back
  unanswered.partition.start.now = found.start;
  during_[index] = {unanswered};
}

void ModelRun::delete_records(Random& random, std::size_t index) {
  TopicModel& topic = *models_[index];
  auto& model = topic.partition;
  auto offset = between(random, model.start.now - 1, model.end.now + 1);
  auto expected = ErrorCode::NONE;
  const auto deleted_up_to = offset == -1 ? model.end.now : offset;
  if (!topic.has_policy("delete")) {
    expected = ErrorCode::POLICY_VIOLATION;
  } else if (deleted_up_to < 0 || deleted_up_to > model.end.now) {
    expected = ErrorCode::OFFSET_OUT_OF_RANGE;
  }
  const bool moves = expected == ErrorCode::NONE && deleted_up_to > model.start.now;
  TopicModel unanswered = topic;
  if (moves) unanswered.partition.start.now = deleted_up_to;
  during_[index] = {unanswered};
  struct Answer {
    std::int16_t error = -1;
    std::int64_t low_watermark = -1;
  } answer;
  partition(index).delete_records(
      offset,
      [](void* context, std::int16_t error, std::int64_t low_watermark) {
        *static_cast<Answer*>(context) = {error, low_watermark};
      },
      &answer);
  broker_->settle();
  expect(answer.error == protocol::to_int16(expected), "DeleteRecords is answered otherwise");
  if (moves) model.start.set(deleted_up_to);
  const auto told = expected == ErrorCode::NONE ? model.start.now : -1;
  expect(answer.low_watermark == told, "DeleteRecords tells another low watermark");
}

void ModelRun::configure(Random& random, std::size_t index) {
  const Config& config = one_of(random, configs());
  const char* value = one_of(random, config.values);
  TopicModel topic = *models_[index];
  topic.configs[config.key] = value;
  during_[index] = {models_[index], topic};
  const fluxmq_config_change change{FLUXMQ_CONFIG_SET, 0, to_abi(std::string_view(config.key)),
                                    to_abi(std::string_view(value))};
  const auto error = broker_->alter(find(*broker_, index)->identity->name, {change});
  expect(error == ErrorCode::NONE, "a config can't be changed");
  models_[index] = std::move(topic);
}

}  // namespace fluxmq::core_model
