#include "model_run.h"

#include <cstring>
#include <stdexcept>

namespace fluxmq::core_model {
namespace {

using storage_faults::FaultyFileSystem;
using storage_faults::SimulatedDisk;

constexpr std::array<const char*, kTopics> kNames{"one", "two"};
constexpr std::int64_t kFirstMs = 1'800'000'000'000;

CoreBroker::Configs configs_of(const core::TopicVersion& topic) {
  CoreBroker::Configs configs;
  for (const auto& [index, value] : topic.configs)
    configs.emplace(core::topic_config_definitions()[index].name, value);
  return configs;
}

}  // namespace

std::int64_t TopicModel::config(const char* key, std::int64_t otherwise) const {
  const auto found = configs.find(key);
  return found == configs.end() ? otherwise : std::stoll(found->second);
}

bool TopicModel::has_policy(const char* policy) const {
  const auto found = configs.find("cleanup.policy");
  const auto& policies = found == configs.end() ? "delete" : found->second;
  return policies.find(policy) != std::string::npos;
}

ModelRun::ModelRun() : disk_(std::make_shared<SimulatedDisk>()), now_ms_(kFirstMs) {
  start({});
}

ModelRun::~ModelRun() {
  files_->kill();
  metadata_->kill();
}

void ModelRun::start(DurableMetadata::Pairs metadata) {
  files_ = std::make_unique<FaultyFileSystem>(disk_, seed_);
  files_->on_change([this] { take_crash_point(); });
  metadata_ = std::make_unique<DurableMetadata>(std::move(metadata));
  metadata_->on_change([this] { take_crash_point(); });
  broker_ = std::make_unique<CoreBroker>(*files_, *metadata_, now_ms_);
}

void ModelRun::run(const Operations& operations) {
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const Operation& operation = operations[i];
    try {
      seed_ = operation.seed;
      changes_ = 0;
      broker_->set_now_ms(++now_ms_);
      for (std::size_t topic = 0; topic < kTopics; ++topic) during_[topic] = {models_[topic]};
      perform(operation);
      check_crash_points();
      check_now();
      take_crash_point();  // it is answered: nothing is in flight
      check_crash_points();
    } catch (const std::exception& failure) {
      throw std::runtime_error(concat("operation ", i, ": ", failure.what()));
    }
  }
}

void ModelRun::restart(Random& random, Crash crash) {
  if (crash == Crash::kNone) {
    broker_->stop();
    check_crash_points();
    for (Model& model : models_) {
      if (model) model->partition.end.after_power_loss = model->partition.end.now;
    }
  }
  files_->kill();
  metadata_->kill();
  broker_ = nullptr;
  auto metadata = metadata_->pairs();
  During models;
  for (std::size_t i = 0; i < kTopics; ++i) models[i] = {models_[i]};
  if (crash != Crash::kNone && !last_.empty() && chance(random, 50)) {
    // Amid the operation before.
    const CrashPoint& point = one_of(random, last_);
    crash = point.crash;
    disk_ = crash == Crash::kDeath ? point.disk->after_death() : point.disk->after_power_loss(0);
    metadata = point.metadata;
    models = last_during_;
  } else if (crash == Crash::kPowerLoss) {
    disk_ = disk_->after_power_loss(random());
  }
  {
    const std::lock_guard lock(taken_mutex_);
    taken_.clear();
  }
  start(std::move(metadata));
  for (std::size_t i = 0; i < kTopics; ++i) {
    adopt(i, models[i], crash);
    during_[i] = {models_[i]};
  }
}

core::TopicReference ModelRun::find(CoreBroker& broker, std::size_t index) const {
  return broker.find(kNames[index]);
}

core::Partition& ModelRun::partition(std::size_t index) {
  return *find(*broker_, index)->partitions[0];
}

void ModelRun::create(Random& random, std::size_t index) {
  TopicModel made;
  for (std::size_t at = 0; at < sizeof(made.id.bytes); ++at)
    made.id.bytes[at] = static_cast<std::uint8_t>(random() | 1);
  made.leader_epoch = between(random, 0, 3);
  made.configs = {{"segment.index.bytes", std::to_string(between(random, 24, 100))},
                  {"index.interval.bytes", std::to_string(between(random, 0, 300))},
                  {"cleanup.policy", chance(random, 70) ? "compact" : "delete"},
                  {"min.cleanable.dirty.ratio", "0.1"},
                  {"delete.retention.ms", "100"}};
  during_[index] = {std::nullopt, made};
  const auto error = broker_->create(kNames[index], made.id, made.leader_epoch, made.configs);
  if (error != ErrorCode::NONE) throw std::runtime_error("a topic can't be created");
  models_[index] = std::move(made);
}

