// The log of one partition: segments in a folder, in Kafka's own layout.
//
// Four locks, taken in this order: write_mutex_ is held by who changes the log (an append, a roll,
// a truncation), sync_mutex by who brings it to the disk, and write_out_mutex by who writes its
// tail and its indexes to the files, for as long as that takes; mutex_ guards what all look at, and
// is held for moments only. Event loops take mutex_, and write_mutex_ if it is free. Failures of
// the disk are thrown as std::exception.
#pragma once
#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "data_folder.h"
#include "fluxmq/abi/log_store.h"
#include "fluxmq/protocol/errors.h"
#include "leader_epochs.h"
#include "log_segment.h"
#include "log_tail.h"
#include "partition_metadata.h"
#include "recent_batches.h"

namespace fluxmq::storage_local {

using protocol::ErrorCode;

inline constexpr const char* kLeaderEpochs = "leader-epoch-checkpoint";
// It is there since a sync failed: the page cache shows what may not be on the disk.
inline constexpr const char* kSyncFailed = "sync-failed";

// A timestamp that was looked for, and the batch that has it. offset -1: none.
struct TimestampOffset {
  std::int64_t offset = -1;
  std::int64_t timestamp_ms = -1;
  std::int32_t leader_epoch = -1;
};

// A bad batch where the log was on the disk already: no torn tail, and nothing that passes.
class DamagedLog : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class LogRewrite;

class Log : public std::enable_shared_from_this<Log> {
 public:
  // An empty log: touches no file.
  Log(DataFolder& folder, std::string name, fluxmq_uuid topic_id, const fluxmq_log_config& config);
  ~Log();

  const std::string& name() const { return name_; }
  DataFolder& folder() const { return folder_; }
  void configure(const fluxmq_log_config& config);
  std::int64_t file_delete_delay_ms() const { return file_delete_delay_ms_; }
  fluxmq_log_state state() const;

  // Takes what the folder has, and repairs it after an unclean end. Blocks.
  void recover();
  // Makes what a segment ends with. True: close has something to write.
  bool finish();
  // Everything goes to the files, and if `durably` to the disk: the next recovery has nothing to
  // do.
  void close(bool durably);
  // Gives up the files: the folder is about to be removed.
  void detach();

  struct Append {
    std::span<const fluxmq_bytes> pieces;
    std::int32_t leader_epoch = -1;
    fluxmq_log_appended done = nullptr;
    void* context = nullptr;
  };
  // Done at once if it touches no file; else later, on a thread that may block.
  void append(const Append& append);
  void flush(fluxmq_log_done done, void* context);
  // Writes what is in memory only to the file. Blocks.
  enum class WriteOut { kAll, kFullPages };
  void write_out(WriteOut what = WriteOut::kAll);
  void write_out_rest();  // likewise, or later; what fails is tried again
  // Brings all but the last segment to the disk, which is where a recovery then begins. Blocks.
  void flush_rolled();
  std::int64_t recovery_point() const;

  static constexpr std::size_t kMaxReadSegments = LogTail::View::kMaxPieces;
  struct ReadResult {
    std::size_t count = 0;
    fluxmq_segment segments[kMaxReadSegments];
  };
  // Touches no file. nullopt: it takes read(), which blocks.
  std::optional<ErrorCode> read_in_memory(const fluxmq_log_read_request& request,
                                          ReadResult& result);
  // Likewise, of what the page cache has.
  std::optional<ErrorCode> read_cached(const fluxmq_log_read_request& request, ReadResult& result);
  ErrorCode read(const fluxmq_log_read_request& request, ReadResult& result,
                 ReadFrom from = ReadFrom::kDisk);
  TimestampOffset find_timestamp(std::int64_t timestamp_ms);
  TimestampOffset find_max_timestamp();
  LeaderEpochs::End epoch_end_offset(std::int32_t leader_epoch) const;
  // visitor(header bytes): false to stop.
  void visit_batches(std::int64_t offset, const std::function<bool(const std::uint8_t*)>& visitor);

  ErrorCode set_log_start_offset(std::int64_t offset);
  void truncate(std::int64_t offset);
  void apply_retention(std::int64_t now_ms, std::int64_t max_offset);

