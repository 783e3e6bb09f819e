// CoordinatorShard: the coordinator of the groups that one partition of __consumer_offsets keeps.
//
// Everything happens in turns, one at a time. A turn changes groups and collects what follows from
// that: answers, and records for the log. Answers are given after it. What depends on records
// (committed offsets, an assignment, a deletion) takes effect in a later turn, when they are
// durable.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "classic_protocol.h"
#include "coordinator_log.h"
#include "fluxmq/host.h"
#include "fluxmq/partition.h"
#include "group_config.h"
#include "group_table.h"
#include "loading.h"
#include "offset_protocol.h"

namespace fluxmq::api_groups {

// What shards share.
struct ShardContext {
  Host host;
  const GroupConfig& config;
  Budget budget{.max_groups = config.max_groups, .max_bytes = config.max_bytes};
};

class CoordinatorShard final : private Surroundings {
 public:
  CoordinatorShard(ShardContext& context, Partition partition, std::int32_t index);
  ~CoordinatorShard() = default;
  CoordinatorShard(const CoordinatorShard&) = delete;
  CoordinatorShard& operator=(const CoordinatorShard&) = delete;

  // Reads the partition, if it isn't a new one; until that is done requests get 14
  // COORDINATOR_LOAD_IN_PROGRESS.
  void load(bool is_new);
  // Answers all who wait, and finishes what is on the way to the log. Blocks.
  void stop();

  // Strings are borrowed until the answer.
  void join(std::string_view group_id, JoinCommand command, Waiter<JoinResult>* waiter);
  void sync(std::string_view group_id, SyncCommand command, Waiter<SyncResult>* waiter);
  ErrorCode heartbeat(std::string_view group_id, std::string_view member_id,
                      const std::optional<std::string_view>& group_instance_id,
                      std::int32_t generation_id);
  void leave(std::string_view group_id, const std::vector<LeaveCommand>& members,
             Waiter<ErrorList>* waiter);
  void commit(const CommitCommand& command, Waiter<ErrorList>* waiter);
  void fetch(std::string_view group_id, bool require_stable, OffsetProtocol::VisitOffsets visit,
             Waiter<ErrorCode>* waiter);
  void delete_group(std::string_view group_id, Waiter<ErrorCode>* waiter);
  void delete_offsets(const DeleteOffsetsCommand& command, Waiter<ErrorList>* waiter);
  // `visit` gets the group, or null; it isn't called with an error.
  ErrorCode describe(std::string_view group_id, const std::function<void(const Group*)>& visit);
  ErrorCode list(const std::function<void(const Group&)>& visit);
  void expire(const IsCurrentTopic& is_current);

 private:
  enum class State : std::uint8_t { kLoading, kActive, kFailed, kStopped };

  // Surroundings
  std::int64_t now_ms() override { return now_ms_; }
  std::int64_t wall_time_ms() override;
  std::string random_uuid() override;
  DeadlineQueue& deadlines() override { return deadlines_; }
  void write(std::vector<CoordinatorRecord> records, Durability durability,
             WriteDone done) override {
    log_.write(std::move(records), durability, std::move(done));
  }
  void answer(Waiter<JoinResult>* waiter, JoinResult result) override {
    answer_later(waiter, std::move(result));
  }
  void answer(Waiter<SyncResult>* waiter, SyncResult result) override {
    answer_later(waiter, std::move(result));
  }
  void answer(Waiter<ErrorList>* waiter, ErrorList result) override {
    answer_later(waiter, std::move(result));
  }
  void answer(Waiter<ErrorCode>* waiter, ErrorCode result) override {
    answer_later(waiter, result);
  }
  bool has_room(std::size_t more_bytes) override { return context_.budget.has_room(more_bytes); }
  void note(std::string_view event) override { context_.host.info(event); }

  template <class Result>
  void answer_later(Waiter<Result>* waiter, Result result) {
    outbox_.push_back(
        [waiter, result = std::move(result)]() mutable { waiter->complete(std::move(result)); });
  }

  template <class Work>
  void take_turn(Work work);
  // True if a batch is to be appended.
  bool end_turn();
  void arm_timer();
  void end_outstanding();
  static void append_done(void* self, const fluxmq_append_result* result);
  static void timer_fired(void* self);

  // NONE if requests can be served.
  ErrorCode unavailable() const;
  // Answers if they can't.
  bool refuse_all(Waiter<ErrorList>* waiter);
  Task read_log();
  void loaded(State state);

  ShardContext& context_;
  const Partition partition_;
  const std::int32_t index_;

  std::mutex mutex_;  // held during a turn
  State state_ = State::kLoading;
  std::atomic<bool> is_stopping_ = false;
  std::int64_t now_ms_ = 0;
  GroupTable groups_;
  ClassicProtocol protocol_;
  OffsetProtocol offsets_;
  DeadlineQueue deadlines_;
  CoordinatorLog log_;
  std::vector<std::function<void()>> outbox_;

  std::uint64_t timer_id_ = 0;
  std::int64_t timer_at_ms_ = kNever;
  std::int32_t outstanding_ = 0;  // timers, appends and loads that will call back
  std::condition_variable idle_;
};

}  // namespace fluxmq::api_groups
