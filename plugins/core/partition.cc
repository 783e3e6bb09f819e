// The life of a partition's log: opened at its first use, closed or deleted once nobody uses it.
#include "partition.h"

#include <utility>

namespace fluxmq::core {
namespace {

using protocol::to_int16;

// What may wait for one log to open. Requests in memory are bounded by the kernel already; this
// bounds what costs no request bytes.
constexpr std::size_t kMaxWaiting = 100'000;

// Of a log that is no longer than this, and still has its beginning, all batch headers are read
// when it is opened: sooner than a snapshot is written and synced.
constexpr std::int64_t kShortLogBytes = 1 << 20;

// Keeps a partition while the log store works for it.
struct Opening {
  std::shared_ptr<Partition> partition;
};

}  // namespace

Partition::Partition(Environment& environment, std::shared_ptr<const TopicIdentity> topic,
                     std::int32_t index, std::int32_t leader_epoch,
                     std::shared_ptr<const TopicSettings> settings)
    : environment_(environment),
      topic_(std::move(topic)),
      index_(index),
      leader_epoch_(leader_epoch) {
  configure(std::move(settings));
}

Partition::~Partition() = default;

void Partition::configure(std::shared_ptr<const TopicSettings> settings) {
  max_message_bytes_.store(settings->max_message_bytes, std::memory_order_relaxed);
  segment_bytes_.store(settings->log.segment_bytes, std::memory_order_relaxed);
  log_append_time_.store(settings->log_append_time, std::memory_order_relaxed);
  compacted_.store(settings->compacted, std::memory_order_relaxed);
  timestamp_before_max_ms_.store(settings->timestamp_before_max_ms, std::memory_order_relaxed);
  timestamp_after_max_ms_.store(settings->timestamp_after_max_ms, std::memory_order_relaxed);
  compression_.store(settings->compression, std::memory_order_relaxed);
  Lock lock(mutex_);
  settings_ = std::move(settings);
  if (log_state_ == LogState::kUnopened || ending_ != Ending::kNone) return;
  lock.unlock();
  use_log([this](std::int16_t error) {
    if (error != 0) return;
    fluxmq_log_config config;
    {
      const Lock log_lock(mutex_);
      config = log_config();
    }
    environment_.log_store->configure(environment_.log_store->self, log_, &config);
    release_log();
  });
}

void Partition::state(fluxmq_partition_state& state) {
  state.leader_id = is_offline() ? -1 : environment_.broker_id;
  Lock lock(mutex_);
  state.leader_epoch = leader_epoch_;
  state.log_start_offset = log_start_offset_;
  state.high_watermark = high_watermark_;
  state.last_stable_offset = high_watermark_;
  state.log_end_offset = high_watermark_;
  state.size_bytes = 0;
  if (log_state_ != LogState::kOpen || ending_ != Ending::kNone) return;
  ++log_uses_;
  lock.unlock();
  fluxmq_log_state log{};
  log.size = sizeof(log);
  environment_.log_store->state(environment_.log_store->self, log_, &log);
  state.size_bytes = log.size_bytes;
  release_log();
}

std::int64_t Partition::size_bytes() {
  Lock lock(mutex_);
  const bool is_open = ending_ == Ending::kNone && log_state_ == LogState::kOpen;
  lock.unlock();
  if (is_open) {
    fluxmq_partition_state current{};
    state(current);
    return current.size_bytes;
  }
  const auto* store = environment_.log_store;
  if (!offers(store, &fluxmq_log_store::size_by_name)) return 0;
  return store->size_by_name(store->self, to_abi(std::string_view(topic_->name)), topic_->id,
                             index_);
}

std::int32_t Partition::log_dir() {
  const auto* store = environment_.log_store;
  if (!offers(store, &fluxmq_log_store::log_dir_of)) return 0;
  return store->log_dir_of(store->self, to_abi(std::string_view(topic_->name)), topic_->id, index_);
}

bool Partition::is_offline() const {
  const auto* store = environment_.log_store;
  return offers(store, &fluxmq_log_store::is_offline) &&
         store->is_offline(store->self, to_abi(std::string_view(topic_->name)), topic_->id,
                           index_) != 0;
}

void Partition::wait_for_log(LogOperation operation, Lock& lock) {
  std::int16_t error = 0;
  if (ending_ != Ending::kNone) {
    error = ending_error();
  } else if (waiting_.size() >= kMaxWaiting) {
    error = to_int16(ErrorCode::LEADER_NOT_AVAILABLE);
  }
  if (error != 0) {
    lock.unlock();
    operation(error);
    return;
  }
  waiting_.push_back(std::move(operation));
  if (log_state_ != LogState::kUnopened) return;
  log_state_ = LogState::kOpening;
  lock.unlock();
  open_log();
}

void Partition::release_log() {
  Lock lock(mutex_);
  --log_uses_;
  try_end(lock);
}

std::int16_t Partition::ending_error() const {
  return to_int16(ending_ == Ending::kRemove ? ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
                                             : ErrorCode::NOT_LEADER_OR_FOLLOWER);
}

// Under the lock. Each partition takes a part of its own off segment.ms, so that not all of a topic
// begin a segment at once.
fluxmq_log_config Partition::log_config() const {
  auto config = settings_->log;
  const auto jitter_ms = std::min(settings_->segment_jitter_ms, config.segment_ms);
  if (jitter_ms <= 0) return config;
  std::uint64_t random = static_cast<std::uint64_t>(index_) * 0x9e3779b97f4a7c15u;
  for (const auto byte : topic_->id.bytes) random = (random ^ byte) * 0x100000001b3u;
  random ^= random >> 32;
  config.segment_ms -= static_cast<std::int64_t>(random % static_cast<std::uint64_t>(jitter_ms));
  return config;
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
  fluxmq_log_state state{};
  state.size = sizeof(state);
  environment_.log_store->state(environment_.log_store->self, log, &state);
  if (state.log_end_offset == state.log_start_offset) {
    load_log();  // nothing to read
  } else {
    environment_.host.post_blocking([self = shared_from_this()] { self->load_log(); });
  }
}

// Takes offsets and producers from the log; also after an append failed. With producers that are
// only partly known a record could be stored twice: then whoever uses the log next reads it again.
void Partition::load_log() {
  fluxmq_log_state state{};
  state.size = sizeof(state);
  environment_.log_store->state(environment_.log_store->self, log_, &state);
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
      flushed_offset_ = was_read_ ? std::min(flushed_offset_, high_watermark_) : high_watermark_;
      was_read_ = true;
      watches_.take_passed(high_watermark_, passed);
    }
  }
  run_waiting(error);
  for (const auto& watch : passed) watch.task(watch.context);
}

