// The two indexes of a segment, in Kafka's formats: big-endian entries of fixed size, sparse,
// ascending. New entries gather in memory and are written in bundles; a crash loses the last
// bundle, and recovery makes it again from the log.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "file_system.h"
#include "fluxmq/protocol/record_batch.h"
#include "segment_file.h"

namespace fluxmq::storage_local {

// .index: a batch's last offset (less the segment's base offset) and its position.
struct OffsetEntry {
  static constexpr std::size_t kBytes = 8;
  static constexpr const char* kSuffix = ".index";
  static constexpr bool kFromZero = true;  // keys grow from about 0 on, mostly evenly
  std::int32_t relative_offset;
  std::int32_t position;

  std::int32_t key() const { return relative_offset; }
  void store(std::uint8_t* at) const {
    protocol::store_big_endian(at, relative_offset);
    protocol::store_big_endian(at + 4, position);
  }
  static OffsetEntry load(const std::uint8_t* at) {
    return {protocol::load_big_endian<std::int32_t>(at),
            protocol::load_big_endian<std::int32_t>(at + 4)};
  }
};

// .timeindex: the largest timestamp so far and the last offset of the batch that has it.
struct TimeEntry {
  static constexpr std::size_t kBytes = 12;
  static constexpr const char* kSuffix = ".timeindex";
  static constexpr bool kFromZero = false;
  std::int64_t timestamp_ms;
  std::int32_t relative_offset;

  std::int64_t key() const { return timestamp_ms; }
  void store(std::uint8_t* at) const {
    protocol::store_big_endian(at, timestamp_ms);
    protocol::store_big_endian(at + 8, relative_offset);
  }
  static TimeEntry load(const std::uint8_t* at) {
    return {protocol::load_big_endian<std::int64_t>(at),
            protocol::load_big_endian<std::int32_t>(at + 8)};
  }
};

// `written` and `pending` change under the log's state lock.
// What was written doesn't change, so that lookups read the file without a lock.
template <class Entry>
class Index {
 public:
  using Key = decltype(std::declval<Entry>().key());
  static constexpr std::size_t kBundleEntries = 128;  // about half a MiB of log

  // Beside the .log file of its segment, which outlives it.
  explicit Index(const SegmentFile& log_file) : log_file_(log_file) {}
  ~Index() { SegmentFile::Owner(file_.load()); }
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  std::size_t size() const { return written_ + pending_.size(); }
  bool has_pending() const { return !pending_.empty(); }
  bool bundle_is_full() const { return pending_.size() >= kBundleEntries; }
  const std::optional<Entry>& last() const { return last_; }

  void append(const Entry& entry) {
    pending_.push_back(entry);
    last_ = entry;
  }

  // The last pending entry whose key is at most `key`. nullopt: ask find_written.
  std::optional<Entry> find_pending(Key key) const {
    return last_at_most(pending_.begin(), pending_.end(), key);
  }
  // What the file had at some moment; what was written doesn't change.
  struct Extent {
    std::size_t written = 0;
    Key last_key{};  // at least the last one's
  };
  Extent extent() const { return {written_, last_ ? last_->key() : Key{}}; }
  // Likewise in the file.
  std::optional<Entry> find_written(Key key, const Extent& extent,
                                    ReadFrom from = ReadFrom::kDisk) const;

  // What is pending goes to the file in three steps, of which the second needs no state lock: by
  // one thread at a time.
  struct Bundle {
    std::size_t first = 0;
    std::vector<Entry> entries;
  };
  Bundle bundle() const { return {written_, pending_}; }
  void write(const Bundle& bundle);
  void publish(const Bundle& bundle) {
    written_ += bundle.entries.size();
    const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(bundle.entries.size());
    pending_ = std::vector<Entry>(end, pending_.end());  // without the room it had
  }
  // What is pending becomes all that the file has, durably. A crash amid it leaves a file that
  // can't be loaded.
  void replace();

  // Takes what the file has. False: it can't be the index of a segment of `size_bytes`.
  bool load(std::int64_t size_bytes);
  // Keeps the entries for which `keep` holds, which are the first ones.
  template <class Keep>
  void truncate(Keep keep);
  void clear() {
    truncate([](const Entry&) { return false; });
  }
  // As if the file were empty.
  void forget() {
    written_ = 0;
    pending_.clear();
    last_.reset();
  }
  void sync() { file().lease().file().sync(); }
  // Made when it is first asked for: most segments of idle logs never are.
  SegmentFile& file() const;

 private:
  template <class Iterator>
  static std::optional<Entry> last_at_most(Iterator begin, Iterator end, Key key) {
    const auto after =
        std::partition_point(begin, end, [key](const Entry& entry) { return entry.key() <= key; });
    if (after == begin) return std::nullopt;
    return *std::prev(after);
  }
  static std::vector<Entry> read_entries(const File& file, std::size_t begin, std::size_t end);

  const SegmentFile& log_file_;
  mutable std::atomic<SegmentFile*> file_ = nullptr;
  std::size_t written_ = 0;
  std::vector<Entry> pending_;
  std::optional<Entry> last_;
};

using OffsetIndex = Index<OffsetEntry>;
using TimeIndex = Index<TimeEntry>;

template <class Entry>
template <class Keep>
void Index<Entry>::truncate(Keep keep) {
  const auto kept = std::partition_point(pending_.begin(), pending_.end(), keep);
  if (kept == pending_.begin()) {
    const auto lease = file().create();
    const auto entries = read_entries(lease.file(), 0, written_);
    const auto end = std::partition_point(entries.begin(), entries.end(), keep);
    written_ = static_cast<std::size_t>(end - entries.begin());
    lease.file().truncate(static_cast<std::int64_t>(written_ * Entry::kBytes));
    last_ = written_ == 0 ? std::nullopt : std::optional<Entry>(entries[written_ - 1]);
  } else {
    last_ = *std::prev(kept);
  }
  pending_.erase(kept, pending_.end());
}

}  // namespace fluxmq::storage_local
