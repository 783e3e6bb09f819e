// Files of segments, opened when they are used. FileCache bounds how many are open: those that
// nobody uses are closed again, the longest unused first.
#pragma once
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "background.h"
#include "file_system.h"
#include "fluxmq/abi/segment.h"
#include "fluxmq/host.h"

namespace fluxmq::storage_local {

class SegmentFile;

class FileCache {
 public:
  FileCache(FileSystem& files, Host host, Background& background, std::size_t limit)
      : files_(files), host_(host), background_(background), limit_(limit) {}

  std::size_t open_count();
  // Nothing goes to the blocking pool from now on.
  void stop();

 private:
  friend class SegmentFile;

  // Both under mutex_.
  void open(SegmentFile& file, OpenMode mode);
  void close_unused();
  void close(std::unique_ptr<File> file);

  FileSystem& files_;
  const Host host_;
  Background& background_;
  std::mutex mutex_;
  std::list<SegmentFile*> open_;  // oldest first; who was used since goes to the end again
  const std::size_t limit_;
  bool stopped_ = false;
};

// What the name of a segment's file ends with, as Kafka has it: in use, deleted, or on its way to
// take the place of others.
inline constexpr const char* kInUse = "";
inline constexpr const char* kDeletedSuffix = ".deleted";
inline constexpr const char* kCleanedSuffix = ".cleaned";
inline constexpr const char* kSwapSuffix = ".swap";

// One file of one segment. Its owner may let go of it while leases are out: readers of a deleted
// file keep what they read.
class SegmentFile {
 public:
  // Holds the file open.
  class Lease {
   public:
    Lease() = default;
    explicit Lease(SegmentFile* file) : file_(file) {}
    Lease(Lease&& other) noexcept : file_(std::exchange(other.file_, nullptr)) {}
    Lease& operator=(Lease&& other) noexcept {
      std::swap(file_, other.file_);
      return *this;
    }
    ~Lease() {
      if (file_ != nullptr) file_->unlease();
    }
    File& file() const { return *file_->open_file_; }

    // Hands the lease on with the segment.
    fluxmq_segment to_segment(std::int64_t position, std::int64_t length) && {
      return {FLUXMQ_SEGMENT_FILE,
              file().fd(),
              nullptr,
              static_cast<std::uint64_t>(position),
              static_cast<std::uint64_t>(length),
              [](void* file) { static_cast<SegmentFile*>(file)->unlease(); },
              std::exchange(file_, nullptr)};
    }

   private:
    SegmentFile* file_ = nullptr;
  };

  struct Disown {
    void operator()(SegmentFile* file) const { file->disown(); }
  };
  using Owner = std::unique_ptr<SegmentFile, Disown>;

  // `suffix` and `stage` live as long as the program.
  static Owner make(FileCache& cache, std::shared_ptr<const std::string> folder,
                    std::int64_t base_offset, const char* suffix, const char* stage = kInUse) {
    return Owner(new SegmentFile(cache, std::move(folder), base_offset, suffix, stage));
  }

  // Another file of the same segment, at the same stage.
  Owner sibling(const char* suffix) const {
    return make(cache_, folder_, base_offset_, suffix, stage_);
  }

  std::string path() const;
  // By the owner only. create() makes the file if it isn't there.
  Lease lease() { return lease(OpenMode::kWrite); }
  // From the page cache: if it is open already, else WouldBlock is thrown.
  Lease lease(ReadFrom from) {
    if (from == ReadFrom::kDisk) return lease();
    if (auto open = lease_if_open()) return std::move(*open);
    throw WouldBlock();
  }
  Lease create();
  // Renames the file, also for those who open it later. False: there is none.
  bool move_to(const char* stage);
  bool exists() const;
  std::int64_t modified_ms() const;

 private:
  friend class FileCache;
  friend class Lease;

  // The state: how many leases there are, and two flags.
  static constexpr std::uint32_t kOpen = 1u << 31, kOwned = 1u << 30;

  SegmentFile(FileCache& cache, std::shared_ptr<const std::string> folder, std::int64_t base_offset,
              const char* suffix, const char* stage)
      : cache_(cache),
        folder_(std::move(folder)),
        base_offset_(base_offset),
        suffix_(suffix),
        stage_(stage) {}
  ~SegmentFile() = default;

  Lease lease(OpenMode mode);
  std::optional<Lease> lease_if_open();
  void unlease();
  void disown();
  void destroy();

  FileCache& cache_;
  const std::shared_ptr<const std::string> folder_;
  const std::int64_t base_offset_;
  const char* const suffix_;
  std::atomic<const char*> stage_;           // changes under the cache's mutex
  std::list<SegmentFile*>::iterator place_;  // in the cache, while open
  std::unique_ptr<File> open_file_;
  std::atomic<std::uint32_t> state_{kOwned};
  std::atomic<bool> used_{false};
};

// "00000000000000000042.log"
std::string segment_name(std::int64_t offset, const char* suffix);
// The offset in such a name; -1 for other names.
std::int64_t offset_of(std::string_view name, std::string_view suffix);
// ... whatever its suffixes are.
std::int64_t leading_offset(std::string_view name);

}  // namespace fluxmq::storage_local
