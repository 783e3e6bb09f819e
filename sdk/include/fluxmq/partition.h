// Partition: Kafka's semantics of a partition, as C++. A handle is valid while its Topic is held.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fluxmq/abi/partition.h"
#include "fluxmq/host.h"
#include "fluxmq/protocol/errors.h"
#include "fluxmq/protocol/primitives.h"
#include "fluxmq/task.h"

namespace fluxmq {

struct RecordError {
  std::int32_t batch_index = 0;
  std::string message;
};

struct AppendResult {
  protocol::ErrorCode error{};
  std::int64_t base_offset = -1;
  std::int64_t log_append_time_ms = -1;
  std::int64_t log_start_offset = -1;
  std::optional<std::string> error_message;
  std::vector<RecordError> record_errors;

  AppendResult() = default;
  explicit AppendResult(const fluxmq_append_result* result)
      : error(static_cast<protocol::ErrorCode>(result->error)),
        base_offset(result->base_offset),
        log_append_time_ms(result->log_append_time_ms),
        log_start_offset(result->log_start_offset) {
    if (result->error_message.data != nullptr) error_message.emplace(view(result->error_message));
    for (std::uint64_t i = 0; i < result->record_error_count; ++i) {
      const auto& failed = result->record_errors[i];
      record_errors.push_back({failed.batch_index, std::string(view(failed.message))});
    }
  }
};

// Owns the leases of its segments until they are moved into an answer.
struct ReadResult {
  protocol::ErrorCode error{};
  std::int64_t high_watermark = -1;
  std::int64_t last_stable_offset = -1;
  std::int64_t log_start_offset = -1;
  std::vector<fluxmq_segment> segments;
  std::vector<fluxmq_aborted_transaction> aborted_transactions;
  std::int32_t diverging_epoch = -1;
  std::int64_t diverging_end_offset = -1;

  ReadResult() = default;
  explicit ReadResult(const fluxmq_read_result* result)
      : error(static_cast<protocol::ErrorCode>(result->error)),
        high_watermark(result->high_watermark),
        last_stable_offset(result->last_stable_offset),
        log_start_offset(result->log_start_offset),
        segments(result->segments, result->segments + result->segment_count),
        aborted_transactions(result->aborted_transactions,
                             result->aborted_transactions + result->aborted_transaction_count),
        diverging_epoch(result->diverging_epoch),
        diverging_end_offset(result->diverging_end_offset) {}
  ReadResult(ReadResult&&) = default;
  ReadResult& operator=(ReadResult&& other) noexcept {
    if (this != &other) {
      release();
      error = other.error;
      high_watermark = other.high_watermark;
      last_stable_offset = other.last_stable_offset;
      log_start_offset = other.log_start_offset;
      segments = std::move(other.segments);
      other.segments.clear();
      aborted_transactions = std::move(other.aborted_transactions);
      diverging_epoch = other.diverging_epoch;
      diverging_end_offset = other.diverging_end_offset;
    }
    return *this;
  }
  ~ReadResult() { release(); }

  std::uint64_t size_bytes() const {
    std::uint64_t total = 0;
    for (const auto& segment : segments) total += segment.length;
    return total;
  }

 private:
  void release() {
    for (const auto& segment : segments) {
      if (segment.release != nullptr) segment.release(segment.release_context);
    }
    segments.clear();
  }
};

struct FoundOffset {
  protocol::ErrorCode error{};
  std::int64_t offset = -1;
  std::int64_t timestamp_ms = -1;
  std::int32_t leader_epoch = -1;

  FoundOffset() = default;
  FoundOffset(std::int16_t code, std::int64_t at, std::int64_t time_ms, std::int32_t epoch)
      : error(static_cast<protocol::ErrorCode>(code)),
        offset(at),
        timestamp_ms(time_ms),
        leader_epoch(epoch) {}
};

struct LowWatermark {
  protocol::ErrorCode error{};
  std::int64_t low_watermark = -1;

  LowWatermark() = default;
  LowWatermark(std::int16_t code, std::int64_t offset)
      : error(static_cast<protocol::ErrorCode>(code)), low_watermark(offset) {}
};

struct DescribedProducers {
  protocol::ErrorCode error{};
  std::vector<fluxmq_producer_state> producers;

  DescribedProducers() = default;
  DescribedProducers(std::int16_t code, const fluxmq_producer_state* list, std::uint64_t count)
      : error(static_cast<protocol::ErrorCode>(code)), producers(list, list + count) {}
};

struct FoundOffsets {
  protocol::ErrorCode error{};
  std::vector<std::int64_t> offsets;

