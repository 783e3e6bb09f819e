// What a connection sends: in shares, and of files only what is in the page cache.
#include "net/segment_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <vector>

namespace fluxmq::kernel_tests {
namespace {

using kernel::BufferPool;
using kernel::FileRange;
using kernel::OutParts;
using kernel::SegmentWriter;
using kernel::Transport;
using Result = SegmentWriter::Result;

constexpr uint64_t kMiB = 1 << 20;

// A socket that has room for so many bytes.
class Room : public Transport {
 public:
  ssize_t read_some(uint8_t*, size_t) override { return 0; }
  ssize_t write_some(const iovec* parts, size_t count, bool) override {
    uint64_t size = 0;
    for (size_t i = 0; i < count; ++i) size += parts[i].iov_len;
    return take(size);
  }
  ssize_t send_file(int, uint64_t, size_t size) override { return take(size); }

  uint64_t room = UINT64_MAX;
  uint64_t taken = 0;

 private:
  ssize_t take(uint64_t size) {
    size = std::min(size, room);
    if (size == 0) {
      errno = EAGAIN;
      return -1;
    }
    room -= size;
    taken += size;
    return static_cast<ssize_t>(size);
  }
};

// On the disk only; on a file system that can't say what is in memory it counts as that, too.
class ColdFile {
 public:
  explicit ColdFile(uint64_t size) {
    std::string name = "/tmp/fluxmq-cold-XXXXXX";
    fd_ = ::mkstemp(name.data());
    ::unlink(name.c_str());
    const std::string bytes(size, 'c');
    EXPECT_EQ(::write(fd_, bytes.data(), size), static_cast<ssize_t>(size));
    ::fdatasync(fd_);
    ::posix_fadvise(fd_, 0, 0, POSIX_FADV_DONTNEED);
  }
  ~ColdFile() { ::close(fd_); }
  fluxmq_segment segment(uint64_t length) const {
    return {FLUXMQ_SEGMENT_FILE, fd_, nullptr, 0, length, [](void*) {}, nullptr};
  }
  int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

struct Writing {
  BufferPool buffers{kMiB};
  OutParts parts{16};
  SegmentWriter writer{buffers, parts};
  Room socket;
};

TEST(SegmentWriter, WritesNoMoreThanItsShare) {
  Writing writing;
  std::vector<uint8_t> bytes(kMiB);
  writing.writer.append(
      {FLUXMQ_SEGMENT_MEMORY, -1, bytes.data(), 0, bytes.size(), [](void*) {}, nullptr});
  for (int turn = 1; turn <= 4; ++turn) {
    uint64_t share = kMiB / 4;
    const auto expected = turn < 4 ? Result::kMore : Result::kDone;
    EXPECT_EQ(writing.writer.write(writing.socket, share), expected);
    EXPECT_EQ(share, 0u);
    EXPECT_EQ(writing.socket.taken, static_cast<uint64_t>(turn) * kMiB / 4);
  }
}

TEST(SegmentWriter, SendsNoFileThatTheDiskHasToRead) {
  Writing writing;
  const ColdFile file(3 * kMiB);
  if (kernel::is_loaded({file.fd(), 0, kMiB})) GTEST_SKIP() << "it can't be taken out of memory";
  writing.writer.append(file.segment(3 * kMiB));
  uint64_t share = 16 * kMiB;
  EXPECT_EQ(writing.writer.write(writing.socket, share), Result::kNotLoaded);
  EXPECT_EQ(writing.socket.taken, 0u);
  while (writing.writer.write(writing.socket, share) == Result::kNotLoaded) {
    const auto before = writing.socket.taken;
    const FileRange range = writing.writer.next_of_file();
    EXPECT_EQ(range.file, file.fd());
    EXPECT_EQ(range.offset, before);
    kernel::load(range);
    writing.writer.was_loaded();
    uint64_t little = 1;
    EXPECT_NE(writing.writer.write(writing.socket, little), Result::kNotLoaded);
    EXPECT_EQ(writing.socket.taken, before + 1);
  }
  EXPECT_EQ(writing.socket.taken, 3 * kMiB);
}

TEST(SegmentWriter, LooksAgainAfterTheSocketHadNoRoom) {
  Writing writing;
  const ColdFile file(kMiB);
  if (kernel::is_loaded({file.fd(), 0, kMiB})) GTEST_SKIP() << "it can't be taken out of memory";
  writing.writer.append(file.segment(kMiB));
  writing.writer.was_loaded();  // and is gone again
  writing.socket.room = 10'000;
  uint64_t share = kMiB;
  EXPECT_EQ(writing.writer.write(writing.socket, share), Result::kBlocked);
  EXPECT_EQ(writing.socket.taken, 10'000u);
  EXPECT_EQ(writing.writer.write(writing.socket, share), Result::kNotLoaded);
}

}  // namespace
}  // namespace fluxmq::kernel_tests
