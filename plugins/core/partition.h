// A partition: Kafka's offsets, high watermark, producers and waiting readers over a bare log.
//
// Its log is opened when it is first used; what is asked for meanwhile waits in order. The lock is
// held for a few instructions at a time, never while the log or a callback is called.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "append_check.h"
#include "append_group.h"
#include "compaction/cleaning.h"
#include "environment.h"
#include "fluxmq/abi/partition.h"
#include "producer_states.h"
#include "topic_config.h"
#include "watches.h"

struct fluxmq_partition {};

namespace fluxmq::core {

// What is to be done for the disk after an append.
struct FlushDemand {
  bool is_due = false;          // flush.messages: nobody is answered before
  bool acks_all_waits = false;  // for the disk; not with write.caching
  std::int64_t delay_ms = -1;   // flush.ms; -1: not asked for, or asked for already
};

// What the partitions of a topic have in common for ever.
struct TopicIdentity {
  std::string name;
  fluxmq_uuid id;
  bool is_internal;
};

class Partition : public fluxmq_partition, public std::enable_shared_from_this<Partition> {
 public:
  Partition(Environment& environment, std::shared_ptr<const TopicIdentity> topic,
            std::int32_t index, std::int32_t leader_epoch,
            std::shared_ptr<const TopicSettings> settings);
  ~Partition();

  // fluxmq.partition/1
  void state(fluxmq_partition_state& state);
  std::int64_t size_bytes();  // blocks
  std::int32_t log_dir();
  void append(const fluxmq_append_request& request, fluxmq_append_done done, void* context);
  void read(const fluxmq_read_request& request, fluxmq_read_done done, void* context);
  std::uint64_t watch(std::int64_t offset, WatchTask task);
  bool forget(std::uint64_t watch_id);
  void find_offset(std::int64_t timestamp_ms, std::uint32_t isolation,
                   std::int32_t current_leader_epoch, fluxmq_offset_found done, void* context);
  void find_epoch_end(std::int32_t leader_epoch, std::int32_t current_leader_epoch,
                      fluxmq_offset_found done, void* context);
  void delete_records(std::int64_t before_offset, fluxmq_low_watermark_done done, void* context);
  void describe_producers(fluxmq_producers_done done, void* context);
  void find_segment_offsets(std::int64_t timestamp_ms, std::int32_t max_count,
                            fluxmq_offsets_found done, void* context);

  // For the catalog.
  void configure(std::shared_ptr<const TopicSettings> settings);
  // Ends all use: new calls fail, those under way finish; then the log is deleted, or left to the
  // store with a snapshot of its producers.
  // done(error) on any thread.
  using Ended = std::function<void(std::int16_t error)>;
  void remove(Ended done);
  void close(Ended done);
  // Deletes what is too old; blocks. A log that isn't open is opened for it only if `may_open`,
  // and closed again. Returns whether it was.
  bool apply_retention(std::int64_t now_ms, bool may_open);
  // flush.ms is over.
  void flush();

  // For the log cleaner; all of it blocks. The log is held open, and retention kept away from it,
  // until end_cleaning. Null: it is not to be had now.
  struct CleaningUse {
    fluxmq_log* log = nullptr;
    bool opened = false;  // for this
  };
  CleaningUse begin_cleaning(bool may_open);
  void end_cleaning(const CleaningUse& use);
  struct CleaningView {
    std::shared_ptr<const TopicSettings> settings;
    std::int64_t last_stable_offset;
    std::int64_t high_watermark;
    bool is_set_aside;
  };
  CleaningView cleaning_view();
  // Nothing comes of cleaning it until the high watermark has passed this.
  static constexpr std::int64_t kForGood = INT64_MAX;
  void set_aside_from_cleaning(std::int64_t until_high_watermark);
  LastBatches last_batches();
  bool is_ending();
  std::string name() const { return concat(topic_->name, "-", index_); }

 private:
  enum class LogState : std::uint8_t { kUnopened, kOpening, kOpen, kEnded };
  enum class Ending : std::uint8_t { kNone, kClose, kRemove };
  using Lock = std::unique_lock<std::mutex>;
  // error 0: the log is open and counted as in use; release_log is due.
  using LogOperation = std::function<void(std::int16_t error)>;

  // Calls operation(error) now if the log is open or can't be, else once it is open.
  template <class Operation>
  void use_log(Operation operation) {
    Lock lock(mutex_);
    if (log_state_ == LogState::kOpen && ending_ == Ending::kNone) {
      ++log_uses_;
      lock.unlock();
      operation(std::int16_t{0});
    } else {
      wait_for_log(std::move(operation), lock);
    }
  }
  void wait_for_log(LogOperation operation, Lock& lock);
  void release_log();