  FoundOffsets() = default;
  FoundOffsets(std::int16_t code, const std::int64_t* list, std::uint64_t count)
      : error(static_cast<protocol::ErrorCode>(code)), offsets(list, list + count) {}
};

struct AppendOptions {
  std::int16_t acks = 1;
  std::uint32_t flags = 0;
  std::int32_t expected_leader_epoch = -1;
};

class Partition {
 public:
  Partition() = default;
  Partition(const fluxmq_partition_table* table, fluxmq_partition* handle)
      : table_(table), handle_(handle) {}
  explicit operator bool() const { return handle_ != nullptr; }
  // The same for whoever finds the partition.
  fluxmq_partition* handle() const { return handle_; }
  friend bool operator==(const Partition&, const Partition&) = default;

  fluxmq_partition_state state() const {
    fluxmq_partition_state state{};
    state.size = sizeof(state);
    table_->state(table_->self, handle_, &state);
    return state;
  }

  // Blocks. 0 if the provider is too old to tell.
  std::int64_t size_bytes() const {
    if (!offers(table_, &fluxmq_partition_table::size_bytes)) return 0;
    return table_->size_bytes(table_->self, handle_);
  }

  // Which of the catalog's log dirs it lies in; -1: nowhere.
  std::int32_t log_dir() const {
    if (!offers(table_, &fluxmq_partition_table::log_dir)) return 0;
    return table_->log_dir(table_->self, handle_);
  }

  // co_await: AppendResult. `records` must stay until then.
  auto append(protocol::MutableBytes records, AppendOptions options) const {
    return call<AppendResult, const fluxmq_append_result*>(
        [*this, records, options](auto done, void* context) {
          append(records, options, done, context);
        });
  }
  void append(protocol::MutableBytes records, AppendOptions options, fluxmq_append_done done,
              void* context) const {
    const fluxmq_append_request request{sizeof(request),
                                        options.flags,
                                        {records.data(), records.size()},
                                        options.acks,
                                        0,
                                        options.expected_leader_epoch};
    table_->append(table_->self, handle_, &request, done, context);
  }

  // co_await: ReadResult.
  auto read(fluxmq_read_request request) const {
    return call<ReadResult, const fluxmq_read_result*>(
        [*this, request](auto done, void* context) { read(request, done, context); });
  }
  void read(fluxmq_read_request request, fluxmq_read_done done, void* context) const {
    request.size = sizeof(request);
    table_->read(table_->self, handle_, &request, done, context);
  }

  // See fluxmq_partition_table.
  std::uint64_t watch(std::int64_t offset, std::uint32_t isolation, void (*task)(void*),
                      void* context) const {
    return table_->watch(table_->self, handle_, offset, isolation, task, context);
  }
  bool forget(std::uint64_t watch_id) const {
    return table_->forget(table_->self, handle_, watch_id) != 0;
  }

  // co_await: FoundOffset.
  auto find_offset(std::int64_t timestamp_ms, std::uint32_t isolation,
                   std::int32_t current_leader_epoch) const {
    return call<FoundOffset, std::int16_t, std::int64_t, std::int64_t, std::int32_t>(
        [=, *this](auto done, void* context) {
          table_->find_offset(table_->self, handle_, timestamp_ms, isolation, current_leader_epoch,
                              done, context);
        });
  }
  // co_await: FoundOffset, the end offset and epoch.
  auto find_epoch_end(std::int32_t leader_epoch, std::int32_t current_leader_epoch) const {
    return call<FoundOffset, std::int16_t, std::int64_t, std::int64_t, std::int32_t>(
        [=, *this](auto done, void* context) {
          table_->find_epoch_end(table_->self, handle_, leader_epoch, current_leader_epoch, done,
                                 context);
        });
  }
  // co_await: LowWatermark.
  auto delete_records(std::int64_t before_offset) const {
    return call<LowWatermark, std::int16_t, std::int64_t>([=, *this](auto done, void* context) {
      table_->delete_records(table_->self, handle_, before_offset, done, context);
    });
  }
  // co_await: DescribedProducers.
  auto describe_producers() const {
    return call<DescribedProducers, std::int16_t, const fluxmq_producer_state*, std::uint64_t>(
        [*this](auto done, void* context) {
          if (table_->size <= offsetof(fluxmq_partition_table, describe_producers))
            return done(context, to_int16(protocol::ErrorCode::UNSUPPORTED_VERSION), nullptr, 0);
          table_->describe_producers(table_->self, handle_, done, context);
        });
  }
  // co_await: FoundOffsets.
  auto find_segment_offsets(std::int64_t timestamp_ms, std::int32_t max_count) const {
    return call<FoundOffsets, std::int16_t, const std::int64_t*, std::uint64_t>(
        [=, *this](auto done, void* context) {
          if (table_->size <= offsetof(fluxmq_partition_table, find_segment_offsets))
            return done(context, to_int16(protocol::ErrorCode::UNSUPPORTED_VERSION), nullptr, 0);
          table_->find_segment_offsets(table_->self, handle_, timestamp_ms, max_count, done,
                                       context);
        });
  }

 private:
  const fluxmq_partition_table* table_ = nullptr;
  fluxmq_partition* handle_ = nullptr;
};

}  // namespace fluxmq