void ModelRun::remove(std::size_t index) {
  during_[index] = {models_[index], std::nullopt};
  if (broker_->remove(*find(*broker_, index)) != ErrorCode::NONE) {
    throw std::runtime_error("a topic can't be removed");
  }
  models_[index] = std::nullopt;
}

void ModelRun::take_crash_point() {
  const std::lock_guard lock(taken_mutex_);
  const auto change = changes_++;
  const auto seed = seed_ + static_cast<std::uint64_t>(change);
  const auto pairs = metadata_->pairs();
  taken_.push_back({files_->disk().after_death(), pairs, Crash::kDeath, change, seed});
  taken_.push_back({files_->disk().after_power_loss(seed), pairs, Crash::kPowerLoss, change, seed});
}

void ModelRun::check_crash_points() {
  {
    const std::lock_guard lock(taken_mutex_);
    if (taken_.empty()) return;
    last_ = std::exchange(taken_, {});
  }
  last_during_ = during_;
  for (const CrashPoint& point : last_) {
    ++crash_points_;
    try {
      check_crash_point(point);
    } catch (const std::exception& failure) {
      throw std::runtime_error(concat("after change ", point.change, ", ",
                                      point.crash == Crash::kDeath ? "death" : "power loss",
                                      ", seed ", point.seed, ": ", failure.what(), "\n",
                                      point.disk->to_text()));
    }
  }
  for (std::size_t i = 0; i < kTopics; ++i) during_[i] = {models_[i]};
}

void ModelRun::check_crash_point(const CrashPoint& point) {
  // What the check does to the disk must not be there when a crash goes on from it.
  FaultyFileSystem files(point.disk->after_death(), point.seed);
  DurableMetadata metadata(point.metadata);
  CoreBroker broker(files, metadata, now_ms_);
  for (std::size_t i = 0; i < kTopics; ++i) {
    check_topic(broker, i, last_during_[i], point.crash);
  }
  files.kill();
  metadata.kill();
}

const ModelRun::Model& ModelRun::check_topic(CoreBroker& broker, std::size_t index,
                                             const Models& models, Crash crash) const {
  const auto topic = find(broker, index);
  std::string wrong;
  std::optional<FoundPartition> found;
  for (const Model& model : models) {
    std::string difference;
    if (!model || topic == nullptr) {
      if (!model && topic == nullptr) return model;
      difference = topic == nullptr ? "there is no such topic" : "there is such a topic";
    } else if (std::memcmp(topic->id.bytes, model->id.bytes, sizeof(model->id.bytes)) != 0) {
      difference = "it is another topic";
    } else if (configs_of(*topic) != model->configs) {
      difference = "it has other configs";
    } else {
      if (!found) found = look_at(broker, *topic->partitions[0], model->leader_epoch);
      difference = core_model::difference(*found, model->partition, crash);
      if (difference.empty() && crash != Crash::kNone) {
        TopicModel copy = *model;
        adopt_producers(broker, *topic->partitions[0], *found, copy);
      }
    }
    if (difference.empty()) return model;
    wrong += wrong.empty() ? difference : "; " + difference;
  }
  throw std::runtime_error(concat(kNames[index], ": ", wrong));
}

void ModelRun::check_now() {
  for (std::size_t i = 0; i < kTopics; ++i) check_topic(*broker_, i, {models_[i]}, Crash::kNone);
}

void ModelRun::adopt(std::size_t index, const Models& models, Crash crash) {
  // A broker that was stopped knows less of its producers, too.
  Models left = models;
  if (crash == Crash::kNone && left[0]) {
    left[0]->partition.end.after_death = left[0]->partition.end.now;
  }
  const auto as = crash == Crash::kNone ? Crash::kDeath : crash;
  Model model = check_topic(*broker_, index, left, as);
  if (model) {
    auto& partition = this->partition(index);
    const auto found = look_at(*broker_, partition, model->leader_epoch);
    model->partition.adopt(found, crash);
    adopt_producers(*broker_, partition, found, *model);
  }
  models_[index] = std::move(model);
}

}  // namespace fluxmq::core_model
