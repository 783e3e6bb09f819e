#include "model_run.h"

#include <algorithm>

#include "fluxmq/host.h"

namespace fluxmq::storage_faults {
namespace {

using testing::TestLog;

constexpr std::array<const char*, kLogs> kTopics{"one", "two"};

}  // namespace

ModelRun::ModelRun() : disk_(std::make_shared<SimulatedDisk>()) {
  configs_.fill(testing::default_log_config());
  for (auto& config : configs_) {
    config.segment_bytes = 1500;
    config.index_interval_bytes = 200;
  }
  start();
  check_crash_points(0);
}

ModelRun::~ModelRun() {
  forget_logs();
}

void ModelRun::forget_logs() {
  for (auto& log : logs_) {
    if (log) log->forget();
    log = nullptr;
  }
}

void ModelRun::open_log(std::size_t index) {
  logs_[index] = std::make_unique<TestLog>(store_->logs(), kTopics[index], 0, configs_[index]);
}

void ModelRun::start() {
  files_ = std::make_unique<FaultyFileSystem>(disk_, seed_);
  files_->on_change([this] { take_crash_point(); });
  store_ = std::make_unique<SerialStore>(*files_);
  for (std::size_t i = 0; i < kLogs; ++i) open_log(i);
}

void ModelRun::run(const Operations& operations) {
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const Operation& operation = operations[i];
    try {
      seed_ = operation.seed;
      changes_ = 0;
      during_ = {models_[operation.log]};
      perform(operation);
      store_->host().wait_idle();
      check_crash_points(operation.log);
      check_now();
      take_crash_point();  // it is answered: nothing is in flight
      during_ = {models_[operation.log]};
      check_crash_points(operation.log);
    } catch (const std::exception& failure) {
      throw std::runtime_error(concat("operation ", i, ": ", failure.what()));
    }
  }
}

void ModelRun::restart(Random& random, Crash crash) {
  store_->host().wait_idle();
  forget_logs();
  during_ = {};
  if (crash == Crash::kNone) {
    store_->stop();
    check_crash_points(0);
    for (LogModel& model : models_) model.end.after_power_loss = model.end.now;
  }
  files_->kill();
  store_ = nullptr;
  if (crash == Crash::kPowerLoss) disk_ = disk_->after_power_loss(random());
  start();
  store_->host().wait_idle();
  for (std::size_t i = 0; i < kLogs; ++i) {
    const auto found = look_at(*logs_[i]);
    const auto wrong = difference(found, models_[i], crash);
    if (!wrong.empty()) throw std::runtime_error(concat(kTopics[i], ": ", wrong));
    adopt(models_[i], found, crash);
  }
  during_ = {};
}

void ModelRun::adopt(LogModel& model, const FoundLog& found, Crash crash) {
  model.cut(found.end);
  model.end.now = model.end.after_death = found.end;
  model.start.now = model.start.after_death = found.start;
  if (crash == Crash::kDeath) return;
  // It was read from the disk.
  model.end.after_power_loss = found.end;
}

void ModelRun::take_crash_point() {
  const auto change = changes_++;
  const auto seed = seed_ + static_cast<std::uint64_t>(change);
  taken_.push_back({files_->disk().after_death(), Crash::kDeath, change, seed});
  taken_.push_back({files_->disk().after_power_loss(seed), Crash::kPowerLoss, change, seed});
}

void ModelRun::check_crash_points(std::size_t index) {
  if (during_.empty()) during_ = {models_[index]};
  for (CrashPoint& point : std::exchange(taken_, {})) {
    ++crash_points_;
    const auto where =
        concat("after change ", point.change, ", ",
               point.crash == Crash::kDeath ? "death" : "power loss", ", seed ", point.seed, ": ");
    const std::string disk = point.disk->to_text();
    try {
      check_crash_point(std::move(point), index);
    } catch (const std::exception& failure) {
      throw std::runtime_error(concat(where, failure.what(), "\n", disk));
    }
  }
}

void ModelRun::check_crash_point(CrashPoint point, std::size_t index) {
  FaultyFileSystem files(std::move(point.disk), point.seed);
  SerialStore store(files);
  for (std::size_t i = 0; i < kLogs; ++i) {
    TestLog log(store.logs(), kTopics[i], 0, configs_[i]);
    const auto found = look_at(log);
    std::string wrong;
    for (const LogModel& model : i == index ? during_ : Models{models_[i]}) {
      const auto difference = storage_faults::difference(found, model, point.crash);
      wrong += wrong.empty() ? difference : "; " + difference;
      if (difference.empty()) {
        wrong.clear();
        break;
      }
    }
    log.forget();
    if (!wrong.empty()) throw std::runtime_error(concat(kTopics[i], ": ", wrong));
  }
}

void ModelRun::check_now() {
  for (std::size_t i = 0; i < kLogs; ++i) {
    const auto wrong = difference(look_at(*logs_[i]), models_[i], Crash::kNone);
    if (!wrong.empty()) throw std::runtime_error(concat(kTopics[i], ": ", wrong));
  }
}

}  // namespace fluxmq::storage_faults