  void visit_segments(const std::function<bool(const fluxmq_log_segment_info&)>& visitor);
  // nullptr: no segments begin there.
  std::unique_ptr<LogRewrite> begin_rewrite(std::int64_t first_base_offset,
                                            std::int64_t end_base_offset);
  void set_clean_offset(std::int64_t offset);

  void save_producer_snapshot(std::int64_t offset, std::string_view snapshot);
  // The newest at or below `max_offset`; -1: there is none.
  std::int64_t load_producer_snapshot(std::int64_t max_offset, std::string& snapshot);

  // A sync failed, or what was begun can't be ended or undone: what the files hold is not known,
  // until a restart looks at the disk.
  void distrust();
  bool failed() const { return failed_; }

 private:
  friend class LogRewrite;
  using Segment = std::shared_ptr<LogSegment>;
  struct Appended {
    ErrorCode error;
    std::uint32_t flags;
  };
  struct NewBatch {
    BatchInfo info;
    const std::uint8_t* data;
  };
  struct Waiter {
    fluxmq_log_done done;
    void* context;
  };
  // What only a log with a folder has: the others, and there may be many, do without its memory.
  struct OnDisk {
    explicit OnDisk(std::string folder)
        : path(std::make_shared<const std::string>(std::move(folder))) {}

    const std::shared_ptr<const std::string> path;
    std::mutex sync_mutex;
    std::vector<std::int64_t> snapshots;  // their offsets, ascending; under sync_mutex
    std::mutex write_out_mutex;

    // Under mutex_:
    std::vector<Waiter> flush_waiters;
    std::unique_ptr<RecentBatches> recent_batches;  // null as long as none came
    std::unique_ptr<LogTail> tail;                  // likewise
    bool write_out_later = false;                   // is timed
    bool write_out_now = false;                     // is on its way
    bool appends_follow = false;                    // and goes on with those that wait
    bool write_out_failed = false;                  // the last one
  };
  // What a flush has to bring to the disk.
  struct Dirt {
    std::vector<Segment> segments;
    const LogSegment* last;  // whose indexes may wait
    std::int64_t end_offset;
    std::string leader_epochs;  // the text of the checkpoint; "" if it is as it was
    bool folder;
    bool new_folder;
    std::uint64_t truncations;
  };

  FileSystem& file_system() const { return folder_.file_system(); }
  std::string file_path(const char* file) const { return *on_disk_->path + "/" + file; }
  std::string snapshot_path(std::int64_t offset) const {
    return *on_disk_->path + "/" + segment_name(offset, ".snapshot");
  }
  void check_alive() const;

  fluxmq_log_config config() const;

  // log_append.cc: under write_mutex_, but for the first three.
  bool appends_wait() const;
  void schedule_appends();
  void run_appends(bool may_touch_files);
  enum class Storing { kInMemory, kAnywhere };
  std::optional<Appended> try_append(const Append& append, Storing storing);
  ErrorCode check_batches(const Append& append, std::vector<NewBatch>& batches) const;
  enum class InTail { kYes, kLacksRoom, kNeedsFile };
  InTail append_to_tail(std::span<NewBatch> batches);
  Appended append_to_files(std::span<NewBatch> batches);
  void write_run(std::span<NewBatch> run);
  static std::span<iovec> place(std::span<NewBatch> batches, std::int64_t position);
  void add_batches(LogSegment& segment, std::span<const NewBatch> batches);
  void undo_append(std::int64_t log_end_offset);

  // log_write_out.cc
  struct WriteOutDemand {
    bool later = false;
    bool now = false;
  };
  // It is written past the page cache, and waits for the disk.
  static bool is_much(std::int64_t bytes);
  std::int64_t unwritten_bytes() const;  // under mutex_
  WriteOutDemand write_out_demand();
  void demand_write_out(const WriteOutDemand& demand);
  void schedule_write_out();
  void write_out_full_pages();
  void write_out_all();
  void write_out_has_failed(const std::exception& failure);
  void write_ranges(LogSegment& segment, std::vector<iovec>& ranges, std::int64_t begin,
                    std::int64_t end);
  bool write_direct(LogSegment& segment, std::vector<iovec> pages, std::int64_t position);
  void write_index_bundle(LogSegment& segment);
  void drop_tail();

