// What a partition tells of itself: its producers, and where its segments begin.
#include <algorithm>

#include "partition.h"

namespace fluxmq::core {
namespace {

using protocol::to_int16;

fluxmq_producer_state describe(const ProducerState& state) {
  const ProducerBatch* last = state.last();
  return {state.producer_id,
          state.epoch,
          last == nullptr ? -1 : last->last_sequence,
          state.last_timestamp_ms,
          state.coordinator_epoch,
          0,
          state.current_transaction_first_offset};
}

// Where a segment begins, or the log ends, and until when its records came.
struct Beginning {
  std::int64_t offset;
  std::int64_t latest_ms;
};

// Kafka's choice: from the newest that is old enough, backwards.
std::vector<std::int64_t> choose(const std::vector<Beginning>& beginnings,
                                 std::int64_t timestamp_ms, std::size_t max_count) {
  auto newest = beginnings.rbegin();
  if (timestamp_ms == FLUXMQ_TIMESTAMP_EARLIEST) {
    newest = beginnings.empty() ? beginnings.rend() : beginnings.rend() - 1;
  } else if (timestamp_ms != FLUXMQ_TIMESTAMP_LATEST) {
    newest = std::find_if(newest, beginnings.rend(),
                          [&](const auto& each) { return each.latest_ms <= timestamp_ms; });
  }
  std::vector<std::int64_t> offsets;
  for (; newest != beginnings.rend() && offsets.size() < max_count; ++newest)
    offsets.push_back(newest->offset);
  return offsets;
}

}  // namespace

void Partition::describe_producers(fluxmq_producers_done done, void* context) {
  use_log([this, done, context](std::int16_t error) {
    if (error != 0) return done(context, error, nullptr, 0);
    std::vector<fluxmq_producer_state> producers;
    {
      const Lock lock(mutex_);
      if (producers_ != nullptr) {
        producers.reserve(producers_->size());
        producers_->for_each(
            [&](const ProducerState& state) { producers.push_back(describe(state)); });
      }
    }
    release_log();
    std::sort(producers.begin(), producers.end(),
              [](const auto& a, const auto& b) { return a.producer_id < b.producer_id; });
    done(context, 0, producers.data(), producers.size());
  });
}

void Partition::find_segment_offsets(std::int64_t timestamp_ms, std::int32_t max_count,
                                     fluxmq_offsets_found done, void* context) {
  use_log([self = shared_from_this(), timestamp_ms, max_count, done, context](std::int16_t error) {
    if (error != 0) return done(context, error, nullptr, 0);
    self->environment_.host.post_blocking([self, timestamp_ms, max_count, done, context] {
      std::vector<Beginning> beginnings;
      const auto* store = self->environment_.log_store;
      const auto visit = [](void* into, const fluxmq_log_segment_info* segment) -> std::int32_t {
        static_cast<std::vector<Beginning>*>(into)->push_back(
            {segment->base_offset,
             segment->size_bytes == 0 ? current_ms() : segment->largest_timestamp_ms});
        return 1;
      };
      const auto failed = store->visit_segments(store->self, self->log_, visit, &beginnings);
      {
        const Lock lock(self->mutex_);
        if (beginnings.empty()) beginnings.push_back({self->log_start_offset_, current_ms()});
        for (auto& each : beginnings) each.offset = std::max(each.offset, self->log_start_offset_);
        // The end counts where something lies before it, in the newest segment.
        if (!beginnings.empty() && beginnings.back().offset < self->high_watermark_)
          beginnings.push_back({self->high_watermark_, current_ms()});
      }
      self->release_log();
      const auto offsets = failed != 0 ? std::vector<std::int64_t>()
                                       : choose(beginnings, timestamp_ms,
                                                static_cast<std::size_t>(std::max(max_count, 0)));
      done(context, failed, offsets.data(), offsets.size());
    });
  });
}

}  // namespace fluxmq::core
