#include "shard.h"

#include <chrono>
#include <utility>

#include "java_string.h"
#include "random_uuid.h"
#include "replay.h"

namespace fluxmq::api_groups {

namespace {

// A batch ends here if more than one write is waiting; Kafka's default for a batch is 1 MiB.
constexpr std::size_t kMaxBatchBytes = 512 * 1024;

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// What a client of a group is told of a failed append, as Kafka translates it.
ErrorCode for_client(ErrorCode append_error) {
  switch (append_error) {
    case ErrorCode::UNKNOWN_TOPIC_OR_PARTITION:
    case ErrorCode::NOT_ENOUGH_REPLICAS:
    case ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND:
    case ErrorCode::REQUEST_TIMED_OUT:
      return ErrorCode::COORDINATOR_NOT_AVAILABLE;
    case ErrorCode::NOT_LEADER_OR_FOLLOWER:
    case ErrorCode::KAFKA_STORAGE_ERROR:
      return ErrorCode::NOT_COORDINATOR;
    case ErrorCode::MESSAGE_TOO_LARGE:
    case ErrorCode::RECORD_LIST_TOO_LARGE:
    case ErrorCode::INVALID_FETCH_SIZE:
      return ErrorCode::UNKNOWN_SERVER_ERROR;
    default:
      return append_error;
  }
}

std::size_t bytes_of(const std::vector<CoordinatorRecord>& records) {
  std::size_t bytes = 0;
  for (const auto& record : records) bytes += record.size_bytes();
  return bytes;
}

}  // namespace

CoordinatorShard::CoordinatorShard(ShardContext& context, Partition partition, std::int32_t index)
    : context_(context),
      partition_(partition),
      index_(index),
      protocol_(*this, context.config.protocol) {}

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
  if (has_batch) append_batch();
  for (auto& task : outbox) task();
}

