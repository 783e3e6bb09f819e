#include "shard.h"

#include <chrono>
#include <utility>

#include "random_uuid.h"

namespace fluxmq::api_groups {

namespace {

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

CoordinatorShard::CoordinatorShard(ShardContext& context, Partition partition, std::int32_t index)
    : context_(context),
      partition_(partition),
      index_(index),
      groups_(context.budget),
      protocol_(*this, context.config.protocol),
      offsets_(*this, context.config.offsets, groups_, protocol_),
      log_(partition_, context.config.required_acks) {}

// Turns

template <class Work>
void CoordinatorShard::take_turn(Work work) {
  std::vector<std::function<void()>> outbox;
  bool has_batch = false;
  {
    const std::lock_guard lock(mutex_);
    now_ms_ = steady_ms();
    work();
    has_batch = end_turn();
    outbox.swap(outbox_);
  }
  if (has_batch) log_.append_batch(&CoordinatorShard::append_done, this);
  for (auto& task : outbox) task();
}

bool CoordinatorShard::end_turn() {
  if (state_ == State::kActive) {
    while (const auto entry = deadlines_.pop_due(now_ms_)) protocol_.meet(*entry);
  }
  const bool has_batch = log_.begin_batch(wall_time_ms());
  if (has_batch) ++outstanding_;
  if (state_ == State::kActive) {
    protocol_.sweep_deadlines();
    arm_timer();
  }
  return has_batch;
}

void CoordinatorShard::arm_timer() {
  const std::int64_t next_ms = deadlines_.next_ms();
  if (next_ms >= timer_at_ms_) return;
  // A timer that can't be cancelled is about to fire, and will come here.
  if (timer_id_ != 0 && !context_.host.cancel_timer(timer_id_)) return;
  if (timer_id_ == 0) ++outstanding_;
  timer_at_ms_ = next_ms;
  timer_id_ = context_.host.start_timer(next_ms - now_ms_, &CoordinatorShard::timer_fired, this);
}

void CoordinatorShard::timer_fired(void* self) {
  auto& shard = *static_cast<CoordinatorShard*>(self);
  shard.take_turn([&shard] {
    shard.timer_id_ = 0;
    shard.timer_at_ms_ = kNever;
  });
  shard.end_outstanding();
}

void CoordinatorShard::end_outstanding() {
  const std::lock_guard lock(mutex_);
  if (--outstanding_ == 0) idle_.notify_all();
}

std::int64_t CoordinatorShard::wall_time_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string CoordinatorShard::random_uuid() {
  return make_random_uuid();
}

void CoordinatorShard::append_done(void* self, const fluxmq_append_result* result) {
  auto& shard = *static_cast<CoordinatorShard*>(self);
  const auto error = static_cast<ErrorCode>(result->error);
  if (error != ErrorCode::NONE) {
    shard.context_.host.warn("__consumer_offsets-", shard.index_,
                             " refused a write: ", protocol::error_name(error));
  }
  shard.take_turn([&] { shard.log_.end_batch(error); });
  shard.end_outstanding();
}

// Loading and stopping

void CoordinatorShard::load(bool is_new) {
  if (is_new) return loaded(State::kActive);
  {
    const std::lock_guard lock(mutex_);
    ++outstanding_;
  }
  context_.host.post_blocking([this] { read_log(); });
}

Task CoordinatorShard::read_log() {
  Loading loading(context_.host, partition_, index_, context_.config.load_buffer_bytes, groups_);
  const bool is_read = co_await loading.run(is_stopping_);
  loaded(is_read ? State::kActive : State::kFailed);
  end_outstanding();
}

void CoordinatorShard::loaded(State state) {
  take_turn([this, state] {
    if (state_ != State::kLoading) return;
    state_ = state;
    for (const auto& [group_id, group] : groups_) protocol_.begin_sessions(group);
  });
}

void CoordinatorShard::stop() {
  is_stopping_ = true;
  take_turn([this] {
    state_ = State::kStopped;
    for (const auto& [group_id, group] : groups_) {
      protocol_.give_up(*group, ErrorCode::NOT_COORDINATOR);
    }
    if (timer_id_ != 0 && context_.host.cancel_timer(timer_id_)) {
      timer_id_ = 0;
      --outstanding_;
    }
  });
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return outstanding_ == 0; });
}

ErrorCode CoordinatorShard::unavailable() const {
  switch (state_) {
    case State::kLoading:
      return ErrorCode::COORDINATOR_LOAD_IN_PROGRESS;
    case State::kActive:
      return ErrorCode::NONE;
    default:
      return ErrorCode::NOT_COORDINATOR;
  }
}

// Members

void CoordinatorShard::join(std::string_view group_id, JoinCommand command,
                            Waiter<JoinResult>* waiter) {
  take_turn([&] {
    JoinResult refusal;
    refusal.member_id = command.member_id;
    refusal.error = unavailable();
    auto group = groups_.find(group_id);
    if (refusal.error == ErrorCode::NONE && group == nullptr) {
      if (!command.member_id.empty()) {
        refusal.error = ErrorCode::UNKNOWN_MEMBER_ID;
      } else if (group = groups_.create_new(group_id, wall_time_ms()); group == nullptr) {
        refusal.error = ErrorCode::GROUP_MAX_SIZE_REACHED;
      } else {
        Surroundings::write(group_record(*group), [](ErrorCode) {});
      }
    }
    if (refusal.error != ErrorCode::NONE) return answer(waiter, std::move(refusal));
    protocol_.join(group, std::move(command), waiter);
  });
}