  // log.cc: under write_mutex_.
  void make_folder();
  void write_partition_metadata(const std::string& folder) const;
  Segment make_segment(std::int64_t base_offset);
  void roll(std::int64_t base_offset);
  void finish_indexes(LogSegment& segment);
  void sync_indexes(LogSegment& segment);
  void truncate_to(std::int64_t offset);
  bool delete_snapshots_past(std::int64_t offset);  // true: there were some

  // log_flush.cc
  void start_flush();
  void run_flush();
  bool flush_now();
  Dirt take_dirt(bool rolled_only);
  void put_back(const Dirt& dirt);
  void write_leader_epochs(const Dirt& dirt);
  void clean(const Dirt& dirt);
  bool flush_failed(const Dirt& dirt, const std::exception& failure, bool passes);
  template <class Take>
  bool sync(Take take);

  // log_recovery.cc: under both locks.
  bool topic_id_fits();
  void end_interrupted_rewrites();
  bool drop_caches();  // true: a sync failed
  void load_files();
  void load_leader_epochs();
  bool recover_segments(const LogRecord& record, bool sync_failed);  // true: something was cut
  void cut_after(std::size_t index);

  // log_read.cc
  Segment segment_of(std::int64_t offset) const;  // under mutex_
  // Where a search in the file begins, which may be shorter than the segment; search() also goes by
  // what the newest batches tell. Under mutex_.
  LogSegment::Search search_in_file(const LogSegment& segment, std::int64_t offset) const;
  LogSegment::Search search(const LogSegment& segment, std::int64_t offset) const;
  // As much of the tail as one read takes, from the batch that holds `offset` or one before it;
  // under mutex_.
  LogTail::View view_tail(std::int64_t offset) const;
  void bring_file_up_to_date();
  struct Range {
    SegmentFile::Lease lease;
    std::int64_t position = 0;
    std::int64_t length = 0;
    std::int64_t next_base_offset = -1;  // of the segment where to go on; -1: nowhere
    std::int64_t first_size_bytes = 0;   // of its first batch; 0: not known
    bool goes_on_in_memory = false;      // the file hasn't all of it yet
    std::int64_t first_batch_bytes(ReadFrom from) const;
  };
  Range read_segment(std::int64_t offset, std::int64_t end_offset, ReadFrom from);
  std::vector<Segment> segments() const;
  TimestampOffset find_in(const LogSegment& segment, std::int64_t offset,
                          std::int64_t timestamp_ms);

  // log_retention.cc
  std::size_t count_deletable(std::int64_t now_ms, std::int64_t max_offset) const;
  void delete_file(const std::string& path);
  void delete_file(SegmentFile& file);
  void delete_files(LogSegment& segment);
  void delete_log_file(LogSegment& segment);
  void delete_indexes(LogSegment& segment);

  // log_rewrite.cc
  void replace_segments(const std::vector<Segment>& replaced, const Segment& replacement);

  DataFolder& folder_;
  const std::string name_;
  const fluxmq_uuid topic_id_;
  std::atomic<bool> failed_ = false;

  std::mutex write_mutex_;
  mutable std::mutex mutex_;
  fluxmq_log_config config_;
  std::atomic<std::int64_t> file_delete_delay_ms_;
  std::vector<Append> waiting_appends_;  // in the order of their calls
  bool appending_ = false;               // somebody takes them, one by one
  std::unique_ptr<OnDisk> on_disk_;      // null as long as there is no folder
  // By base offset; the last one is appended to. They change under write_mutex_, too.
  std::vector<Segment> segments_;
  std::int64_t log_start_offset_ = 0;
  std::int64_t log_end_offset_ = 0;
  std::int64_t size_bytes_ = 0;
  std::int64_t recovery_point_ = 0;  // what lies below is on the disk
  std::int64_t clean_offset_ = 0;    // what lies below is compacted
  std::int32_t leader_epoch_ = -1;   // the highest that an append came with
  std::uint64_t truncations_ = 0;
  LeaderEpochs leader_epochs_;

  bool leader_epochs_dirty_ = false;
  bool folder_dirty_ = false;  // names in it are not on the disk
  bool folder_is_new_ = false;
  // Of the last segment, and not synced: only a close has to, as a recovery makes them again.
  bool indexes_dirty_ = false;
  bool flushing_ = false;
};

}  // namespace fluxmq::storage_local
