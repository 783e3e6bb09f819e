// Appends are staged as they come, with their offsets, and written together (partition_write.cc).
#include "append_answers.h"
#include "append_check.h"
#include "partition.h"

namespace fluxmq::core {
namespace {

using protocol::MutableBytes;
using protocol::MutableRecordBatch;
using protocol::RecordBatchCursor;
using protocol::to_int16;

constexpr const char* kShortOfSpace =
    "The volume that the partition lies on has too little free space for more records.";

}  // namespace

void Partition::append(const fluxmq_append_request& request, fluxmq_append_done done,
                       void* context) {
  CheckedAppend checked;
  const MutableBytes records(request.records.data, request.records.size);
  if ((request.flags & FLUXMQ_APPEND_INTERNAL) != 0) {
    checked.batch = records;
  } else {
    checked = check_append(
        records, append_settings_.rules(request.flags, environment_.max_uncompressed_bytes),
        environment_.now_ms());
    if (!checked.outcome.ok() || checked.batch.empty())
      return refuse_append(checked, done, context);
  }
  Lock lock(mutex_);
  if (log_uses_.is_open()) return stage(checked, request, done, context, lock);
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
    return answer_refusal(refused, -1, done, context);
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
  if (write_scheduled_ || append_under_way_) return lock.unlock();
  write_scheduled_ = true;
  lock.unlock();
  schedule_write();
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
    if (producers_ == nullptr) producers_ = no_producers();
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
    log_uses_.use_again();
  }
  return *staged_;
}

void Partition::refuse_append(const CheckedAppend& checked, fluxmq_append_done done,
                              void* context) {
  if (!checked.tells_log_start) return answer_refusal(checked, -1, done, context);
  use_log([this, checked, done, context](std::int16_t error) {
    std::int64_t log_start_offset = -1;
    if (error == 0) {
      const Lock lock(mutex_);
      log_start_offset = log_start_offset_;
    }
    if (error == 0) release_log();
    answer_refusal(checked, log_start_offset, done, context);
  });
}

}  // namespace fluxmq::core
