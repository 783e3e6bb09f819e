// A partition: Kafka's offsets, high watermark, producers and waiting readers over a bare log.
//
// Its log is opened when it is first used; what is asked for meanwhile waits in order. The lock is
// held for a few instructions at a time, never while the log or a callback is called.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "append_group.h"
#include "append_settings.h"
#include "compaction/cleaning.h"
#include "environment.h"
#include "flush_state.h"
#include "fluxmq/abi/partition.h"
#include "log_uses.h"
#include "producer_states.h"
#include "topic_config.h"
#include "watches.h"

struct fluxmq_partition {};

namespace fluxmq::core {

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
  using Ended = LogUses::Ended;
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
  using Lock = std::unique_lock<std::mutex>;
  using Ending = LogUses::Ending;

  fluxmq_log_config log_config() const;
  fluxmq_log_state log_state(fluxmq_log* log) const;
  bool is_offline() const;
  ErrorCode check_epoch(std::int32_t current_leader_epoch) const;

  // partition_log.cc. Calls operation(error) now if the log is open or can't be, else once it is
  // open.
  template <class Operation>
  void use_log(Operation operation) {
    Lock lock(mutex_);
    if (log_uses_.try_use()) {
      lock.unlock();
      operation(std::int16_t{0});
    } else {
      wait_for_log(std::move(operation), lock);
    }
  }
  void wait_for_log(LogUses::Operation operation, Lock& lock);
  void release_log();
  void open_log();
  void opened(std::int16_t error, fluxmq_log* log);
  void load_log();
  void run_waiting(std::int16_t error);
  void unload();
  void end(Ending ending, Ended done);
  void try_end(Lock& lock);
  void end_log(Ending ending, fluxmq_log* log, Ended done);

  // partition_producers.cc
  std::int16_t load_producers(const fluxmq_log_state& log,
                              std::unique_ptr<ProducerStates>& producers);
  std::unique_ptr<ProducerStates> no_producers() const;
  void save_snapshot(std::int64_t offset);
  void save_last_snapshot(fluxmq_log* log);
  std::optional<std::string> take_snapshot(std::int64_t offset) const;
  std::int16_t store_snapshot(fluxmq_log* log, std::int64_t offset,
                              const std::string& snapshot) const;

  // partition_retention.cc
  void retain(std::int64_t now_ms);
  bool begin_maintenance();
  void end_maintenance();

  // partition_append.cc
  void stage(CheckedAppend& checked, const fluxmq_append_request& request, fluxmq_append_done done,
             void* context, Lock& lock);
  bool is_short_of_space() const;
  ErrorCode stage_batch(protocol::MutableBytes bytes, StagedAppend& staged);
  ErrorCode stage_internal(protocol::MutableBytes bytes, StagedAppend& staged);
  void push_batch(protocol::MutableBytes bytes);
  AppendGroup& staged_group();
  void refuse_append(const CheckedAppend& checked, fluxmq_append_done done, void* context);

  // partition_write.cc
  void schedule_write();
  void write_staged();
  void written(std::unique_ptr<AppendGroup> group, std::int16_t error, std::uint32_t flags);
  void flush_group(std::unique_ptr<AppendGroup> group);
  void flushed(std::int64_t offset);
  void finish(std::unique_ptr<AppendGroup> group);

  // partition_read.cc, converted_read.cc
  void start_read(const fluxmq_read_request& request, fluxmq_read_done done, void* context);
  struct ConvertedRead;
  void read_converted(std::unique_ptr<ConvertedRead> read);
  bool diverges(const fluxmq_read_request& request, fluxmq_read_result& result);

  // partition_offsets.cc
  struct OffsetSearch;
  void start_search(std::int64_t timestamp_ms, fluxmq_offset_found done, void* context);
  void read_found_batch(std::unique_ptr<OffsetSearch> search);
  std::int32_t epoch_of(std::int64_t offset);
  void delete_before(std::int64_t offset, fluxmq_low_watermark_done done, void* context);

  Environment& environment_;
  const std::shared_ptr<const TopicIdentity> topic_;
  const std::int32_t index_;
  const std::int32_t leader_epoch_;

  AppendSettings append_settings_;

  std::mutex mutex_;
  LogUses log_uses_;
  FlushState flush_state_;
  bool write_scheduled_ = false;
  bool append_under_way_ = false;
  bool maintained_ = false;  // retention or a cleaning is at the log
  fluxmq_log* log_ = nullptr;
  std::int64_t next_offset_ = -1;  // of the next batch that is staged
  std::int64_t high_watermark_ = -1;
  std::int64_t log_start_offset_ = -1;
  std::int64_t uncleanable_until_ = -1;
  std::int64_t snapshot_offset_ = -1;  // of the newest producer snapshot
  std::shared_ptr<const TopicSettings> settings_;
  std::unique_ptr<AppendGroup> staged_;
  std::unique_ptr<ProducerStates> producers_;  // none until one writes
  Watches watches_;
};

}  // namespace fluxmq::core
