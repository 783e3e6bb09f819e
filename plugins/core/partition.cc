// What a partition is set to, and what it tells of itself and its log.
#include "partition.h"

#include <algorithm>
#include <utility>

namespace fluxmq::core {

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
  append_settings_.set(*settings);
  Lock lock(mutex_);
  settings_ = std::move(settings);
  if (log_uses_.can_open() || log_uses_.is_ending()) return;  // it is told when it is opened
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

fluxmq_log_state Partition::log_state(fluxmq_log* log) const {
  fluxmq_log_state state{};
  state.size = sizeof(state);
  environment_.log_store->state(environment_.log_store->self, log, &state);
  return state;
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
  if (!log_uses_.try_use()) return;
  lock.unlock();
  state.size_bytes = log_state(log_).size_bytes;
  release_log();
}

std::int64_t Partition::size_bytes() {
  Lock lock(mutex_);
  const bool is_open = log_uses_.is_open();
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

ErrorCode Partition::check_epoch(std::int32_t current_leader_epoch) const {
  if (current_leader_epoch == -1 || current_leader_epoch == leader_epoch_) return ErrorCode::NONE;
  return current_leader_epoch < leader_epoch_ ? ErrorCode::FENCED_LEADER_EPOCH
                                              : ErrorCode::UNKNOWN_LEADER_EPOCH;
}

}  // namespace fluxmq::core
