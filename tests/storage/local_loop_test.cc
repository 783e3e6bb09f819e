// Event loops of storage_local touch no file but for what the page cache has: whatever an append, a
// read or a search needs of the disk happens on the blocking pool. A file system that knows its
// callers holds that.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "fluxmq/testing/fake_host.h"
#include "fluxmq/testing/temporary_folder.h"
#include "fluxmq/testing/test_log.h"
#include "log_dirs.h"
#include "log_store.h"

namespace fluxmq::storage_local {
namespace {

using testing::make_batch;
using testing::Waiting;

// Counts calls, and notes those on event loops.
class Watch {
 public:
  explicit Watch(Host host) : host_(host) {}
  void called(const char* what) {
    ++calls_;
    if (host_.current_loop() == FLUXMQ_NO_LOOP) return;
    ADD_FAILURE() << what << " on an event loop";
  }
  int calls() const { return calls_; }
  int count_cached() { return ++cached_; }

 private:
  const Host host_;
  std::atomic<int> calls_ = 0;
  std::atomic<int> cached_ = 0;
};

class WatchedFile final : public File {
 public:
  WatchedFile(std::unique_ptr<File> file, Watch& watch) : file_(std::move(file)), watch_(watch) {}
  ~WatchedFile() override { watch_.called("close"); }

  std::size_t read_at(void* data, std::size_t size, std::int64_t position) const override {
    watch_.called("read");
    return file_->read_at(data, size, position);
  }
  // Waits for nothing: may be called anywhere. As if the page cache had every other read.
  std::size_t read_cached(void* data, std::size_t size, std::int64_t position) const override {
    if (watch_.count_cached() % 2 == 0) throw WouldBlock();
    return file_->read_at(data, size, position);
  }
  using File::read_at;
  using File::write_at;
  void write_at(iovec* ranges, std::size_t count, std::int64_t position) override {
    watch_.called("write");
    file_->write_at(ranges, count, position);
  }
  void truncate(std::int64_t size) override {
    watch_.called("truncate");
    file_->truncate(size);
  }
  void sync() override {
    watch_.called("sync");
    file_->sync();
  }
  std::int64_t size() const override {
    watch_.called("size");
    return file_->size();
  }
  void set_modified_ms(std::int64_t time_ms) override {
    watch_.called("set_modified_ms");
    file_->set_modified_ms(time_ms);
  }
  bool lock() override {
    watch_.called("lock");
    return file_->lock();
  }
  int fd() const override { return file_->fd(); }

 private:
  const std::unique_ptr<File> file_;
  Watch& watch_;
};

class WatchedFileSystem final : public FileSystem {
 public:
  explicit WatchedFileSystem(Watch& watch) : watch_(watch) {}

  std::unique_ptr<File> open(const std::string& path, OpenMode mode) override {
    watch_.called("open");
    return std::make_unique<WatchedFile>(files_.open(path, mode), watch_);
  }
  std::unique_ptr<File> open_if_exists(const std::string& path) override {
    watch_.called("open_if_exists");
    auto file = files_.open_if_exists(path);
    return file ? std::make_unique<WatchedFile>(std::move(file), watch_) : nullptr;
  }
  bool exists(const std::string& path) override {
    watch_.called("exists");
    return files_.exists(path);
  }
  std::int64_t file_size(const std::string& path) override {
    watch_.called("file_size");
    return files_.file_size(path);
  }
  std::int64_t modified_ms(const std::string& path) override {
    watch_.called("modified_ms");
    return files_.modified_ms(path);
  }
  std::vector<std::string> list_folder(const std::string& path) override {
    watch_.called("list_folder");
    return files_.list_folder(path);
  }
  void make_folder(const std::string& path) override {
    watch_.called("make_folder");
    files_.make_folder(path);
  }
  void rename(const std::string& from, const std::string& to) override {
    watch_.called("rename");
    files_.rename(from, to);
  }
  bool remove_file(const std::string& path) override {
    watch_.called("remove_file");
    return files_.remove_file(path);
  }
  void remove_tree(const std::string& path) override {
    watch_.called("remove_tree");
    files_.remove_tree(path);
  }
  void sync_folder(const std::string& path) override {
    watch_.called("sync_folder");
    files_.sync_folder(path);
  }
  void sync_volume(const std::string& path) override {
    watch_.called("sync_volume");
    files_.sync_volume(path);
  }
  VolumeSpace volume_space(const std::string& path) override {
    watch_.called("volume_space");
    return files_.volume_space(path);
  }

 private:
  FileSystem& files_ = FileSystem::posix();
  Watch& watch_;
};

// With and without tails in memory.
class LocalLoop : public ::testing::TestWithParam<std::size_t> {
 protected:
  LocalLoop() {
    config_.segment_bytes = 64 * 1024;
    opened_ = testing::TestLog::open(store_.table(), "topic", 0, config_).log;
  }
  ~LocalLoop() override {
    store_.stop();
    host_.finish();
  }

