// Reads up to the high watermark, and those who wait for it to move.
#include "converted_read.h"
#include "partition.h"

namespace fluxmq::core {
namespace {

using protocol::to_int16;

struct ReadOperation {
  Partition* partition;
  fluxmq_read_done done;
  void* context;
  fluxmq_read_result result;
};

fluxmq_read_result empty_result(ErrorCode error) {
  fluxmq_read_result result{};
  result.size = sizeof(result);
  result.error = to_int16(error);
  result.high_watermark = result.last_stable_offset = result.log_start_offset = -1;
  result.diverging_epoch = -1;
  result.diverging_end_offset = -1;
  return result;
}

}  // namespace

void Partition::read(const fluxmq_read_request& request, fluxmq_read_done done, void* context) {
  use_log([this, request, done, context](std::int16_t error) {
    if (error == 0) return start_read(request, done, context);
    const auto result = empty_result(ErrorCode{error});
    done(context, &result);
  });
}

// The log is in use; it is given back before `done`, after which the partition may be gone.
void Partition::start_read(const fluxmq_read_request& request, fluxmq_read_done done,
                           void* context) {
  auto result = empty_result(check_epoch(request.current_leader_epoch));
  {
    const Lock lock(mutex_);
    result.high_watermark = result.last_stable_offset = high_watermark_;
    result.log_start_offset = log_start_offset_;
  }
  const auto bound = request.isolation == FLUXMQ_READ_COMMITTED ? result.last_stable_offset
                                                                : result.high_watermark;
  bool complete = result.error != 0 || diverges(request, result);
  if (!complete && (request.fetch_offset < result.log_start_offset ||
                    request.fetch_offset > result.high_watermark)) {
    result.error = to_int16(ErrorCode::OFFSET_OUT_OF_RANGE);
    complete = true;
  }
  if (complete || request.fetch_offset >= bound ||
      (request.max_bytes <= 0 && request.minimum_one_batch == 0)) {
    release_log();
    return done(context, &result);
  }
  if (request.format != FLUXMQ_READ_AS_STORED)
    return read_converted(
        std::make_unique<ConvertedRead>(*this, request, bound, result, done, context));
  const fluxmq_log_read_request log_request{sizeof(log_request), request.minimum_one_batch,
                                            request.fetch_offset, bound, request.max_bytes};
  const auto* store = environment_.log_store;
  store->read(
      store->self, log_, &log_request,
      [](void* raw, std::int16_t error, const fluxmq_segment* segments, std::uint32_t count) {
        const std::unique_ptr<ReadOperation> read(static_cast<ReadOperation*>(raw));
        read->result.error = error;
        read->result.segments = segments;
        read->result.segment_count = error == 0 ? count : 0;
        read->partition->release_log();
        read->done(read->context, &read->result);
      },
      new ReadOperation{this, done, context, result});
}

// KIP-595: a reader whose newest epoch ended before its offset has records that this log hasn't.
bool Partition::diverges(const fluxmq_read_request& request, fluxmq_read_result& result) {
  if (request.last_fetched_epoch < 0) return false;
  std::int32_t found_epoch = -1;
  std::int64_t end_offset = -1;
  const auto* store = environment_.log_store;
  store->epoch_end_offset(store->self, log_, request.last_fetched_epoch, &found_epoch, &end_offset);
  if (found_epoch < 0) {
    result.error = to_int16(ErrorCode::OFFSET_OUT_OF_RANGE);
    return true;
  }
  if (found_epoch >= request.last_fetched_epoch && end_offset >= request.fetch_offset) return false;
  result.diverging_epoch = found_epoch;
  result.diverging_end_offset = end_offset;
  return true;
}

std::uint64_t Partition::watch(std::int64_t offset, WatchTask task) {
  {
    const Lock lock(mutex_);
    if (!log_uses_.is_ending() && high_watermark_ <= offset) return watches_.add(offset, task);
  }
  task.task(task.context);
  return 0;
}

bool Partition::forget(std::uint64_t watch_id) {
  const Lock lock(mutex_);
  return watches_.remove(watch_id);
}

}  // namespace fluxmq::core
