#include "tail_replay.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "fluxmq/protocol/base64.h"
#include "partition_metadata.h"
#include "segment_file.h"
#include "tail_arena.h"

namespace fluxmq::storage_local {
namespace {

// The file of an arena, if no process has it open.
class OldArena {
 public:
  explicit OldArena(const std::string& path)
      : fd_(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW)) {
    struct flock request {};
    request.l_type = F_WRLCK;
    struct stat status {};
    if (fd_ < 0 || ::fcntl(fd_, F_OFD_SETLK, &request) != 0 || ::fstat(fd_, &status) != 0) return;
    const auto size = static_cast<std::size_t>(status.st_size);
    void* mapping = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd_, 0);
    if (mapping != MAP_FAILED) mapping_ = {static_cast<std::uint8_t*>(mapping), size};
  }
  OldArena(const OldArena&) = delete;
  OldArena& operator=(const OldArena&) = delete;
  ~OldArena() {
    if (!mapping_.empty()) ::munmap(mapping_.data(), mapping_.size());
    if (fd_ >= 0) ::close(fd_);
  }
  std::span<std::uint8_t> mapping() const { return mapping_; }

 private:
  const int fd_;
  std::span<std::uint8_t> mapping_;
};

struct Unwritten {
  const TailArena::Record* record;
  std::span<const std::uint8_t> bytes;
  std::int64_t position;

  auto order() const { return std::tuple(record->log_name(), record->base_offset, position); }
};

// Whether it is the name of a folder, and of a log of that topic.
bool is_log_of(FileSystem& files, const std::string& data_folder, const TailArena::Record& record) {
  const auto name = record.log_name();
  if (name.empty() || name.find('/') != std::string_view::npos || name.front() == '.') return false;
  const auto metadata =
      read_file(files, data_folder + "/" + std::string(name) + "/" + kPartitionMetadata);
  return topic_id_in(metadata) == topic_id_text(record.topic_id);
}

}  // namespace

TailReplay replay_tails(FileSystem& files, const std::string& data_folder,
                        const std::string& arena_path) {
  TailReplay replay;
  const OldArena arena(arena_path);
  std::vector<Unwritten> blocks;
  replay.found = !arena.mapping().empty();
  TailArena::visit_unwritten(arena.mapping(), [&](const TailArena::Record& record, auto bytes) {
    const auto written = static_cast<std::int64_t>(record.written.load());
    blocks.push_back({&record, bytes, record.position + written});
  });
  std::sort(blocks.begin(), blocks.end(),
            [](const auto& a, const auto& b) { return a.order() < b.order(); });
  std::string_view log;
  bool is_wanted = false;
  for (const Unwritten& block : blocks) {
    const bool next_log = block.record->log_name() != log;
    log = block.record->log_name();
    if (next_log) is_wanted = is_log_of(files, data_folder, *block.record);
    const auto path = data_folder + "/" + std::string(log) + "/" +
                      segment_name(block.record->base_offset, ".log");
    if (!is_wanted || !files.exists(path)) continue;
    const auto file = files.open(path, OpenMode::kWrite);
    if (block.position > file->size()) continue;
    file->write_at(block.bytes.data(), block.bytes.size(), block.position);
    replay.bytes += block.bytes.size();
    replay.logs += next_log ? 1 : 0;
  }
  return replay;
}

}  // namespace fluxmq::storage_local
