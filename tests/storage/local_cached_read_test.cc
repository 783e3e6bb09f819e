// Reads of old records on event loops: from the page cache where it has them, else on the blocking
// pool, while the loop goes on serving others. The same bytes either way.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "fluxmq/testing/fake_host.h"
#include "fluxmq/testing/temporary_folder.h"
#include "fluxmq/testing/test_log.h"
#include "hooked_file_system.h"
#include "log_dirs.h"
#include "log_store.h"

namespace fluxmq::storage_local {
namespace {

using storage_local_test::HookedFileSystem;
using testing::make_batch;
using testing::Waiting;

constexpr std::int64_t kBatches = 600;
constexpr std::size_t kTailBytes = 1 << 20;  // less than the log: its first half is in files only

class LocalCachedRead : public ::testing::Test {
 protected:
  struct Read {
    std::string bytes;
    bool on_loop = false;
  };

  LocalCachedRead() {
    config_.segment_bytes = 512 * 1024;
    opened_ = testing::TestLog::open(store_.table(), "topic", 0, config_).log;
    for (std::int64_t offset = 0; offset < kBatches; ++offset) append();
    for (std::int64_t offset = 0; offset < kBatches; offset += 20) read(offset, 1);  // opens files
  }
  ~LocalCachedRead() override {
    files_.repair();
    store_.stop();
    host_.finish();
  }

  // On the event loop.
  void append() {
    batches_.push_back(make_batch({.base_offset = end_offset(), .value_bytes = 4000}));
    const std::string& batch = batches_.back();
    const fluxmq_bytes bytes{reinterpret_cast<const std::uint8_t*>(batch.data()), batch.size()};
    Waiting<std::int16_t> waiting;
    host_.host().post(0, [&] {
      table()->append(
          table()->self, opened_, &bytes, 1, 0,
          [](void* context, std::int16_t error, std::uint32_t) {
            testing::set_error(context, error);
          },
          waiting.context());
    });
    ASSERT_EQ(waiting.get(), 0);
  }
  struct Reading {
    const Host host;
    Waiting<Read> waiting{};
  };
  // Likewise; the result comes later.
  void start_read(std::int64_t offset, std::int64_t max_bytes, Reading& reading) {
    host_.host().post(0, [this, offset, max_bytes, &reading] {
      const fluxmq_log_read_request request{sizeof request, 1, offset, INT64_MAX, max_bytes};
      table()->read(
          table()->self, opened_, &request,
          [](void* context, std::int16_t error, const fluxmq_segment* segments, std::uint32_t n) {
            EXPECT_EQ(error, 0);
            auto& at = *static_cast<Reading*>(context);
            const bool on_loop = at.host.current_loop() != FLUXMQ_NO_LOOP;
            at.waiting.set({testing::take_bytes(segments, n), on_loop});
          },
          &reading);
    });
  }
  Read read(std::int64_t offset, std::int64_t max_bytes) {
    Reading reading{host_.host()};
    start_read(offset, max_bytes, reading);
    return reading.waiting.get();
  }

  std::int64_t end_offset() const { return static_cast<std::int64_t>(batches_.size()); }
  const std::string& batch(std::int64_t offset) const {
    return batches_[static_cast<std::size_t>(offset)];
  }
  // Of what is read of files, the page cache has none.
  void forget_page_cache() {
    files_.set_hook([](std::string_view call, const std::string&) {
      if (call == "read_cached") throw WouldBlock();
    });
  }
  const fluxmq_log_store* table() { return store_.table(); }

  const testing::TemporaryFolder temporary_;
  testing::FakeHost host_;
  HookedFileSystem files_;
  LogDirs dirs_{host_.host(), files_, temporary_.path() + "/data", 100,
                TailSettings{temporary_.path(), kTailBytes}};
  LogStore store_{host_.host(), dirs_, 60'000};
  fluxmq_log_config config_ = testing::default_log_config();
  fluxmq_log* opened_ = nullptr;
  std::vector<std::string> batches_;  // all that was appended, by offset
};

TEST_F(LocalCachedRead, TakesWhatThePageCacheHasOnTheLoop) {
  files_.set_hook([](std::string_view call, const std::string& path) {
    if (call == "read") ADD_FAILURE() << "a read of " << path;
  });
  for (std::int64_t offset : {0, 1, 40, 130, 200}) {
    const auto found = read(offset, 1);
    EXPECT_TRUE(found.on_loop) << offset;
    EXPECT_EQ(found.bytes, batch(offset));
  }
}

TEST_F(LocalCachedRead, TakesTheRestOnThePool) {
  forget_page_cache();
  for (std::int64_t offset : {0, 1, 40, 130, 200}) {
    const auto found = read(offset, 1);
    EXPECT_FALSE(found.on_loop) << offset;
    EXPECT_EQ(found.bytes, batch(offset));
  }
}

TEST_F(LocalCachedRead, ADiskThatHangsHoldsUpOnlyWhoReadsFromIt) {
  std::promise<void> repaired;
  const auto is_repaired = repaired.get_future().share();
  files_.set_hook([is_repaired](std::string_view call, const std::string&) {
    if (call == "read_cached") throw WouldBlock();
    if (call == "read") is_repaired.wait();
  });
  Reading old{host_.host()};
  start_read(0, 1, old);
  for (int i = 0; i < 20; ++i) {
    append();
    EXPECT_EQ(read(end_offset() - 1, 1 << 20).bytes, batches_.back());
  }
  repaired.set_value();
  EXPECT_EQ(old.waiting.get().bytes, batch(0));
}

TEST_F(LocalCachedRead, GivesTheSameAsTheDisk) {
  std::mt19937 random(1);
  for (int i = 0; i < 300; ++i) {
    if (i % 10 == 0) append();
    const auto offset = static_cast<std::int64_t>(random() % batches_.size());
    const auto max_bytes = static_cast<std::int64_t>(1) << (random() % 22);
    const auto cached = read(offset, max_bytes).bytes;
    forget_page_cache();
    EXPECT_TRUE(read(offset, max_bytes).bytes == cached) << offset << ", " << max_bytes;
    files_.repair();
  }
}

// From the first record to the last, with the page cache losing some of it all the time.
TEST_F(LocalCachedRead, AReaderOfAllGetsAll) {
  std::atomic<unsigned> calls = 0;
  files_.set_hook([&calls](std::string_view call, const std::string&) {
    if (call == "read_cached" && ++calls % 3 == 0) throw WouldBlock();
  });
  int on_loop = 0, on_pool = 0;
  for (std::int64_t offset = 0; offset < end_offset();) {
    if (offset < 2 * kBatches) append();
    const auto found = read(offset, 30'000);
    ++(found.on_loop ? on_loop : on_pool);
    std::string_view rest = found.bytes;
    while (offset < end_offset() && rest.starts_with(batch(offset))) {
      rest.remove_prefix(batch(offset).size());
      ++offset;
    }
    // What max_bytes cut.
    ASSERT_TRUE(rest.empty() || (offset < end_offset() && batch(offset).starts_with(rest)));
    ASSERT_LT(rest.size(), found.bytes.size());
  }
  EXPECT_GT(on_loop, 0);
  EXPECT_GT(on_pool, 0);
}

}  // namespace
}  // namespace fluxmq::storage_local