bool CoordinatorShard::end_turn() {
  if (state_ == State::kActive) {
    while (const auto entry = deadlines_.pop_due(now_ms_)) protocol_.meet(*entry);
  }
  const bool has_batch = begin_batch();
  if (state_ == State::kActive) arm_timer();
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

// The log

void CoordinatorShard::write(CoordinatorRecord record, WriteDone done) {
  std::vector<CoordinatorRecord> records;
  records.push_back(std::move(record));
  queue_.push_back({std::move(records), std::move(done), Durability::kProcess});
}

void CoordinatorShard::write_all(std::vector<CoordinatorRecord> records, WriteDone done) {
  queue_.push_back({std::move(records), std::move(done), Durability::kAsConfigured});
}

void CoordinatorShard::after_writes(WriteDone done) {
  queue_.push_back({{}, std::move(done), Durability::kProcess});
}

bool CoordinatorShard::begin_batch() {
  if (!in_flight_.empty()) return false;
  const std::int64_t timestamp_ms = wall_time_ms();
  builder_.clear();
  batch_acks_ = 1;
  while (!queue_.empty()) {
    if (!in_flight_.empty() &&
        builder_.size_bytes() + bytes_of(queue_.front().records) > kMaxBatchBytes) {
      break;
    }
    Write next = std::move(queue_.front());
    queue_.pop_front();
    if (next.records.empty() && in_flight_.empty()) {
      next.done(ErrorCode::NONE);
      continue;
    }
    for (const auto& record : next.records) {
      std::optional<protocol::Bytes> value;
      if (record.value) value = protocol::as_bytes(*record.value);
      builder_.append(timestamp_ms, protocol::as_bytes(record.key), value);
    }
    next.records.clear();
    if (next.durability == Durability::kAsConfigured) batch_acks_ = context_.config.required_acks;
    in_flight_.push_back(std::move(next));
  }
  if (in_flight_.empty()) return false;
  batch_ = builder_.finish();
  ++outstanding_;
  return true;
}

void CoordinatorShard::append_batch() {
  partition_.append(batch_, {.acks = batch_acks_, .flags = FLUXMQ_APPEND_INTERNAL},
                    &CoordinatorShard::append_done, this);
}

void CoordinatorShard::append_done(void* self, const fluxmq_append_result* result) {
  auto& shard = *static_cast<CoordinatorShard*>(self);
  shard.batch_done(static_cast<ErrorCode>(result->error));
  shard.end_outstanding();
}

void CoordinatorShard::batch_done(ErrorCode error) {
  if (error != ErrorCode::NONE) {
    context_.host.warn("__consumer_offsets-", index_,
                       " refused a write: ", protocol::error_name(error));
  }
  take_turn([this, error] {
    const std::vector<Write> done = std::exchange(in_flight_, {});
    for (const Write& write : done) write.done(for_client(error));
  });
}

void CoordinatorShard::when_settled(const std::shared_ptr<Group>& group,
                                    std::function<void()> then) {
  if (group->pending_commits == 0) return then();
  after_writes([this, group, then = std::move(then)](ErrorCode) { when_settled(group, then); });
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
  LoadProgress progress;
  while (!is_stopping_ && !progress.is_complete) {
    fluxmq_read_request request{};
    request.isolation = FLUXMQ_READ_UNCOMMITTED;
    request.fetch_offset = progress.offset;
    request.max_bytes = context_.config.load_buffer_bytes;
    request.current_leader_epoch = -1;
    request.last_fetched_epoch = -1;
    request.minimum_one_batch = 1;
    const auto result = co_await partition_.read(request);
    read_chunk(result, progress);
  }
  context_.host.debug("__consumer_offsets-", index_, ": ", progress.records, " records, ",
                      groups_.size(), " groups");
  loaded(progress.has_failed ? State::kFailed : State::kActive);
  end_outstanding();
}

void CoordinatorShard::read_chunk(const ReadResult& result, LoadProgress& progress) {
  if (result.error == ErrorCode::OFFSET_OUT_OF_RANGE && progress.offset < result.log_start_offset) {
    progress.offset = result.log_start_offset;
    return;
  }
  const auto bytes = gather(result.segments);
  if (result.error != ErrorCode::NONE || !bytes) {
    context_.host.error("__consumer_offsets-", index_, " can't be read at offset ", progress.offset,
                        ", its groups aren't served: ", protocol::error_name(result.error));
    progress.has_failed = progress.is_complete = true;
    return;
  }
  const auto chunk = replay(*bytes, groups_);
  progress.records += chunk.records;
  if (chunk.left_out > 0) {
    context_.host.warn("__consumer_offsets-", index_, " past offset ", progress.offset, ": ",
                       chunk.left_out, " records or batches left out, the last: ", chunk.problem);
  }
  if (chunk.next_offset > progress.offset) {
    progress.offset = chunk.next_offset;
  } else if (progress.offset < result.high_watermark) {
    context_.host.error("__consumer_offsets-", index_, " has no record batch at offset ",
                        progress.offset, "; what follows is left out");
    progress.is_complete = true;
  }
  if (progress.offset >= result.high_watermark) progress.is_complete = true;
}

void CoordinatorShard::loaded(State state) {
  take_turn([this, state] {
    context_.group_count += static_cast<std::int64_t>(groups_.size());
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

// Null if there are as many as there may be.
std::shared_ptr<Group> CoordinatorShard::create_group(std::string_view group_id) {
  if (context_.group_count >= context_.config.max_groups) return nullptr;
  ++context_.group_count;
  return groups_.create(group_id, wall_time_ms());
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
      } else if (group = create_group(group_id); group == nullptr) {
        refusal.error = ErrorCode::GROUP_MAX_SIZE_REACHED;
      } else {
        write(group_record(Group(group_id, wall_time_ms())), [](ErrorCode) {});
      }
    }
    if (refusal.error != ErrorCode::NONE) return later(waiter, std::move(refusal));
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
    if (refusal.error != ErrorCode::NONE) return later(waiter, std::move(refusal));
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
    ErrorList result;
    result.error = unavailable();
    if (result.error != ErrorCode::NONE) return later(waiter, std::move(result));
    const auto group = groups_.find(group_id);
    if (group == nullptr) {
      result.each.assign(members.size(), ErrorCode::UNKNOWN_MEMBER_ID);
      return later(waiter, std::move(result));
    }
    if (group->is(GroupState::kDead)) {
      result.error = ErrorCode::COORDINATOR_NOT_AVAILABLE;
      return later(waiter, std::move(result));
    }
    const std::size_t writes_before = queue_.size();
    result.each = protocol_.leave(group, members);
    if (queue_.size() == writes_before) return later(waiter, std::move(result));
    // The last ones left: answered once the empty generation is stored.
    after_writes([this, waiter, result = std::move(result)](ErrorCode error) mutable {
      result.error = error;
      later(waiter, std::move(result));
    });
  });
}

