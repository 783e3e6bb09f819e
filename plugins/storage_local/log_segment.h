// One segment of a log: the .log file, its two indexes, and what is known of its batches.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "batch_scanner.h"
#include "index.h"
#include "leader_epochs.h"
#include "segment_file.h"

namespace fluxmq::storage_local {

// What a batch's header says, and where the batch lies in its segment.
struct BatchInfo {
  std::int64_t base_offset;
  std::int64_t last_offset;
  std::int64_t max_timestamp_ms;
  std::int32_t leader_epoch;
  std::int64_t position;
  std::int64_t size_bytes;
};
BatchInfo to_info(const BatchScanner::Batch& batch);

// Members that change do so under the log's state lock, by who holds its write lock. Searches need
// neither: they take a Search with them.
class LogSegment {
 public:
  LogSegment(FileCache& cache, const std::shared_ptr<const std::string>& folder,
             std::int64_t base_offset, const char* stage = kInUse)
      : base_offset(base_offset),
        file(SegmentFile::make(cache, folder, base_offset, ".log", stage)),
        offset_index(*file),
        time_index(*file) {}

  // A batch was appended: takes what it says, and makes index entries now and then.
  void add(const BatchInfo& batch, std::int32_t index_interval_bytes,
           std::int32_t segment_index_bytes);
  // The last entry of the time index, as Kafka makes it when a segment is rolled or closed.
  void finish_time_index();
  // What its indexes have in memory only goes to their files: as Index::Bundle says.
  struct IndexBundle {
    OffsetIndex::Bundle offsets;
    TimeIndex::Bundle times;
  };
  IndexBundle index_bundle() const { return {offset_index.bundle(), time_index.bundle()}; }
  void write(const IndexBundle& bundle);
  void publish(const IndexBundle& bundle);
  void sync_indexes();
  void write_indexes();  // all of it, by who has the segment to himself

  // Where a search for an offset begins: at a batch before it, as close as the index knows.
  struct Search {
    std::int64_t target;
    std::int64_t size_bytes;
    std::optional<OffsetEntry> entry;  // of the index's pending part
    OffsetIndex::Extent extent;
    std::optional<std::int64_t> position;  // of a batch that is known better
    bool exact = false;                    // that batch begins with the target
    ReadFrom from = ReadFrom::kDisk;
  };
  Search search_for(std::int64_t offset) const;  // under the state lock
  BatchScanner begin(const SegmentFile::Lease& lease, const Search& search,
                     std::size_t window_bytes = kLookupWindowBytes) const;
  // The first batch from there on for which `wanted` holds.
  template <class Wanted>
  std::optional<BatchInfo> find(const SegmentFile::Lease& lease, const Search& search,
                                Wanted wanted) const {
    auto scanner = begin(lease, search);
    while (const auto batch = scanner.next()) {
      if (wanted(batch->header)) return to_info(*batch);
    }
    return std::nullopt;
  }

  // Takes what the files say; false if the indexes are missing or don't fit. Reads the batches
  // after the last index entry if it is the log's `last` segment.
  bool load(bool last);
  // Reads the whole file up to the first bad batch, and makes the indexes again. What is `durable`
  // isn't read again after a crash: its bytes aren't checked, and its indexes are brought to the
  // disk; else a wrong checksum is bad as well. False: there is something after size_bytes.
  bool rebuild(std::int32_t index_interval_bytes, std::int32_t segment_index_bytes,
               LeaderEpochs& epochs, bool durable);
  // Drops what lies from `position` on.
  void truncate(std::int64_t position);

  // Renames its files, the indexes first.
  void move_to(const char* stage);
  // Those of the log file as it is named now, and not as it will be once it is moved.
  void name_indexes() const {
    offset_index.file();
    time_index.file();
  }

  // By Kafka's rule for segments without timestamps, when the file was last written.
  std::int64_t largest_timestamp_ms() const;
  std::string path() const { return file->path(); }

  const std::int64_t base_offset;
  const SegmentFile::Owner file;
  OffsetIndex offset_index;
  TimeIndex time_index;
  std::int64_t size_bytes = 0;
  std::int64_t next_offset = base_offset;  // after its last batch; of the last segment only
  std::int64_t first_timestamp_ms = -1;    // of its first batch; -1: not known
  std::int64_t max_timestamp_ms = -1;
  std::int64_t max_timestamp_offset = -1;  // the last offset of the batch that has it
  std::int64_t unindexed_bytes = 0;        // since the last index entry
  std::int64_t created_ms = 0;             // by the clock; a reopened segment counts as new

 private:
  std::int32_t relative_key(std::int64_t offset) const;
  std::optional<OffsetEntry> find_entry(const Search& search) const;
};

}  // namespace fluxmq::storage_local
