#include "foreign_log.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "log.h"
#include "segment_file.h"

namespace fluxmq::storage_local {
namespace {

constexpr std::size_t kCopiedBytes = 1 << 20;  // at once

void copy_file(FileSystem& files, const std::string& from, const std::string& to) {
  const auto source = files.open(from, OpenMode::kRead);
  const auto copy = files.open(to, OpenMode::kTruncate);
  std::vector<char> piece(kCopiedBytes);
  std::int64_t position = 0;
  while (const auto size = source->read_at(piece.data(), piece.size(), position)) {
    copy->write_at(piece.data(), size, position);
    position += static_cast<std::int64_t>(size);
  }
  // Of segments without timestamps it says how old they are.
  copy->set_modified_ms(files.modified_ms(from));
  copy->sync();
}

bool is_taken(const std::string& name) {
  if (name == kLeaderEpochs) return true;
  for (const char* suffix : {".log", ".index", ".timeindex", ".txnindex", ".snapshot"}) {
    if (offset_of(name, suffix) >= 0) return true;
    // A compaction that was cut short; recovery ends it.
    if (offset_of(name, std::string(suffix) + kSwapSuffix) >= 0) return true;
  }
  return false;
}

}  // namespace

void take_files(FileSystem& files, const ForeignLog& foreign, const std::string& folder) {
  const auto names = files.list_folder(foreign.folder);
  std::vector<std::int64_t> base_offsets;
  for (const auto& name : names) {
    if (const auto offset = offset_of(name, ".log"); offset >= 0) base_offsets.push_back(offset);
  }
  std::sort(base_offsets.begin(), base_offsets.end());
  // A segment ends where the next one begins; the last one has no end.
  const auto never_written = [&](const std::string& name) {
    const auto base_offset = offset_of(name, ".log");
    if (base_offset < 0) return false;
    const auto next = std::upper_bound(base_offsets.begin(), base_offsets.end(), base_offset);
    return next != base_offsets.end() && *next <= foreign.recovery_point;
  };
  for (const auto& name : names) {
    if (!is_taken(name)) continue;
    const auto from = concat(foreign.folder, "/", name);
    const auto to = concat(folder, "/", name);
    const bool linked = foreign.link_files && never_written(name) && files.link_file(from, to);
    if (!linked) copy_file(files, from, to);
  }
}

}  // namespace fluxmq::storage_local