// Offsets

ErrorCode CoordinatorShard::may_commit(const CommitCommand& command,
                                       std::shared_ptr<Group>& group) {
  const ErrorCode error = unavailable();
  if (error != ErrorCode::NONE) return error;
  group = groups_.find(command.group_id);
  if (group != nullptr) {
    return protocol_.commit(group, command.member_id, command.group_instance_id,
                            command.generation_id);
  }
  if (command.generation_id >= 0) {
    return command.knows_group_id_not_found ? ErrorCode::GROUP_ID_NOT_FOUND
                                            : ErrorCode::ILLEGAL_GENERATION;
  }
  // Of a consumer without membership, or an administrator.
  group = create_group(command.group_id);
  return group == nullptr ? ErrorCode::INVALID_COMMIT_OFFSET_SIZE : ErrorCode::NONE;
}

void CoordinatorShard::commit(const CommitCommand& command, Waiter<ErrorList>* waiter) {
  take_turn([&] {
    std::shared_ptr<Group> group;
    ErrorList result;
    result.error = may_commit(command, group);
    if (result.error != ErrorCode::NONE) return later(waiter, std::move(result));
    const auto max_length = static_cast<std::size_t>(context_.config.offset_metadata_max_length);
    for (const auto& offset : command.offsets) {
      result.each.push_back(utf16_length(offset.metadata) > max_length
                                ? ErrorCode::OFFSET_METADATA_TOO_LARGE
                                : ErrorCode::NONE);
    }
    store_offsets(command, group, std::move(result), waiter);
  });
}

void CoordinatorShard::store_offsets(const CommitCommand& command,
                                     const std::shared_ptr<Group>& group, ErrorList result,
                                     Waiter<ErrorList>* waiter) {
  struct Stored {
    const CommitCommand::Offset* asked;
    OffsetAndMetadata committed;
  };
  const std::int64_t now_ms = wall_time_ms();
  std::vector<CoordinatorRecord> records;
  std::vector<Stored> stored;
  for (std::size_t i = 0; i < command.offsets.size(); ++i) {
    if (result.each[i] != ErrorCode::NONE) continue;
    const auto& asked = command.offsets[i];
    OffsetAndMetadata committed;
    committed.offset = asked.offset;
    committed.leader_epoch = asked.leader_epoch;
    committed.metadata = asked.metadata;
    committed.commit_timestamp_ms = asked.timestamp_ms == -1 ? now_ms : asked.timestamp_ms;
    if (command.retention_time_ms != -1) {
      committed.expire_timestamp_ms = now_ms + command.retention_time_ms;
    }
    committed.topic_id = asked.topic_id;
    records.push_back(offset_record(command.group_id, asked.topic, asked.partition, committed));
    stored.push_back({&asked, std::move(committed)});
  }
  if (records.empty()) return later(waiter, std::move(result));
  ++group->pending_commits;
  write_all(std::move(records), [this, group, waiter, result = std::move(result),
                                 stored = std::move(stored)](ErrorCode error) mutable {
    --group->pending_commits;
    result.error = error;
    if (error == ErrorCode::NONE) {
      for (auto& [asked, committed] : stored) {
        group->offsets.put(asked->topic, asked->partition, std::move(committed));
      }
    }
    later(waiter, std::move(result));
  });
}

void CoordinatorShard::fetch(std::string_view group_id, bool require_stable, VisitOffsets visit,
                             Waiter<ErrorCode>* waiter) {
  const auto read = [this, group_id, waiter, visit = std::move(visit)] {
    const auto group = groups_.find(group_id);
    const bool exists = group != nullptr && !group->is(GroupState::kDead);
    visit(exists ? &group->offsets : nullptr);
    later(waiter, ErrorCode::NONE);
  };
  take_turn([&] {
    const ErrorCode error = unavailable();
    if (error != ErrorCode::NONE) return later(waiter, error);
    if (!require_stable) return read();
    after_writes([read](ErrorCode) { read(); });
  });
}

