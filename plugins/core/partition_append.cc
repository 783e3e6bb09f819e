// Appends: staged as they come, with their offsets, and written together at the end of the turn.
//
// One group is in the log store's hands at a time. While it is, the next one gathers; so nothing
// that follows a failed append is stored, and an idempotent producer's order holds.
#include <algorithm>
#include <limits>

#include "partition.h"
#include "timed_flushes.h"

namespace fluxmq::core {
namespace {

using protocol::MutableBytes;
using protocol::MutableRecordBatch;
using protocol::RecordBatchCursor;
using protocol::to_int16;

constexpr const char* kShortOfSpace =
    "The volume that the partition lies on has too little free space for more records.";

void call_done(const StagedAppend& append, std::int16_t error, std::int64_t log_start_offset) {
  fluxmq_append_result result{};
  result.size = sizeof(result);
  result.error = error;
  result.base_offset = error == 0 ? append.base_offset : -1;
  result.log_append_time_ms = error == 0 ? append.log_append_time_ms : -1;
  result.log_start_offset = error == 0 ? log_start_offset : -1;
  append.done(append.context, &result);
}

// Those that only wait for the log, or those that wait for the disk too.
void answer(const AppendGroup& group, bool all_acks) {
  for (const auto& append : group.appends) {
    if ((append.acks == -1) == all_acks) call_done(append, 0, group.log_start_offset);
  }
}

void answer_error(const AppendGroup& group, std::int16_t error) {
  const auto told = error == to_int16(ErrorCode::FENCED_LEADER_EPOCH)
                        ? to_int16(ErrorCode::NOT_LEADER_OR_FOLLOWER)
                        : error;
  for (const auto& append : group.appends) call_done(append, told, -1);
}

}  // namespace

void Partition::append(const fluxmq_append_request& request, fluxmq_append_done done,
                       void* context) {
  CheckedAppend checked;
  const MutableBytes records(request.records.data, request.records.size);
  if ((request.flags & FLUXMQ_APPEND_INTERNAL) != 0) {
    checked.batch = records;
  } else {
    checked = check_append(records, append_rules(request.flags), now_ms());
    if (!checked.outcome.ok() || checked.batch.empty())
      return refuse_append(checked, done, context);
  }
  Lock lock(mutex_);
  if (log_state_ == LogState::kOpen && ending_ == Ending::kNone)
    return stage(checked, request, done, context, lock);
  wait_for_log(
      [this, checked = std::move(checked), request, done, context](std::int16_t error) mutable {
        if (error != 0) {
          checked.outcome = ErrorCode{error};
          checked.tells_log_start = false;
          return refuse_append(checked, done, context);
        }
        const auto self = shared_from_this();
        Lock waited(mutex_);
        stage(checked, request, done, context, waited);
        release_log();
      },
      lock);
}

AppendRules Partition::append_rules(std::uint32_t flags) const {
  return {.max_message_bytes = max_message_bytes_.load(std::memory_order_relaxed),
          .segment_bytes = segment_bytes_.load(std::memory_order_relaxed),
          .log_append_time = log_append_time_.load(std::memory_order_relaxed),
          .compacted = compacted_.load(std::memory_order_relaxed),
          .zstd_allowed = (flags & FLUXMQ_APPEND_WITHOUT_ZSTD) == 0,
          .old_formats = (flags & FLUXMQ_APPEND_OLD_FORMATS) != 0,
          .timestamp_before_max_ms = timestamp_before_max_ms_.load(std::memory_order_relaxed),
          .timestamp_after_max_ms = timestamp_after_max_ms_.load(std::memory_order_relaxed),
          .compression = compression_.load(std::memory_order_relaxed),
          .max_uncompressed_bytes = environment_.max_uncompressed_bytes};
}

// Gives the batch its place in the log, under the lock; then sees that it gets there.
void Partition::stage(CheckedAppend& checked, const fluxmq_append_request& request,
                      fluxmq_append_done done, void* context, Lock& lock) {
  StagedAppend staged{done, context, -1, checked.log_append_time_ms, request.acks};
  const bool is_internal = (request.flags & FLUXMQ_APPEND_INTERNAL) != 0;
  ErrorCode error = check_epoch(request.expected_leader_epoch);
  if (error == ErrorCode::NONE && !is_internal && is_short_of_space()) {
    lock.unlock();
    CheckedAppend refused;
    refused.outcome = {ErrorCode::KAFKA_STORAGE_ERROR, kShortOfSpace};
    return tell_refusal(refused, -1, done, context);
  }
  if (error == ErrorCode::NONE) {
    error =
        is_internal ? stage_internal(checked.batch, staged) : stage_batch(checked.batch, staged);
  }
  if (error != ErrorCode::NONE) {
    lock.unlock();
    CheckedAppend refused;
    refused.outcome = error;
    refused.tells_log_start =
        error != ErrorCode::FENCED_LEADER_EPOCH && error != ErrorCode::UNKNOWN_LEADER_EPOCH;
    return refuse_append(refused, done, context);
  }
  AppendGroup& group = staged_group();
  group.appends.push_back(staged);
  if (!checked.rebuilt.empty()) group.rebuilt.push_back(std::move(checked.rebuilt));
  group.wants_flush |= request.acks == -1;
  if (flush_scheduled_ || append_under_way_) return lock.unlock();
  flush_scheduled_ = true;
  lock.unlock();
  schedule_flush();
}

// Under the lock: it takes a look at a flag.
bool Partition::is_short_of_space() const {
  const auto* store = environment_.log_store;
  return offers(store, &fluxmq_log_store::is_short_of_space) &&
         store->is_short_of_space(store->self, log_) != 0;
}

ErrorCode Partition::stage_batch(MutableBytes bytes, StagedAppend& staged) {
  const protocol::RecordBatch batch(bytes);
  if (batch.has_producer_id() && producers_ != nullptr) {
    const auto verdict = producers_->check(batch);
    if (verdict.error != ErrorCode::NONE) return verdict.error;
    if (verdict.duplicate != nullptr) {
      // As Kafka tells it: where it was stored, and its timestamp in the place of the append's.
      staged.base_offset = verdict.duplicate->base_offset();
      staged.log_append_time_ms = verdict.duplicate->timestamp_ms;
      return ErrorCode::NONE;
    }
  }
  staged.base_offset = next_offset_;
  push_batch(bytes);
  return ErrorCode::NONE;
}

// A coordinator's own batches: one or more, well formed.
ErrorCode Partition::stage_internal(MutableBytes bytes, StagedAppend& staged) {
  RecordBatchCursor cursor(bytes);
  std::size_t count = 0;
  for (auto batch = cursor.next(); batch; batch = cursor.next(), ++count) {
    if (!batch->has_header() || batch->last_offset_delta() < 0) return ErrorCode::CORRUPT_MESSAGE;
  }
  if (count == 0 || cursor.end() != RecordBatchCursor::End::kComplete)
    return ErrorCode::CORRUPT_MESSAGE;
  staged.base_offset = next_offset_;
  while (!bytes.empty()) {
    const auto size = protocol::kBatchPrefixBytes +
                      static_cast<std::size_t>(protocol::RecordBatch(bytes).batch_length());
    push_batch(bytes.first(size));
    bytes = bytes.subspan(size);
  }
  return ErrorCode::NONE;
}

void Partition::push_batch(MutableBytes bytes) {
  MutableRecordBatch batch(bytes);
  batch.set_base_offset(next_offset_);
  batch.set_partition_leader_epoch(leader_epoch_);
  if (batch.has_producer_id()) {
    if (producers_ == nullptr) {
      producers_ =
          std::make_unique<ProducerStates>(environment_.producer_count, environment_.max_producers);
    }
    producers_->update(batch);
  }
  AppendGroup& group = staged_group();
  if (group.batches.empty()) group.base_offset = next_offset_;
  group.batches.push_back({bytes.data(), bytes.size()});
  next_offset_ = batch.next_offset();
  group.end_offset = next_offset_;
}

AppendGroup& Partition::staged_group() {
  if (staged_ == nullptr) {
    staged_ = environment_.groups->take();
    staged_->partition = shared_from_this();
    ++log_uses_;
  }
  return *staged_;
}

// The staged group keeps the partition until the task ran.
void Partition::schedule_flush() {
  environment_.host.defer([](void* context) { static_cast<Partition*>(context)->flush_staged(); },
                          this);
}

void Partition::flush_staged() {
  Lock lock(mutex_);
  flush_scheduled_ = false;
  auto group = std::move(staged_);
  append_under_way_ = true;
  lock.unlock();
  if (group->error != 0 || group->batches.empty()) {
    const auto error = group->error;
    return appended(std::move(group), error, 0);
  }
  const auto* store = environment_.log_store;
  const auto& batches = group->batches;
  store->append(
      store->self, log_, batches.data(), static_cast<std::uint32_t>(batches.size()), leader_epoch_,
      [](void* context, std::int16_t error, std::uint32_t flags) {
        std::unique_ptr<AppendGroup> done(static_cast<AppendGroup*>(context));
        Partition& partition = *done->partition;
        partition.appended(std::move(done), error, flags);
      },
      group.release());
}

void Partition::appended(std::unique_ptr<AppendGroup> group, std::int16_t error,
                         std::uint32_t flags) {
  const bool store_failed = error != 0 && group->error == 0;
  std::vector<WatchTask> passed;
  bool more = false;
  FlushDemand demand;
  {
    const Lock lock(mutex_);
    append_under_way_ = false;
    group->log_start_offset = log_start_offset_;
    if (error == 0 && !group->batches.empty()) {
      high_watermark_ = group->end_offset;
      watches_.take_passed(high_watermark_, passed);
    }
    if (error == 0) demand = flush_demand(*group);
    if (store_failed) {
      log_state_ = LogState::kOpening;  // until offsets and producers are read again
      if (staged_ != nullptr) staged_->error = error;
    }
    more = staged_ != nullptr;
    flush_scheduled_ = more;
  }
  if (more) schedule_flush();
  if (error != 0) {
    if (store_failed) {
      environment_.host.debug("an append to ", name(), " failed: error ", error);
      environment_.host.post_blocking([self = shared_from_this()] { self->load_log(); });
    }
    answer_error(*group, error);
    return finish(std::move(group));
  }
  if (!demand.is_due) {
    answer(*group, false);
    if (!demand.acks_all_waits) answer(*group, true);
    group->answered = !demand.acks_all_waits;
  }
  for (const auto& watch : passed) watch.task(watch.context);
  if ((flags & FLUXMQ_LOG_ROLLED) != 0) save_snapshot(group->base_offset);
  if (demand.delay_ms >= 0)
    environment_.timed_flushes->flush_after(demand.delay_ms, weak_from_this());
  if (!demand.is_due && (group->answered || !group->wants_flush)) return finish(std::move(group));
  group->waits_for_flush = demand.is_due;
  flush_group(std::move(group));
}

// Under the lock.
FlushDemand Partition::flush_demand(const AppendGroup& group) {
  const TopicSettings& settings = *settings_;
  FlushDemand demand;
  // Coordinators rely on what they were answered.
  demand.acks_all_waits = !settings.write_caching || topic_->is_internal;
  const bool has_new = !group.batches.empty();
  demand.is_due = has_new && high_watermark_ - flushed_offset_ >= settings.flush_messages;
  const bool is_timed = has_new && !demand.is_due && settings.flush_ms >= 0 &&
                        settings.flush_ms < std::numeric_limits<std::int64_t>::max();
  if (is_timed && !flush_timed_) {
    flush_timed_ = true;
    demand.delay_ms = settings.flush_ms;
  }
  return demand;
}

// Those who were not answered yet are answered then.
void Partition::flush_group(std::unique_ptr<AppendGroup> group) {
  const auto* store = environment_.log_store;
  store->flush(
      store->self, log_,
      [](void* context, std::int16_t flush_error) {
        std::unique_ptr<AppendGroup> flushed(static_cast<AppendGroup*>(context));
        Partition& partition = *flushed->partition;
        if (!flushed->waits_for_flush)
          std::erase_if(flushed->appends, [](const auto& append) { return append.acks != -1; });
        if (flush_error == 0) {
          if (!flushed->batches.empty()) partition.flushed(flushed->end_offset);
          answer(*flushed, false);
          answer(*flushed, true);
        } else {
          answer_error(*flushed, flush_error);
        }
        partition.finish(std::move(flushed));
      },
      group.release());
}

void Partition::flushed(std::int64_t offset) {
  const Lock lock(mutex_);
  flushed_offset_ = std::max(flushed_offset_, offset);
}

void Partition::flush() {
  {
    const Lock lock(mutex_);
    flush_timed_ = false;
    if (log_state_ != LogState::kOpen || flushed_offset_ >= high_watermark_) return;
  }
  use_log([this, self = shared_from_this()](std::int16_t error) {
    if (error != 0) return;
    struct Flush {
      std::shared_ptr<Partition> partition;
      std::int64_t offset;
    };
    auto flush = std::make_unique<Flush>(Flush{self, 0});
    {
      const Lock lock(mutex_);
      flush->offset = high_watermark_;
    }
    const auto* store = environment_.log_store;
    store->flush(
        store->self, log_,
        [](void* context, std::int16_t flush_error) {
          const std::unique_ptr<Flush> done(static_cast<Flush*>(context));
          Partition& partition = *done->partition;
          if (flush_error == 0) partition.flushed(done->offset);
          if (flush_error != 0)
            partition.environment_.host.error("a flush of ", partition.topic_->name, "-",
                                              partition.index_, " failed: error ", flush_error);
          partition.release_log();
        },
        flush.release());
  });
}

// The group's reference may be the last to the partition; and once the log is released, a stop may
// be over.
void Partition::finish(std::unique_ptr<AppendGroup> group) {
  const auto self = std::move(group->partition);
  environment_.groups->give_back(std::move(group));
  release_log();
}

// Producer states as of the first offset of a new segment, as Kafka keeps them.
void Partition::save_snapshot(std::int64_t offset) {
  std::string snapshot;
  {
    const Lock lock(mutex_);
    ++log_uses_;
    snapshot = take_snapshot(offset);
  }
  environment_.host.post_blocking(
      [self = shared_from_this(), offset, snapshot = std::move(snapshot)] {
        const auto* store = self->environment_.log_store;
        const auto error = store->save_producer_snapshot(
            store->self, self->log_, offset,
            {reinterpret_cast<const std::uint8_t*>(snapshot.data()), snapshot.size()});
        if (error == 0) {
          const Lock lock(self->mutex_);
          self->snapshot_offset_ = offset;
        }
        self->release_log();
      });
}

std::string Partition::take_snapshot(std::int64_t offset) {
  if (producers_ != nullptr) return producers_->snapshot(offset);
  return ProducerStates(environment_.producer_count, environment_.max_producers).snapshot(offset);
}

void Partition::refuse_append(const CheckedAppend& checked, fluxmq_append_done done,
                              void* context) {
  if (!checked.tells_log_start) return tell_refusal(checked, -1, done, context);
  use_log([this, checked, done, context](std::int16_t error) {
    std::int64_t log_start_offset = -1;
    if (error == 0) {
      const Lock lock(mutex_);
      log_start_offset = log_start_offset_;
    }
    if (error == 0) release_log();
    tell_refusal(checked, log_start_offset, done, context);
  });
}

void Partition::tell_refusal(const CheckedAppend& checked, std::int64_t log_start_offset,
                             fluxmq_append_done done, void* context) {
  std::vector<fluxmq_record_error> errors;
  errors.reserve(checked.record_errors.size());
  for (const auto& [index, message] : checked.record_errors)
    errors.push_back({index, 0, to_abi(std::string_view(message))});
  fluxmq_append_result result{};
  result.size = sizeof(result);
  result.error = checked.outcome.code();
  result.base_offset = -1;
  result.log_append_time_ms = -1;
  result.log_start_offset = log_start_offset;
  result.error_message = checked.outcome.abi_message();
  result.record_errors = errors.data();
  result.record_error_count = errors.size();
  done(context, &result);
}

}  // namespace fluxmq::core