  fluxmq_log_config log_config() const;
  void open_log();
  void opened(std::int16_t error, fluxmq_log* log);
  void load_log();
  std::int16_t load_producers(const fluxmq_log_state& log,
                              std::unique_ptr<ProducerStates>& producers);
  void run_waiting(std::int16_t error);
  std::int16_t ending_error() const;
  bool is_offline() const;
  void end(Ending ending, Ended done);
  void try_end(Lock& lock);
  void end_log(Ending ending, fluxmq_log* log, Ended done);
  void save_last_snapshot(fluxmq_log* log);
  void retain(std::int64_t now_ms);
  bool begin_maintenance();
  void end_maintenance();
  void unload();

  AppendRules append_rules(std::uint32_t flags) const;
  void stage(CheckedAppend& checked, const fluxmq_append_request& request, fluxmq_append_done done,
             void* context, Lock& lock);
  bool is_short_of_space() const;
  ErrorCode stage_batch(protocol::MutableBytes bytes, StagedAppend& staged);
  ErrorCode stage_internal(protocol::MutableBytes bytes, StagedAppend& staged);
  void push_batch(protocol::MutableBytes bytes);
  AppendGroup& staged_group();
  void schedule_flush();
  void flush_staged();
  void appended(std::unique_ptr<AppendGroup> group, std::int16_t error, std::uint32_t flags);
  FlushDemand flush_demand(const AppendGroup& group);
  void flush_group(std::unique_ptr<AppendGroup> group);
  void flushed(std::int64_t offset);
  void finish(std::unique_ptr<AppendGroup> group);
  void save_snapshot(std::int64_t offset);
  std::string take_snapshot(std::int64_t offset);
  void refuse_append(const CheckedAppend& checked, fluxmq_append_done done, void* context);
  static void tell_refusal(const CheckedAppend& checked, std::int64_t log_start_offset,
                           fluxmq_append_done done, void* context);

  void start_read(const fluxmq_read_request& request, fluxmq_read_done done, void* context);
  struct ConvertedRead;
  void read_converted(std::unique_ptr<ConvertedRead> read);
  bool diverges(const fluxmq_read_request& request, fluxmq_read_result& result);
  ErrorCode check_epoch(std::int32_t current_leader_epoch) const;
  std::int32_t epoch_of(std::int64_t offset);

  struct OffsetSearch;
  void start_search(std::int64_t timestamp_ms, fluxmq_offset_found done, void* context);
  void read_found_batch(std::unique_ptr<OffsetSearch> search);
  void delete_before(std::int64_t offset, fluxmq_low_watermark_done done, void* context);

  Environment& environment_;
  const std::shared_ptr<const TopicIdentity> topic_;
  const std::int32_t index_;
  const std::int32_t leader_epoch_;

  // Read without the lock by append's checks, which change rarely and independently.
  std::atomic<std::int32_t> max_message_bytes_;
  std::atomic<std::int32_t> segment_bytes_;
  std::atomic<bool> log_append_time_;
  std::atomic<bool> compacted_;
  std::atomic<std::int64_t> timestamp_before_max_ms_;
  std::atomic<std::int64_t> timestamp_after_max_ms_;
  std::atomic<TopicCompression> compression_;

  std::mutex mutex_;
  LogState log_state_ = LogState::kUnopened;
  Ending ending_ = Ending::kNone;
  bool flush_scheduled_ = false;
  bool append_under_way_ = false;
  bool maintained_ = false;  // retention or a cleaning is at the log
  bool flush_timed_ = false;
  bool was_read_ = false;  // what is known of the log comes from it
  std::int32_t log_uses_ = 0;
  fluxmq_log* log_ = nullptr;
  std::int64_t next_offset_ = -1;  // of the next batch that is staged
  std::int64_t high_watermark_ = -1;
  std::int64_t log_start_offset_ = -1;
  std::int64_t uncleanable_until_ = -1;
  std::int64_t snapshot_offset_ = -1;  // of the newest producer snapshot
  std::int64_t flushed_offset_ = -1;   // what lies below it is on the disk
  std::shared_ptr<const TopicSettings> settings_;
  std::unique_ptr<AppendGroup> staged_;
  std::unique_ptr<ProducerStates> producers_;  // none until one writes
  std::vector<LogOperation> waiting_;
  Watches watches_;
  std::unique_ptr<Ended> ended_;  // who waits for the end
};

}  // namespace fluxmq::core