void CoordinatorShard::delete_offsets(const DeleteOffsetsCommand& command,
                                      Waiter<ErrorList>* waiter) {
  take_turn([&] {
    ErrorList result;
    result.error = unavailable();
    const auto group = groups_.find(command.group_id);
    if (result.error != ErrorCode::NONE) {
      // as unavailable says
    } else if (group == nullptr || group->is(GroupState::kDead)) {
      result.error = ErrorCode::GROUP_ID_NOT_FOUND;
    } else if (!group->is(GroupState::kEmpty) && !group->uses_consumer_protocol()) {
      result.error = ErrorCode::NON_EMPTY_GROUP;
    }
    if (result.error != ErrorCode::NONE) return later(waiter, std::move(result));
    when_settled(group, [this, group, waiter, &command] {
      ErrorList result;
      std::vector<ExpiredOffsets::Partition> partitions;
      for (const auto& [topic, partition] : command.partitions) {
        const bool is_subscribed = group->is_subscribed_to(topic);
        result.each.push_back(is_subscribed ? ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC
                                            : ErrorCode::NONE);
        if (!is_subscribed && group->offsets.find(topic, partition) != nullptr) {
          partitions.push_back({std::string(topic), partition});
        }
      }
      if (partitions.empty()) return later(waiter, std::move(result));
      remove_offsets(group, std::move(partitions),
                     [this, waiter, result = std::move(result)](ErrorCode error) mutable {
                       result.error = error;
                       later(waiter, std::move(result));
                     });
    });
  });
}

void CoordinatorShard::remove_offsets(const std::shared_ptr<Group>& group,
                                      std::vector<ExpiredOffsets::Partition> partitions,
                                      WriteDone done) {
  std::vector<CoordinatorRecord> tombstones;
  tombstones.reserve(partitions.size());
  for (const auto& [topic, partition] : partitions) {
    tombstones.push_back(offset_tombstone(group->group_id(), topic, partition));
  }
  write_all(std::move(tombstones),
            [group, partitions = std::move(partitions), done = std::move(done)](ErrorCode error) {
              if (error == ErrorCode::NONE) {
                for (const auto& [topic, partition] : partitions)
                  group->offsets.remove(topic, partition);
              }
              done(error);
            });
}

// Groups

void CoordinatorShard::delete_group(std::string_view group_id, Waiter<ErrorCode>* waiter) {
  take_turn([&] {
    const ErrorCode error = unavailable();
    if (error != ErrorCode::NONE) return later(waiter, error);
    const auto group = groups_.find(group_id);
    if (group == nullptr) return later(waiter, ErrorCode::GROUP_ID_NOT_FOUND);
    when_settled(group, [this, group, waiter] {
      if (group->is(GroupState::kDead)) return later(waiter, ErrorCode::GROUP_ID_NOT_FOUND);
      if (!group->is(GroupState::kEmpty)) return later(waiter, ErrorCode::NON_EMPTY_GROUP);
      begin_deletion(group, waiter);
    });
  });
}

// Until its tombstones are durable the group is Dead, and clients are told to try again.
void CoordinatorShard::begin_deletion(const std::shared_ptr<Group>& group,
                                      Waiter<ErrorCode>* waiter) {
  std::vector<CoordinatorRecord> tombstones;
  for (const auto& [topic, partitions] : group->offsets.topics()) {
    for (const auto& [partition, committed] : partitions) {
      tombstones.push_back(offset_tombstone(group->group_id(), topic, partition));
    }
  }
  tombstones.push_back(group_tombstone(group->group_id()));
  const std::int64_t empty_since_ms = group->state_timestamp_ms();
  group->become(GroupState::kDead, empty_since_ms);
  write_all(std::move(tombstones), [this, group, waiter, empty_since_ms](ErrorCode error) {
    if (error == ErrorCode::NONE) {
      groups_.remove(group->group_id());
      --context_.group_count;
    } else {
      group->become(GroupState::kEmpty, empty_since_ms);
    }
    if (waiter != nullptr) later(waiter, error);
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

void CoordinatorShard::expire(const IsCurrentTopic& is_current) {
  take_turn([&] {
    if (state_ != State::kActive) return;
    const std::int64_t now_ms = wall_time_ms();
    for (const auto& [group_id, group] : groups_) {
      // What is on the way to the log makes it younger.
      if (group->is(GroupState::kDead) || group->pending_commits > 0) continue;
      auto expired = find_expired(*group, now_ms, context_.config.retention_ms, is_current);
      if (expired.are_all && group->is(GroupState::kEmpty)) {
        begin_deletion(group, nullptr);
      } else if (!expired.partitions.empty()) {
        remove_offsets(group, std::move(expired.partitions), [](ErrorCode) {});
      }
    }
  });
}

}  // namespace fluxmq::api_groups