std::int16_t Partition::load_producers(const fluxmq_log_state& log,
                                       std::unique_ptr<ProducerStates>& producers) {
  struct Loaded {
    std::unique_ptr<ProducerStates> states;
    std::int64_t offset;
  };
  Loaded loaded{
      std::make_unique<ProducerStates>(environment_.producer_count, environment_.max_producers),
      log.log_start_offset};
  if (log.log_end_offset == log.log_start_offset) return 0;
  const auto* store = environment_.log_store;
  auto error = store->load_producer_snapshot(
      store->self, log_, log.log_end_offset,
      [](void* context, std::int64_t offset, fluxmq_bytes snapshot) {
        auto& into = *static_cast<Loaded*>(context);
        if (into.states->load({snapshot.data, static_cast<std::size_t>(snapshot.size)}) &&
            offset > into.offset)
          into.offset = offset;
      },
      &loaded);
  if (error != 0) return error;
  {
    const Lock lock(mutex_);
    snapshot_offset_ = loaded.offset;
  }
  if (loaded.offset < log.log_end_offset) {
    error = store->visit_batches(
        store->self, log_, loaded.offset,
        [](void* context, const std::uint8_t* header) -> std::int32_t {
          auto& into = *static_cast<Loaded*>(context);
          const protocol::RecordBatch batch({header, protocol::kRecordBatchHeaderBytes});
          if (batch.has_producer_id() && batch.last_offset() >= into.offset)
            into.states->update(batch);
          return 1;
        },
        &loaded);
  }
  if (error != 0) return error;
  loaded.states->expire(now_ms(), environment_.producer_expiration_ms);
  if (loaded.states->size() > 0) producers = std::move(loaded.states);
  return 0;
}

