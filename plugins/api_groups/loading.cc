#include "loading.h"

#include "replay.h"

namespace fluxmq::api_groups {

Async<bool> Loading::run(const std::atomic<bool>& is_stopping) {
  Progress progress = Progress::kMore;
  while (!is_stopping && progress == Progress::kMore) {
    fluxmq_read_request request{};
    request.isolation = FLUXMQ_READ_UNCOMMITTED;
    request.fetch_offset = offset_;
    request.max_bytes = buffer_bytes_;
    request.current_leader_epoch = -1;
    request.last_fetched_epoch = -1;
    request.minimum_one_batch = 1;
    const auto result = co_await partition_.read(request);
    progress = take(result);
  }
  host_.debug("__consumer_offsets-", index_, ": ", records_, " records, ", groups_.size(),
              " groups");
  co_return progress != Progress::kFailed;
}

Loading::Progress Loading::take(const ReadResult& result) {
  if (result.error == ErrorCode::OFFSET_OUT_OF_RANGE && offset_ < result.log_start_offset) {
    offset_ = result.log_start_offset;
    return Progress::kMore;
  }
  const auto bytes = gather(result.segments);
  if (result.error != ErrorCode::NONE || !bytes) {
    host_.error("__consumer_offsets-", index_, " can't be read at offset ", offset_,
                ", its groups aren't served: ", protocol::error_name(result.error));
    return Progress::kFailed;
  }
  const auto chunk = replay(*bytes, groups_);
  records_ += chunk.records;
  if (chunk.left_out > 0) {
    host_.warn("__consumer_offsets-", index_, " past offset ", offset_, ": ", chunk.left_out,
               " records or batches left out, the last: ", chunk.problem);
  }
  if (chunk.next_offset > offset_ && chunk.next_offset <= result.high_watermark) {
    offset_ = chunk.next_offset;
  } else if (offset_ < result.high_watermark) {
    host_.error("__consumer_offsets-", index_, " has no whole record batch at offset ", offset_,
                "; what follows is left out");
    return Progress::kComplete;
  }
  return offset_ < result.high_watermark ? Progress::kMore : Progress::kComplete;
}

}  // namespace fluxmq::api_groups
