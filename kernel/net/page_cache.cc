#include "net/page_cache.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>

namespace fluxmq::kernel {
namespace {

constexpr uint64_t kPageBytes = 4096;
// Pages count as cached while they are still being read. One of so many bytes is looked at for
// that: the disk brings them in larger pieces.
constexpr uint64_t kProbeBytes = 256 * 1024;

// cachestat(2), of Linux 6.5: younger than the headers that this is built with may be.
bool has_all_pages(const FileRange& range) {
  constexpr long kCachestat = 451;
  struct {
    uint64_t offset, length;
  } asked{range.offset, range.length};
  struct {
    uint64_t cached, dirty, writeback, evicted, recently_evicted;
  } pages{};
  if (::syscall(kCachestat, range.file, &asked, &pages, 0) != 0) return false;
  uint64_t first = range.offset / kPageBytes;
  uint64_t last = (range.offset + range.length - 1) / kPageBytes;
  return pages.cached >= last - first + 1;
}

bool is_read(int file, uint64_t offset) {
  char byte;
  iovec into{&byte, 1};
  return ::preadv2(file, &into, 1, static_cast<off_t>(offset), RWF_NOWAIT) == 1;
}

}  // namespace

bool is_loaded(const FileRange& range) {
  if (range.length == 0) return true;
  if (!has_all_pages(range)) return false;
  for (uint64_t at = 0; at < range.length; at += kProbeBytes) {
    if (!is_read(range.file, range.offset + at)) return false;
  }
  return is_read(range.file, range.offset + range.length - 1);
}

// To nowhere: that copies nothing, and the system reads ahead as for any reader.
void load(const FileRange& range) {
  static const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  auto position = static_cast<off_t>(range.offset);
  const auto end = static_cast<off_t>(range.offset + range.length);
  while (position < end) {
    if (::sendfile(nowhere, range.file, &position, static_cast<size_t>(end - position)) <= 0)
      return;
  }
}

}  // namespace fluxmq::kernel
