// The life of a partition's log: opened at its first use, closed or deleted once nobody uses it.
#include <utility>

#include "partition.h"

namespace fluxmq::core {
namespace {

using protocol::to_int16;

// Keeps a partition while the log store works for it.
struct Opening {
  std::shared_ptr<Partition> partition;
};

}  // namespace

void Partition::wait_for_log(LogUses::Operation operation, Lock& lock) {
  if (const auto error = log_uses_.refusal(); error != 0) {
    lock.unlock();
    operation(error);
    return;
  }
  if (!log_uses_.wait(std::move(operation))) return;
  lock.unlock();
  open_log();
}

void Partition::release_log() {
  Lock lock(mutex_);
  log_uses_.release();
  try_end(lock);
}

void Partition::open_log() {
  fluxmq_log_config config;
  fluxmq_log* open = nullptr;
  {
    const Lock lock(mutex_);
    config = log_config();
    open = log_;
  }
  if (open != nullptr) {  // what it holds couldn't be read
    environment_.log_store->configure(environment_.log_store->self, open, &config);
    environment_.host.post_blocking([self = shared_from_this()] { self->load_log(); });
    return;
  }
  auto opening = std::make_unique<Opening>(Opening{shared_from_this()});
  environment_.log_store->open(
      environment_.log_store->self, to_abi(std::string_view(topic_->name)), topic_->id, index_,
      &config,
      [](void* context, std::int16_t error, fluxmq_log* log) {
        const std::unique_ptr<Opening> opened(static_cast<Opening*>(context));
        opened->partition->opened(error, log);
      },
      opening.release());
}

void Partition::opened(std::int16_t error, fluxmq_log* log) {
  if (error != 0) {  // the store says why in its log
    environment_.host.debug("the log of ", name(), " could not be opened: error ", error);
    run_waiting(error);
    return;
  }
  {
    const Lock lock(mutex_);
    log_ = log;
  }
  const auto state = log_state(log);
  if (state.log_end_offset == state.log_start_offset) {
    load_log();  // nothing to read
  } else {
    environment_.host.post_blocking([self = shared_from_this()] { self->load_log(); });
  }
}

// Takes offsets and producers from the log; also after an append failed. With producers that are
// only partly known a record could be stored twice: then whoever uses the log next reads it again.
void Partition::load_log() {
  const auto state = log_state(log_);
  std::unique_ptr<ProducerStates> producers;
  const auto error = load_producers(state, producers);
  std::vector<WatchTask> passed;
  {
    const Lock lock(mutex_);
    producers_ = std::move(producers);
    log_start_offset_ = state.log_start_offset;
    if (error != 0) {
      next_offset_ = log_start_offset_;  // nothing to make a snapshot of
    } else {
      next_offset_ = high_watermark_ = state.log_end_offset;
      flush_state_.log_read(high_watermark_);
      watches_.take_passed(high_watermark_, passed);
    }
  }
  run_waiting(error);
  for (const auto& watch : passed) watch.task(watch.context);
}

// Those that came while the log was being opened go first, in order: only then is it open to all.
void Partition::run_waiting(std::int16_t error) {
  for (;;) {
    std::vector<LogUses::Operation> operations;
    std::int16_t result = 0;
    {
      Lock lock(mutex_);
      if (!log_uses_.is_awaited()) {
        log_uses_.end_opening(error == 0);
        return try_end(lock);
      }
      result = log_uses_.take_waiting(error, operations);
    }
    for (const auto& operation : operations) operation(result);
  }
}

// Closes a log that nobody uses; the next use opens it again.
void Partition::unload() {
  Lock lock(mutex_);
  if (!log_uses_.try_close()) return;
  fluxmq_log* log = std::exchange(log_, nullptr);
  lock.unlock();
  save_last_snapshot(log);
  environment_.log_store->close(environment_.log_store->self, log);
  lock.lock();
  const bool is_wanted = log_uses_.is_awaited() && !log_uses_.is_ending();
  lock.unlock();
  if (is_wanted) return open_log();
  run_waiting(to_int16(ErrorCode::NOT_LEADER_OR_FOLLOWER));
}

void Partition::remove(Ended done) {
  end(Ending::kRemove, std::move(done));
}

void Partition::close(Ended done) {
  end(Ending::kClose, std::move(done));
}

void Partition::end(Ending ending, Ended done) {
  std::vector<WatchTask> watches;
  {
    Lock lock(mutex_);
    if (log_uses_.is_ending()) {
      lock.unlock();
      return done(0);
    }
    log_uses_.begin_end(ending, std::move(done));
    watches_.take_all(watches);
    try_end(lock);
  }
  for (const auto& watch : watches) watch.task(watch.context);
}

// The last to leave ends the log.
void Partition::try_end(Lock& lock) {
  if (!log_uses_.may_end()) return;
  auto [ending, done] = log_uses_.end();
  fluxmq_log* log = std::exchange(log_, nullptr);
  if (ending == Ending::kRemove) producers_.reset();
  lock.unlock();
  end_log(ending, log, std::move(done));
}

void Partition::end_log(Ending ending, fluxmq_log* log, Ended done) {
  if (ending == Ending::kClose) {
    if (log == nullptr) return done(0);
    environment_.host.post_blocking([self = shared_from_this(), log, done = std::move(done)] {
      self->save_last_snapshot(log);
      done(0);
    });
    return;
  }
  struct Removal {
    std::shared_ptr<Partition> partition;
    Ended done;
  };
  const auto removed = [](void* context, std::int16_t error) {
    const std::unique_ptr<Removal> removal(static_cast<Removal*>(context));
    removal->done(error);
  };
  auto* removal = new Removal{shared_from_this(), std::move(done)};
  const auto* store = environment_.log_store;
  if (log != nullptr) {
    store->remove(store->self, log, removed, removal);
  } else {
    store->remove_by_name(store->self, to_abi(std::string_view(topic_->name)), topic_->id, index_,
                          removed, removal);
  }
}

}  // namespace fluxmq::core
