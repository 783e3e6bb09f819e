// Offsets by time, by epoch, and the deletion of records below one.
#include <algorithm>

#include "compression/decompress.h"
#include "fluxmq/protocol/record.h"
#include "partition.h"
#include "segment_source.h"

namespace fluxmq::core {
namespace {

using protocol::to_int16;

constexpr std::int16_t kNoError = 0;

struct FoundRecord {
  std::int64_t offset;
  std::int64_t timestamp_ms;
};

// The first record of the batch that is wanted: at or past a time and an offset, or the one with
// the largest timestamp. nullopt if none fits. Of records that can't be read the batch's own answer
// is the next best.
std::optional<FoundRecord> find_record(const protocol::RecordBatch& batch,
                                       std::int64_t timestamp_ms, std::int64_t min_offset) {
  const FoundRecord next_best{std::max(batch.base_offset(), min_offset), batch.max_timestamp()};
  std::vector<std::uint8_t> uncompressed;
  protocol::Bytes records = batch.records();
  if (batch.compression() != protocol::Compression::kNone) {
    auto made = decompress(batch.compression(), records, kMaxUncompressedBytes);
    if (!made) return next_best;
    uncompressed = std::move(*made);
    records = uncompressed;
  }
  std::optional<FoundRecord> found;
  try {
    protocol::RecordReader reader(batch, records);
    protocol::Record record;
    while (reader.next(record)) {
      if (record.offset < min_offset) continue;
      if (timestamp_ms == FLUXMQ_TIMESTAMP_MAX) {
        if (!found || record.timestamp_ms > found->timestamp_ms)
          found = {record.offset, record.timestamp_ms};
      } else if (record.timestamp_ms >= timestamp_ms) {
        return FoundRecord{record.offset, record.timestamp_ms};
      }
    }
  } catch (const protocol::DecodeError&) {
    return next_best;
  }
  return found;
}

}  // namespace

struct Partition::OffsetSearch {
  std::shared_ptr<Partition> partition;
  std::int64_t timestamp_ms;
  std::int64_t bound;
  std::int64_t log_start_offset;
  fluxmq_offset_found done;
  void* context;
  // The batch that holds it.
  std::int64_t base_offset = -1;
  std::int64_t max_timestamp_ms = -1;
  std::int32_t leader_epoch = -1;
  std::vector<fluxmq_segment> segments;