  // Calls `start` on an event loop, and waits for what it tells.
  template <class Result>
  Result on_loop(std::function<void(Waiting<Result>&)> start) {
    Waiting<Result> waiting;
    host_.host().post(0, [&] { start(waiting); });
    return waiting.get();
  }
  std::int16_t append(std::int64_t offset, std::size_t value_bytes) {
    const auto batch = make_batch({.base_offset = offset, .value_bytes = value_bytes});
    const fluxmq_bytes bytes{reinterpret_cast<const std::uint8_t*>(batch.data()), batch.size()};
    return on_loop<std::int16_t>([&](auto& waiting) {
      table()->append(
          table()->self, opened_, &bytes, 1, 0,
          [](void* context, std::int16_t error, std::uint32_t) {
            testing::set_error(context, error);
          },
          waiting.context());
    });
  }
  // The segments of one read, leases and all.
  std::vector<fluxmq_segment> read(std::int64_t offset) {
    const fluxmq_log_read_request request{sizeof request, 1, offset, INT64_MAX, 1 << 20};
    return on_loop<std::vector<fluxmq_segment>>([&](auto& waiting) {
      table()->read(
          table()->self, opened_, &request,
          [](void* context, std::int16_t error, const fluxmq_segment* segments, std::uint32_t n) {
            EXPECT_EQ(error, 0);
            Waiting<std::vector<fluxmq_segment>>::of(context).set({segments, segments + n});
          },
          waiting.context());
    });
  }
  void release(const std::vector<fluxmq_segment>& segments) {
    on_loop<int>([&](auto& waiting) {
      for (const auto& segment : segments) segment.release(segment.release_context);
      waiting.set(0);
    });
  }
  const fluxmq_log_store* table() { return store_.table(); }

  const testing::TemporaryFolder temporary_;
  testing::FakeHost host_;
  Watch watch_{host_.host()};
  WatchedFileSystem files_{watch_};
  LogDirs dirs_{host_.host(), files_, temporary_.path() + "/data", 100,
                TailSettings{temporary_.path(), GetParam()}};
  LogStore store_{host_.host(), dirs_, 60'000};
  fluxmq_log_config config_ = testing::default_log_config();
  fluxmq_log* opened_ = nullptr;
};

TEST_P(LocalLoop, TouchesNoFile) {
  // The first append, many that roll the segment, and one that finds no room in memory.
  std::int64_t offset = 0;
  for (; offset < 100; ++offset) ASSERT_EQ(append(offset, 3000), 0);
  ASSERT_EQ(append(offset++, 2 << 20), 0);
  ASSERT_EQ(append(offset++, 100), 0);
  fluxmq_log_state state{};
  state.size = sizeof state;
  table()->state(table()->self, opened_, &state);
  EXPECT_EQ(state.log_end_offset, offset);
  EXPECT_GT(state.segment_count, 3);

  for (std::int64_t from : {offset - 1, offset - 2, std::int64_t{40}, std::int64_t{0}}) {
    release(read(from));
  }
  EXPECT_EQ(on_loop<std::int16_t>([&](auto& waiting) {
              table()->flush(table()->self, opened_, &testing::set_error, waiting.context());
            }),
            0);

  // Who was reading closes a file that is deleted by now.
  auto held = read(0);
  ASSERT_FALSE(held.empty());
  on_loop<int>([&](auto& waiting) {
    table()->configure(table()->self, opened_, &config_);
    waiting.set(0);
  });
  EXPECT_EQ(on_loop<std::int16_t>([&](auto& waiting) {
              table()->remove(table()->self, opened_, &testing::set_error, waiting.context());
            }),
            0);
  release(held);
  EXPECT_GT(watch_.calls(), 100) << "it is the file system in use";
}

TEST_P(LocalLoop, NewestRecordsNeedNoFileAtAll) {
  if (GetParam() == 0) GTEST_SKIP() << "without tails all goes through files";
  ASSERT_NE(dirs_.metadata().tails().arena(), nullptr);
  ASSERT_EQ(append(0, 100), 0);
  ASSERT_EQ(append(1, 100), 0);
  const auto segments = read(1);
  ASSERT_EQ(segments.size(), 1u);
  EXPECT_EQ(segments[0].kind, FLUXMQ_SEGMENT_MEMORY);
  const auto batch = make_batch({.base_offset = 1, .value_bytes = 100});
  EXPECT_EQ(testing::take_bytes(segments.data(), 1), batch);
}

INSTANTIATE_TEST_SUITE_P(Tails, LocalLoop, ::testing::Values(0, 1 << 20));

}  // namespace
}  // namespace fluxmq::storage_local
