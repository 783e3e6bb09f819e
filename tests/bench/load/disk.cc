// disk: appends to a file and brings each append to the disk, without a broker: what waiting for
// the disk takes at least.
#include <vector>

#include "load/measure.h"
#include "load/modes.h"

namespace bench {

void run_disk(Options& options) {
  std::string path = options.text("file", "disk.data");
  auto bytes = static_cast<size_t>(options.number("bytes", 16384));
  int64_t syncs = options.number("syncs", 500);
  options.done();
  int fd = check(open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644), "open");
  std::vector<uint8_t> block(bytes, 'x');
  Latencies latencies;
  for (int64_t i = 0; i < syncs; i++) {
    int64_t begin = now_ns();
    if (write(fd, block.data(), bytes) != static_cast<ssize_t>(bytes)) fail_errno("write");
    check(fdatasync(fd), "fdatasync");
    latencies.add(now_ns() - begin);
  }
  close(fd);
  unlink(path.c_str());
  Report report("disk");
  report.add("latency", latencies);
  report.print();
}

}  // namespace bench