  void answer(std::int16_t error, std::int64_t offset, std::int64_t time_ms, std::int32_t epoch) {
    partition->release_log();
    done(context, error, offset, time_ms, epoch);
  }
  void answer_none(std::int16_t error) { answer(error, -1, -1, -1); }
  // Both block.
  static void look_into_batch(std::unique_ptr<OffsetSearch> search);
  static void go_on_from(std::unique_ptr<OffsetSearch> search, std::int64_t offset);
};

void Partition::find_offset(std::int64_t timestamp_ms, std::uint32_t isolation,
                            std::int32_t current_leader_epoch, fluxmq_offset_found done,
                            void* context) {
  static_cast<void>(isolation);  // without open transactions both end at the high watermark
  if (const auto error = check_epoch(current_leader_epoch); error != ErrorCode::NONE)
    return done(context, to_int16(error), -1, -1, -1);
  use_log([this, timestamp_ms, done, context](std::int16_t error) {
    if (error != 0) return done(context, error, -1, -1, -1);
    start_search(timestamp_ms, done, context);
  });
}

void Partition::start_search(std::int64_t timestamp_ms, fluxmq_offset_found done, void* context) {
  std::int64_t high_watermark = 0;
  std::int64_t log_start_offset = 0;
  {
    const Lock lock(mutex_);
    high_watermark = high_watermark_;
    log_start_offset = log_start_offset_;
  }
  const bool is_max = timestamp_ms == FLUXMQ_TIMESTAMP_MAX;
  if (timestamp_ms < 0 && !is_max) {
    std::int64_t offset = -1;
    std::int32_t epoch = -1;
    if (timestamp_ms == FLUXMQ_TIMESTAMP_LATEST) {
      offset = high_watermark;
      epoch = leader_epoch_;
    } else if (timestamp_ms == FLUXMQ_TIMESTAMP_EARLIEST ||
               timestamp_ms == FLUXMQ_TIMESTAMP_EARLIEST_LOCAL) {
      offset = log_start_offset;
      epoch = epoch_of(offset);
    }
    release_log();
    return done(context, kNoError, offset, -1, epoch);
  }
  auto search = std::make_unique<OffsetSearch>();
  search->partition = shared_from_this();
  search->timestamp_ms = timestamp_ms;
  search->bound = high_watermark;
  search->log_start_offset = log_start_offset;
  search->done = done;
  search->context = context;
  const auto found = [](void* raw, std::int16_t error, std::int64_t offset, std::int64_t time_ms,
                        std::int32_t epoch) {
    std::unique_ptr<OffsetSearch> at(static_cast<OffsetSearch*>(raw));
    if (error != 0 || offset < 0 || offset >= at->bound) return at->answer_none(error);
    at->base_offset = offset;
    at->max_timestamp_ms = time_ms;
    at->leader_epoch = epoch;
    Partition& partition = *at->partition;
    partition.read_found_batch(std::move(at));
  };
  const auto* store = environment_.log_store;
  if (is_max) {
    store->find_max_timestamp(store->self, log_, found, search.release());
  } else {
    store->find_timestamp(store->self, log_, timestamp_ms, found, search.release());
  }
}

// The log knows the batch; which of its records it is takes a look into it, off the event loops.
void Partition::read_found_batch(std::unique_ptr<OffsetSearch> search) {
  const auto offset = std::max(search->base_offset, search->log_start_offset);
  const fluxmq_log_read_request request{sizeof(request), 1, offset, search->bound, 1};
  const auto* store = environment_.log_store;
  store->read(
      store->self, log_, &request,
      [](void* raw, std::int16_t error, const fluxmq_segment* segments, std::uint32_t count) {
        std::unique_ptr<OffsetSearch> at(static_cast<OffsetSearch*>(raw));
        if (error != 0) return at->answer_none(error);
        at->segments.assign(segments, segments + count);
        const Host host = at->partition->environment_.host;
        host.post_blocking(
            [at = std::move(at)]() mutable { OffsetSearch::look_into_batch(std::move(at)); });
      },
      search.release());
}

void Partition::OffsetSearch::look_into_batch(std::unique_ptr<OffsetSearch> search) {
  const auto bytes = gather(search->segments);
  release(search->segments);
  if (!bytes) return search->answer_none(to_int16(ErrorCode::KAFKA_STORAGE_ERROR));
  protocol::RecordBatchCursor cursor(*bytes);
  const auto batch = cursor.next();
  if (!batch || !batch->has_header())
    return search->answer(kNoError, std::max(search->base_offset, search->log_start_offset),
                          search->max_timestamp_ms, search->leader_epoch);
  const auto record = find_record(*batch, search->timestamp_ms, search->log_start_offset);
  if (!record) return go_on_from(std::move(search), batch->next_offset());
  if (record->offset >= search->bound) return search->answer_none(0);
  search->answer(kNoError, record->offset, record->timestamp_ms, search->leader_epoch);
}

// A compaction leaves batches whose records are gone, but not the time that they tell; and the
// first batch of a log may lie before its start in part. As in Kafka the next batch that fits is
// looked into, and the largest timestamp is nowhere then.
void Partition::OffsetSearch::go_on_from(std::unique_ptr<OffsetSearch> search,
                                         std::int64_t offset) {
  if (search->timestamp_ms == FLUXMQ_TIMESTAMP_MAX) return search->answer_none(0);
  search->base_offset = -1;
  const auto* store = search->partition->environment_.log_store;
  const auto error = store->visit_batches(
      store->self, search->partition->log_, offset,
      [](void* context, const std::uint8_t* header) -> std::int32_t {
        auto& into = *static_cast<OffsetSearch*>(context);
        const protocol::RecordBatch batch({header, protocol::kRecordBatchHeaderBytes});
        if (batch.base_offset() >= into.bound) return 0;
        if (batch.record_count() == 0 || batch.max_timestamp() < into.timestamp_ms) return 1;
        into.base_offset = batch.base_offset();
        into.max_timestamp_ms = batch.max_timestamp();
        into.leader_epoch = batch.partition_leader_epoch();
        return 0;
      },
      search.get());
  if (error != 0 || search->base_offset < 0) return search->answer_none(error);
  Partition& partition = *search->partition;
  partition.read_found_batch(std::move(search));
}

// Epochs are few; the first that ends past the offset holds it.
std::int32_t Partition::epoch_of(std::int64_t offset) {
  const auto* store = environment_.log_store;
  for (std::int32_t epoch = 0; epoch < leader_epoch_; ++epoch) {
    std::int32_t found_epoch = -1;
    std::int64_t end_offset = -1;
    store->epoch_end_offset(store->self, log_, epoch, &found_epoch, &end_offset);
    if (found_epoch == epoch && end_offset > offset) return epoch;
  }
  return leader_epoch_;
}

void Partition::find_epoch_end(std::int32_t leader_epoch, std::int32_t current_leader_epoch,
                               fluxmq_offset_found done, void* context) {
  if (const auto error = check_epoch(current_leader_epoch); error != ErrorCode::NONE)
    return done(context, to_int16(error), -1, -1, -1);
  use_log([this, leader_epoch, done, context](std::int16_t error) {
    if (error != 0) return done(context, error, -1, -1, -1);
    std::int32_t found_epoch = -1;
    std::int64_t end_offset = -1;
    if (leader_epoch == leader_epoch_) {
      found_epoch = leader_epoch;
      const Lock lock(mutex_);
      end_offset = high_watermark_;
    } else if (leader_epoch >= 0 && leader_epoch < leader_epoch_) {
      const auto* store = environment_.log_store;
      store->epoch_end_offset(store->self, log_, leader_epoch, &found_epoch, &end_offset);
    }
    release_log();
    done(context, kNoError, end_offset, -1, found_epoch);
  });
}

void Partition::delete_records(std::int64_t before_offset, fluxmq_low_watermark_done done,
                               void* context) {
  ErrorCode refused = ErrorCode::NONE;
  if (topic_->is_internal) {
    refused = ErrorCode::INVALID_TOPIC_EXCEPTION;
  } else {
    const Lock lock(mutex_);
    if (!settings_->deleting) refused = ErrorCode::POLICY_VIOLATION;
  }
  if (refused != ErrorCode::NONE) return done(context, to_int16(refused), -1);
  use_log([self = shared_from_this(), before_offset, done, context](std::int16_t error) {
    if (error != 0) return done(context, error, -1);
    self->environment_.host.post_blocking([self, before_offset, done, context] {
      self->delete_before(before_offset, done, context);
    });
  });
}

// Blocks: the new start is durable before it is told.
void Partition::delete_before(std::int64_t offset, fluxmq_low_watermark_done done, void* context) {
  std::int64_t low_watermark = -1;
  std::int16_t error = 0;
  bool moves = false;
  {
    const Lock lock(mutex_);
    if (offset == -1) offset = high_watermark_;
    if (offset < 0 || offset > high_watermark_) error = to_int16(ErrorCode::OFFSET_OUT_OF_RANGE);
    low_watermark = log_start_offset_;
    moves = error == 0 && offset > log_start_offset_;
  }
  const auto* store = environment_.log_store;
  if (moves) error = store->set_log_start_offset(store->self, log_, offset);
  if (moves && error == 0) {
    const Lock lock(mutex_);
    log_start_offset_ = low_watermark = std::max(log_start_offset_, offset);
  }
  release_log();
  done(context, error, error == 0 ? low_watermark : -1);
}

}  // namespace fluxmq::core
