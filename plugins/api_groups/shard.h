// CoordinatorShard: the coordinator of the groups that one partition of __consumer_offsets keeps.
//
// Everything happens in turns, one at a time. A turn changes groups and collects what follows from
// that: answers, and records to append. Records go to the log one batch at a time, those of all the
// turns that came meanwhile together; what depends on them (committed offsets, an assignment, a
// deletion) takes effect when they are durable, in their order.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "classic_protocol.h"
#include "expiry.h"
#include "fluxmq/host.h"
#include "fluxmq/partition.h"
#include "fluxmq/protocol/record_batch_builder.h"
#include "group_config.h"
#include "group_table.h"

namespace fluxmq::api_groups {

struct CommitCommand {
  struct Offset {
    std::string_view topic;
    protocol::Uuid topic_id;
    std::int32_t partition = 0;
    std::int64_t offset = -1;
    std::int32_t leader_epoch = -1;
    std::string_view metadata;
    std::int64_t timestamp_ms = -1;  // -1: now
  };

  std::string_view group_id;
  std::string_view member_id;
  std::optional<std::string_view> group_instance_id;
  std::int32_t generation_id = -1;
  std::int64_t retention_time_ms = -1;    // -1: as offsets.retention.minutes says
  bool knows_group_id_not_found = false;  // OffsetCommit 9+
  std::vector<Offset> offsets;
};

// Of all, or else of each in the order of the command.
struct ErrorList {
  ErrorCode error = ErrorCode::NONE;
  std::vector<ErrorCode> each;

  ErrorCode of(std::size_t index) const { return error != ErrorCode::NONE ? error : each[index]; }
};

struct DeleteOffsetsCommand {
  std::string_view group_id;
  struct Partition {
    std::string_view topic;
    std::int32_t partition;
  };
  std::vector<Partition> partitions;
};

// What shards share.
struct ShardContext {
  Host host;
  const GroupConfig& config;
  std::atomic<std::int64_t> group_count = 0;
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
  // `visit` gets the offsets, or null if there is no such group. `require_stable`: once all that
  // was committed before is durable.
  using VisitOffsets = std::function<void(const GroupOffsets* offsets)>;
  void fetch(std::string_view group_id, bool require_stable, VisitOffsets visit,
             Waiter<ErrorCode>* waiter);
  void delete_group(std::string_view group_id, Waiter<ErrorCode>* waiter);
  void delete_offsets(const DeleteOffsetsCommand& command, Waiter<ErrorList>* waiter);
  // `visit` gets the group, or null; it isn't called with an error.
  ErrorCode describe(std::string_view group_id, const std::function<void(const Group*)>& visit);
  ErrorCode list(const std::function<void(const Group&)>& visit);

  // Writes tombstones for offsets that expired or whose topic is gone, and for groups that have
  // nothing left.
  void expire(const IsCurrentTopic& is_current);

 private:
  enum class State : std::uint8_t { kLoading, kActive, kFailed, kStopped };

  // What a write must survive before it counts. A machine that dies takes the members of its groups
  // away anyhow: they join again. So rebalances don't wait for the disk; commits and deletions do,
  // if offsets.commit.required.acks says so.
  enum class Durability : std::uint8_t { kProcess, kAsConfigured };

  struct Write {
    std::vector<CoordinatorRecord> records;  // none: waits for the writes before it
    WriteDone done;
    Durability durability;
  };

  // Surroundings
  std::int64_t now_ms() override { return now_ms_; }
  std::int64_t wall_time_ms() override;
  std::string random_uuid() override;
  DeadlineQueue& deadlines() override { return deadlines_; }
  void write(CoordinatorRecord record, WriteDone done) override;
  void answer(Waiter<JoinResult>* waiter, JoinResult result) override {
    later(waiter, std::move(result));
  }
  void answer(Waiter<SyncResult>* waiter, SyncResult result) override {
    later(waiter, std::move(result));
  }
  void note(std::string_view event) override { context_.host.info(event); }

  template <class Result>
  void later(Waiter<Result>* waiter, Result result) {
    outbox_.push_back(
        [waiter, result = std::move(result)]() mutable { waiter->complete(std::move(result)); });
  }

  template <class Work>
  void take_turn(Work work);
  // True if a batch is to be appended.
  bool end_turn();
  void arm_timer();
  bool begin_batch();
  void append_batch();
  void batch_done(ErrorCode error);
  void end_outstanding();
  static void append_done(void* self, const fluxmq_append_result* result);
  static void timer_fired(void* self);

  // NONE if requests can be served.
  ErrorCode unavailable() const;
  std::shared_ptr<Group> create_group(std::string_view group_id);
  void write_all(std::vector<CoordinatorRecord> records, WriteDone done);
  // `done` is called in a turn, once all that was written before is durable.
  void after_writes(WriteDone done);
  // Runs `then` in a turn, when no commit of the group is on the way to the log.
  void when_settled(const std::shared_ptr<Group>& group, std::function<void()> then);
  ErrorCode may_commit(const CommitCommand& command, std::shared_ptr<Group>& group);
  void store_offsets(const CommitCommand& command, const std::shared_ptr<Group>& group,
                     ErrorList result, Waiter<ErrorList>* waiter);
  void begin_deletion(const std::shared_ptr<Group>& group, Waiter<ErrorCode>* waiter);
  void remove_offsets(const std::shared_ptr<Group>& group,
                      std::vector<ExpiredOffsets::Partition> partitions, WriteDone done);
  struct LoadProgress {
    std::int64_t offset = 0;  // of what is to be read next
    std::int64_t records = 0;
    bool is_complete = false;
    bool has_failed = false;
  };
  Task read_log();
  void read_chunk(const ReadResult& result, LoadProgress& progress);
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
  DeadlineQueue deadlines_;
  std::vector<std::function<void()>> outbox_;

  std::deque<Write> queue_;
  std::vector<Write> in_flight_;
  protocol::RecordBatchBuilder builder_;  // its bytes are the log's while something is in flight
  protocol::MutableBytes batch_;
  std::int16_t batch_acks_ = 1;

  std::uint64_t timer_id_ = 0;
  std::int64_t timer_at_ms_ = kNever;
  std::int32_t outstanding_ = 0;  // timers, appends and loads that will call back
  std::condition_variable idle_;
};

}  // namespace fluxmq::api_groups