void CoordinatorShard::sync(std::string_view group_id, SyncCommand command,
                            Waiter<SyncResult>* waiter) {
  take_turn([&] {
    SyncResult refusal;
    refusal.error = unavailable();
    const auto group = groups_.find(group_id);
    if (refusal.error == ErrorCode::NONE && group == nullptr) {
      refusal.error = ErrorCode::UNKNOWN_MEMBER_ID;
    }
    if (refusal.error != ErrorCode::NONE) return answer(waiter, std::move(refusal));
    protocol_.sync(group, std::move(command), waiter);
  });
}

ErrorCode CoordinatorShard::heartbeat(std::string_view group_id, std::string_view member_id,
                                      const std::optional<std::string_view>& group_instance_id,
                                      std::int32_t generation_id) {
  ErrorCode error = ErrorCode::NONE;
  take_turn([&] {
    error = unavailable();
    // Whether it is a member isn't known yet; it will hear of it next time.
    if (error == ErrorCode::COORDINATOR_LOAD_IN_PROGRESS) error = ErrorCode::NONE;
    if (state_ != State::kActive) return;
    const auto group = groups_.find(group_id);
    error = group == nullptr
                ? ErrorCode::UNKNOWN_MEMBER_ID
                : protocol_.heartbeat(group, member_id, group_instance_id, generation_id);
  });
  return error;
}

void CoordinatorShard::leave(std::string_view group_id, const std::vector<LeaveCommand>& members,
                             Waiter<ErrorList>* waiter) {
  take_turn([&] {
    if (refuse_all(waiter)) return;
    ErrorList result;
    const auto group = groups_.find(group_id);
    if (group == nullptr) {
      result.each.assign(members.size(), ErrorCode::UNKNOWN_MEMBER_ID);
      return answer(waiter, std::move(result));
    }
    if (group->is(GroupState::kDead)) {
      result.error = ErrorCode::COORDINATOR_NOT_AVAILABLE;
      return answer(waiter, std::move(result));
    }
    const std::size_t writes_before = log_.waiting();
    result.each = protocol_.leave(group, members);
    if (log_.waiting() == writes_before) return answer(waiter, std::move(result));
    // The last ones left: answered once the empty generation is stored.
    after_writes([this, waiter, result = std::move(result)](ErrorCode error) mutable {
      result.error = error;
      answer(waiter, std::move(result));
    });
  });
}

// Offsets

void CoordinatorShard::commit(const CommitCommand& command, Waiter<ErrorList>* waiter) {
  take_turn([&] {
    if (!refuse_all(waiter)) offsets_.commit(command, waiter);
  });
}

void CoordinatorShard::delete_offsets(const DeleteOffsetsCommand& command,
                                      Waiter<ErrorList>* waiter) {
  take_turn([&] {
    if (!refuse_all(waiter)) offsets_.delete_offsets(command, waiter);
  });
}

void CoordinatorShard::fetch(std::string_view group_id, bool require_stable,
                             OffsetProtocol::VisitOffsets visit, Waiter<ErrorCode>* waiter) {
  take_turn([&] {
    const ErrorCode error = unavailable();
    if (error != ErrorCode::NONE) return answer(waiter, error);
    offsets_.fetch(group_id, require_stable, std::move(visit), waiter);
  });
}

void CoordinatorShard::expire(const IsCurrentTopic& is_current) {
  take_turn([&] {
    if (state_ == State::kActive) offsets_.expire(is_current);
  });
}

bool CoordinatorShard::refuse_all(Waiter<ErrorList>* waiter) {
  ErrorList refusal;
  refusal.error = unavailable();
  if (refusal.error == ErrorCode::NONE) return false;
  answer(waiter, std::move(refusal));
  return true;
}

// Groups

void CoordinatorShard::delete_group(std::string_view group_id, Waiter<ErrorCode>* waiter) {
  take_turn([&] {
    const ErrorCode error = unavailable();
    if (error != ErrorCode::NONE) return answer(waiter, error);
    offsets_.delete_group(group_id, waiter);
  });
}

ErrorCode CoordinatorShard::describe(std::string_view group_id,
                                     const std::function<void(const Group*)>& visit) {
  ErrorCode error = ErrorCode::NONE;
  take_turn([&] {
    error = unavailable();
    if (error != ErrorCode::NONE) return;
    const auto group = groups_.find(group_id);
    visit(group == nullptr || group->is(GroupState::kDead) ? nullptr : group.get());
  });
  return error;
}

ErrorCode CoordinatorShard::list(const std::function<void(const Group&)>& visit) {
  ErrorCode error = ErrorCode::NONE;
  take_turn([&] {
    error = unavailable();
    if (error != ErrorCode::NONE) return;
    for (const auto& [group_id, group] : groups_) {
      if (!group->is(GroupState::kDead)) visit(*group);
    }
  });
  return error;
}

}  // namespace fluxmq::api_groups
