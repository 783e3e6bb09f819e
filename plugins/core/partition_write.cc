// What is staged is written at the end of the turn as one append, answered, and flushed where that
// is due.
//
// One group is in the log store's hands at a time. While it is, the next one gathers; so nothing
// that follows a failed append is stored, and an idempotent producer's order holds.
#include "append_answers.h"
#include "partition.h"
#include "timed_flushes.h"

namespace fluxmq::core {

// The staged group keeps the partition until the task ran.
void Partition::schedule_write() {
  environment_.host.defer([](void* context) { static_cast<Partition*>(context)->write_staged(); },
                          this);
}

void Partition::write_staged() {
  Lock lock(mutex_);
  write_scheduled_ = false;
  auto group = std::move(staged_);
  append_under_way_ = true;
  lock.unlock();
  if (group->error != 0 || group->batches.empty()) {
    const auto error = group->error;
    return written(std::move(group), error, 0);
  }
  const auto* store = environment_.log_store;
  const auto& batches = group->batches;
  store->append(
      store->self, log_, batches.data(), static_cast<std::uint32_t>(batches.size()), leader_epoch_,
      [](void* context, std::int16_t error, std::uint32_t flags) {
        std::unique_ptr<AppendGroup> done(static_cast<AppendGroup*>(context));
        Partition& partition = *done->partition;
        partition.written(std::move(done), error, flags);
      },
      group.release());
}

void Partition::written(std::unique_ptr<AppendGroup> group, std::int16_t error,
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
    if (error == 0) {
      demand = flush_state_.demand(*settings_, topic_->is_internal, !group->batches.empty(),
                                   high_watermark_);
    }
    if (store_failed) {
      log_uses_.reopen();
      if (staged_ != nullptr) staged_->error = error;
    }
    more = staged_ != nullptr;
    write_scheduled_ = more;
  }
  if (more) schedule_write();
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
  if ((flags & FLUXMQ_LOG_ROLLED) != 0) save_snapshot(group->end_offset);
  if (demand.delay_ms >= 0)
    environment_.timed_flushes->flush_after(demand.delay_ms, weak_from_this());
  if (!demand.is_due && (group->answered || !group->wants_flush)) return finish(std::move(group));
  group->waits_for_flush = demand.is_due;
  flush_group(std::move(group));
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

// The group's reference may be the last to the partition; and once the log is released, a stop may
// be over.
void Partition::finish(std::unique_ptr<AppendGroup> group) {
  const auto self = std::move(group->partition);
  environment_.groups->give_back(std::move(group));
  release_log();
}

void Partition::flushed(std::int64_t offset) {
  const Lock lock(mutex_);
  flush_state_.flushed(offset);
}

void Partition::flush() {
  {
    const Lock lock(mutex_);
    if (!flush_state_.end_delay(high_watermark_) || !log_uses_.is_open()) return;
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
            partition.environment_.host.error("a flush of ", partition.name(), " failed: error ",
                                              flush_error);
          partition.release_log();
        },
        flush.release());
  });
}

}  // namespace fluxmq::core
