#include "model_run.h"

#include <algorithm>

#include "fluxmq/host.h"

namespace fluxmq::storage_faults {
namespace {

using testing::TestLog;

constexpr std::array<const char*, kLogs> kTopics{"one", "two"};

FoundLog look(std::size_t index, TestLog& log) {
  try {
    return look_at(log);
  } catch (const std::runtime_error& failure) {
    throw std::runtime_error(concat(kTopics[index], ": ", failure.what()));
  }
}

// If it is refused. Others may be done or not: only a restart tells.
bool leaves_log_as_it_was(Operation::Kind kind) {
  using Kind = Operation::Kind;
  return kind == Kind::kAppend || kind == Kind::kFlush || kind == Kind::kRetention;
}

}  // namespace

ModelRun::ModelRun(Appends appends) : disk_(std::make_shared<SimulatedDisk>()) {
  if (appends == Appends::kToArena) arenas_.emplace();
  configs_.fill(testing::default_log_config());
  for (auto& config : configs_) {
    config.segment_bytes = 1500;
    config.index_interval_bytes = 200;
  }
  // It takes more than one block.
  if (arenas_) configs_.back().segment_bytes = 12'000;
  start();
  check_crash_points(0);
}

ModelRun::~ModelRun() {
  end_process();
}

void ModelRun::forget_logs() {
  for (auto& log : logs_) {
    if (log) log->forget();
    log = nullptr;
  }
}

void ModelRun::end_process() {
  note_failure();
  forget_logs();
  files_->kill();
  store_ = nullptr;
}

// A call that fails may keep it closed.
void ModelRun::open_log(std::size_t index) {
  try {
    logs_[index] = std::make_unique<TestLog>(store_->logs(), kTopics[index], 0, configs_[index]);
  } catch (const std::runtime_error&) {
    logs_[index] = nullptr;
    if (!files_->failed_change()) throw;
  }
}

bool ModelRun::is_closed(std::size_t index) const {
  auto* log = logs_[index].get();
  return log == nullptr || log->read(log->state().log_start_offset).error != 0;
}

void ModelRun::start() {
  files_ = std::make_unique<FaultyFileSystem>(disk_, seed_);
  files_->on_change([this] { take_crash_point(); });
  if (failing_ != nullptr && !failed_) {
    files_->fail_change_after(failing_->failing_change, failing_->error);
  }
  try {
    store_ = std::make_unique<SerialStore>(
        *files_, arenas_ ? arenas_->settings() : storage_local::TailSettings{});
    for (std::size_t i = 0; i < kLogs; ++i) open_log(i);
  } catch (const std::exception&) {
    if (!files_->failed_change()) throw;
  }
}

void ModelRun::note_failure() {
  const auto call = files_->failed_change();
  failed_ |= call.has_value();
  sync_failed_ |= call == FileCall::kSync;
}

void ModelRun::run(const Operations& operations) {
  for (std::size_t i = 0; i < operations.size(); ++i) {
    try {
      run(operations[i]);
    } catch (const std::exception& failure) {
      throw std::runtime_error(concat("operation ", i, ": ", failure.what()));
    }
  }
}

void ModelRun::run(const Operation& operation) {
  seed_ = operation.seed;
  changes_ = 0;
  failed_ = sync_failed_ = false;
  during_ = {models_[operation.log]};
  if (operation.failing_change >= 0) {
    failing_ = &operation;
    files_->fail_change_after(operation.failing_change, operation.error);
  }
  const auto error = perform(operation);
  note_failure();
  failing_ = nullptr;
  check_crash_points(operation.log);
  if (!failed_ && error != 0) throw std::runtime_error("it is refused");
  failed_calls_ += failed_ ? 1 : 0;
  files_->repair();
  const bool is_told = error == 0 || leaves_log_as_it_was(operation.kind);
  if (failed_ && (!is_told || is_closed(0) || is_closed(1))) {
    Random random(operation.seed);
    // The process's death doesn't tell which of two states the disk has.
    const bool dies = is_told && random() % 2 == 0;
    come_back(random, dies ? Crash::kDeath : Crash::kPowerLoss, operation.log);
    taken_.clear();  // the restart wasn't the operation
  }
  take_crash_point();  // it is answered: nothing is in flight
  during_ = {models_[operation.log]};
  check_crash_points(operation.log);
  // Who looks into files has what is in the arena written out: not each time.
  if (arenas_ && !failed_ && operation.seed % 4 != 0) return;
  check_now();
  check_crash_points(operation.log);
}

void ModelRun::restart(Random& random, Crash crash) {
  during_ = {};
  if (crash == Crash::kNone) {
    forget_logs();
    store_->stop();
    note_failure();
    check_crash_points(0);
    if (failed_) {
      crash = Crash::kDeath;
    } else {
      for (LogModel& model : models_) model.end.after_power_loss = model.end.now;
    }
  }
  come_back(random, crash, 0);
}

void ModelRun::come_back(Random& random, Crash crash, std::size_t index) {
  end_process();
  if (crash == Crash::kPowerLoss) {
    disk_ = disk_->after_power_loss(random());
    if (arenas_) arenas_->lose_power();
  }
  start();
  while (is_closed(0) || is_closed(1)) {
    if (!files_->failed_change()) throw std::runtime_error("a log is closed after a restart");
    end_process();
    start();
  }
  // What is found now was read from the disk; a process that died before it saw more.
  if (sync_failed_) {
    for (CrashPoint& point : taken_) point.may_lose |= crash == Crash::kPowerLoss;
    check_crash_points(index);
  }
  for (std::size_t i = 0; i < kLogs; ++i) {
    const auto found = look(i, *logs_[i]);
    const auto least = sync_failed_ ? Crash::kPowerLoss : crash;
    models_[i] = match(i, found, candidates(i, index), least);
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
  note_failure();
  const auto change = changes_++;
  const auto seed = seed_ + static_cast<std::uint64_t>(change);
  auto after_death = files_->disk().after_death();
  if (arenas_) arenas_->keep_for(*after_death);
  taken_.push_back({std::move(after_death), Crash::kDeath, sync_failed_, change, seed});
  taken_.push_back(
      {files_->disk().after_power_loss(seed), Crash::kPowerLoss, sync_failed_, change, seed});
}

void ModelRun::check_crash_points(std::size_t index) {
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
    match(i, look(i, log), candidates(i, index), point.may_lose ? Crash::kPowerLoss : point.crash);
    log.forget();
  }
}

ModelRun::Models ModelRun::candidates(std::size_t index, std::size_t during_index) const {
  return index == during_index && !during_.empty() ? during_ : Models{models_[index]};
}

LogModel ModelRun::match(std::size_t index, const FoundLog& found, const Models& models,
                         Crash crash) {
  std::string wrong;
  for (const LogModel& model : models) {
    const auto why_not = difference(found, model, crash);
    if (why_not.empty()) return model;
    wrong += wrong.empty() ? why_not : "; " + why_not;
  }
  throw std::runtime_error(concat(kTopics[index], ": ", wrong));
}

void ModelRun::check_now() {
  for (std::size_t i = 0; i < kLogs; ++i) {
    match(i, look(i, *logs_[i]), {models_[i]}, Crash::kNone);
  }
}

}  // namespace fluxmq::storage_faults