// Those that came while the log was being opened go first, in order: only then is it open to all.
void Partition::run_waiting(std::int16_t error) {
  for (;;) {
    std::vector<LogOperation> operations;
    std::int16_t result = error;
    {
      Lock lock(mutex_);
      if (waiting_.empty()) {
        waiting_.shrink_to_fit();
        log_state_ = error != 0 ? LogState::kUnopened : LogState::kOpen;
        try_end(lock);
        return;
      }
      operations.swap(waiting_);
      if (ending_ != Ending::kNone) result = ending_error();
      if (result == 0) log_uses_ += static_cast<std::int32_t>(operations.size());
    }
    for (const auto& operation : operations) operation(result);
  }
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
    if (ending_ != Ending::kNone) {
      lock.unlock();
      done(0);
      return;
    }
    ending_ = ending;
    ended_ = std::make_unique<Ended>(std::move(done));
    watches_.take_all(watches);
    try_end(lock);
  }
  for (const auto& watch : watches) watch.task(watch.context);
}

// The last to leave ends the log.
void Partition::try_end(Lock& lock) {
  const bool idle = log_uses_ == 0 && staged_ == nullptr &&
                    (log_state_ == LogState::kOpen || log_state_ == LogState::kUnopened);
  if (ending_ == Ending::kNone || !idle) return;
  log_state_ = LogState::kEnded;
  fluxmq_log* log = std::exchange(log_, nullptr);
  const Ending ending = ending_;
  if (ending == Ending::kRemove) producers_.reset();
  Ended done = std::move(*ended_);
  ended_.reset();
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

// Blocks. With a snapshot at its end, nothing of a long log has to be read when it is opened again.
void Partition::save_last_snapshot(fluxmq_log* log) {
  const auto* store = environment_.log_store;
  fluxmq_log_state state{};
  state.size = sizeof(state);
  store->state(store->self, log, &state);
  const bool is_short = state.log_start_offset == 0 && state.size_bytes <= kShortLogBytes;
  std::int64_t end_offset = 0;
  std::string snapshot;
  {
    const Lock lock(mutex_);
    end_offset = next_offset_;
    if (!is_short && end_offset != snapshot_offset_ && end_offset != log_start_offset_)
      snapshot = take_snapshot(end_offset);
    producers_.reset();
  }
  if (!snapshot.empty()) {
    store->save_producer_snapshot(
        store->self, log, end_offset,
        {reinterpret_cast<const std::uint8_t*>(snapshot.data()), snapshot.size()});
  }
}

bool Partition::apply_retention(std::int64_t now_ms, bool may_open) {
  Lock lock(mutex_);
  if (ending_ != Ending::kNone || log_state_ == LogState::kOpening) return false;
  const bool opens = log_state_ == LogState::kUnopened;
  if (opens && !may_open) return false;
  lock.unlock();
  use_log([self = shared_from_this(), now_ms, opens](std::int16_t error) {
    if (error != 0) return;
    if (!opens) {
      self->retain(now_ms);
      self->release_log();
      return;
    }
    self->environment_.host.post_blocking([self, now_ms] {
      self->retain(now_ms);
      self->release_log();
      self->unload();
    });
  });
  return opens;
}

void Partition::retain(std::int64_t now_ms) {
  if (!begin_maintenance()) return;
  const auto* store = environment_.log_store;
  std::int64_t high_watermark = 0;
  {
    const Lock lock(mutex_);
    high_watermark = high_watermark_;
  }
  store->apply_retention(store->self, log_, now_ms, high_watermark);
  fluxmq_log_state state{};
  state.size = sizeof(state);
  store->state(store->self, log_, &state);
  end_maintenance();
  const Lock lock(mutex_);
  log_start_offset_ = state.log_start_offset;
  if (producers_ == nullptr) return;
  producers_->expire(now_ms, environment_.producer_expiration_ms);
  if (producers_->size() == 0) producers_.reset();
}

bool Partition::begin_maintenance() {
  const Lock lock(mutex_);
  return !std::exchange(maintained_, true);
}

void Partition::end_maintenance() {
  const Lock lock(mutex_);
  maintained_ = false;
}

// Closes a log that nobody uses; the next use opens it again.
void Partition::unload() {
  Lock lock(mutex_);
  if (log_state_ != LogState::kOpen || ending_ != Ending::kNone || log_uses_ != 0) return;
  log_state_ = LogState::kOpening;  // who comes now waits
  fluxmq_log* log = std::exchange(log_, nullptr);
  lock.unlock();
  save_last_snapshot(log);
  environment_.log_store->close(environment_.log_store->self, log);
  lock.lock();
  if (!waiting_.empty() && ending_ == Ending::kNone) {
    lock.unlock();
    open_log();
    return;
  }
  lock.unlock();
  run_waiting(to_int16(ErrorCode::NOT_LEADER_OR_FOLLOWER));
}

}  // namespace fluxmq::core
