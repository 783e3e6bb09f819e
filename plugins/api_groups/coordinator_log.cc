#include "coordinator_log.h"

#include <utility>

namespace fluxmq::api_groups {

namespace {

// A batch ends here if more than one write is waiting; Kafka's default for a batch is 1 MiB.
constexpr std::size_t kMaxBatchBytes = 512 * 1024;

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

void CoordinatorLog::write(std::vector<CoordinatorRecord> records, Durability durability,
                           WriteDone done) {
  queue_.push_back({std::move(records), std::move(done), durability});
}

bool CoordinatorLog::begin_batch(std::int64_t timestamp_ms) {
  if (!in_flight_.empty()) return false;
  builder_.clear();
  acks_ = 1;
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
    add(next.records, timestamp_ms);
    next.records.clear();
    if (next.durability == Durability::kAsConfigured) acks_ = required_acks_;
    in_flight_.push_back(std::move(next));
  }
  if (in_flight_.empty()) return false;
  batch_ = builder_.finish();
  return true;
}

void CoordinatorLog::add(const std::vector<CoordinatorRecord>& records, std::int64_t timestamp_ms) {
  for (const auto& record : records) {
    std::optional<protocol::Bytes> value;
    if (record.value) value = protocol::as_bytes(*record.value);
    builder_.append(timestamp_ms, protocol::as_bytes(record.key), value);
  }
}

void CoordinatorLog::append_batch(fluxmq_append_done done, void* context) {
  partition_.append(batch_, {.acks = acks_, .flags = FLUXMQ_APPEND_INTERNAL}, done, context);
}

void CoordinatorLog::end_batch(ErrorCode error) {
  const std::vector<Write> ended = std::exchange(in_flight_, {});
  for (const Write& write : ended) write.done(for_client(error));
}

}  // namespace fluxmq::api_groups
