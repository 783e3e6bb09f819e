// What of a file is in the page cache. An event loop sends only that: what isn't there yet is
// loaded on the blocking pool first.
#pragma once

#include <cstdint>

namespace fluxmq::kernel {

struct FileRange {
  int32_t file = -1;
  uint64_t offset = 0;
  uint64_t length = 0;
};

// Never blocks, and reads nothing from the disk. False also where the system can't tell (before
// Linux 6.5).
bool is_loaded(const FileRange& range);
// Waits until it is there. A hint: what can't be read fails when it is sent.
void load(const FileRange& range);

}  // namespace fluxmq::kernel
