// What a partition remembers of its producers, across restarts: in snapshots that lie beside its
// log, and in the headers of the batches that came after them.
#include "partition.h"

namespace fluxmq::core {
namespace {

// Of a log that is no longer than this, and still has its beginning, all batch headers are read
// when it is opened: sooner than a snapshot is written and synced.
constexpr std::int64_t kShortLogBytes = 1 << 20;

}  // namespace

std::int16_t Partition::load_producers(const fluxmq_log_state& log,
                                       std::unique_ptr<ProducerStates>& producers) {
  struct Loaded {
    std::unique_ptr<ProducerStates> states;
    std::int64_t offset;
  };
  Loaded loaded{no_producers(), log.log_start_offset};
  if (log.log_end_offset == log.log_start_offset) return 0;
  const auto* store = environment_.log_store;
  auto error = store->load_producer_snapshot(
      store->self, log_, log.log_end_offset,
      [](void* context, std::int64_t offset, fluxmq_bytes snapshot) {
        auto& into = *static_cast<Loaded*>(context);
        if (into.states->load({snapshot.data, static_cast<std::size_t>(snapshot.size)}) &&
            offset > into.offset)
          into.offset = offset;
      },
      &loaded);
  if (error != 0) return error;
  {
    const Lock lock(mutex_);
    snapshot_offset_ = loaded.offset;
  }
  if (loaded.offset < log.log_end_offset) {
    error = store->visit_batches(
        store->self, log_, loaded.offset,
        [](void* context, const std::uint8_t* header) -> std::int32_t {
          auto& into = *static_cast<Loaded*>(context);
          const protocol::RecordBatch batch({header, protocol::kRecordBatchHeaderBytes});
          if (batch.has_producer_id() && batch.last_offset() >= into.offset)
            into.states->update(batch);
          return 1;
        },
        &loaded);
  }
  if (error != 0) return error;
  loaded.states->expire(environment_.now_ms(), environment_.producer_expiration_ms);
  if (loaded.states->size() > 0) producers = std::move(loaded.states);
  return 0;
}

std::unique_ptr<ProducerStates> Partition::no_producers() const {
  return std::make_unique<ProducerStates>(environment_.producer_count, environment_.max_producers);
}

std::optional<std::string> Partition::take_snapshot(std::int64_t offset) const {
  return producers_ != nullptr ? producers_->snapshot(offset) : no_producers()->snapshot(offset);
}

std::int16_t Partition::store_snapshot(fluxmq_log* log, std::int64_t offset,
                                       const std::string& snapshot) const {
  const auto* store = environment_.log_store;
  return store->save_producer_snapshot(
      store->self, log, offset,
      {reinterpret_cast<const std::uint8_t*>(snapshot.data()), snapshot.size()});
}

// Once a segment is rolled, as of the end of what was appended. That is what is known now but for
// the batches that were staged meanwhile; where these have taken the place of what a producer sent
// before, the next roll has to do.
void Partition::save_snapshot(std::int64_t offset) {
  std::optional<std::string> snapshot;
  {
    const Lock lock(mutex_);
    snapshot = take_snapshot(offset);
    if (!snapshot) return;
    log_uses_.use_again();
  }
  environment_.host.post_blocking(
      [self = shared_from_this(), offset, snapshot = std::move(*snapshot)] {
        if (self->store_snapshot(self->log_, offset, snapshot) == 0) {
          const Lock lock(self->mutex_);
          self->snapshot_offset_ = offset;
        }
        self->release_log();
      });
}

// Blocks. With a snapshot at its end, nothing of a long log has to be read when it is opened again.
void Partition::save_last_snapshot(fluxmq_log* log) {
  const auto state = log_state(log);
  const bool is_short = state.log_start_offset == 0 && state.size_bytes <= kShortLogBytes;
  std::int64_t end_offset = 0;
  std::string snapshot;
  {
    const Lock lock(mutex_);
    end_offset = next_offset_;
    if (!is_short && end_offset != snapshot_offset_ && end_offset != log_start_offset_)
      snapshot = take_snapshot(end_offset).value_or("");
    producers_.reset();
  }
  if (!snapshot.empty()) store_snapshot(log, end_offset, snapshot);
}

}  // namespace fluxmq::core
