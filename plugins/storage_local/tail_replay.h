// After a process was killed: what its arena has and the files of its logs don't goes to the files.
#pragma once
#include <cstddef>
#include <string>

#include "file_system.h"

namespace fluxmq::storage_local {

struct TailReplay {
  bool found = false;  // false: no arena is there, or another process uses it
  std::size_t bytes = 0;
  std::size_t logs = 0;
};

// Each block goes to the segment that its record names, unless the log isn't there any more or is
// another topic's, or the segment isn't, or ends before the block begins. Writing what the file has
// already changes nothing, so that a replay may be repeated. Throws if a file can't be written.
TailReplay replay_tails(FileSystem& files, const std::string& data_folder,
                        const std::string& arena_path);

}  // namespace fluxmq::storage_local
