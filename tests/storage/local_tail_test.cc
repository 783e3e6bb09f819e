// The tails of logs in memory: what is there outlives the process, readers keep what they read, and
// little memory is enough.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "fluxmq/testing/temporary_folder.h"
#include "full_disk.h"
#include "local_store.h"

namespace fluxmq::storage_local_test {
namespace {

using testing::make_batch;
using testing::TemporaryFolder;
using testing::TestLog;

constexpr std::size_t kArenaBytes = 1 << 20;  // eight blocks
constexpr const char* kSegment = "topic-0/00000000000000000000.log";

class LocalTail : public ::testing::Test {
 protected:
  std::string live() const { return folder_.path() + "/live"; }
  std::string crashed() const { return folder_.path() + "/crashed"; }
  static LocalStore::Config tails() {
    return {{"storage.local.tail.bytes", std::to_string(kArenaBytes)}};
  }
  // False where no tmpfs is to be had: nothing of this applies then.
  bool has_tails() const { return std::filesystem::exists(live() + "/" + kTailArena); }

  const TemporaryFolder folder_;
};

// The segments of a read, with their leases.
std::vector<fluxmq_segment> lease(const fluxmq_log_store* store, const TestLog& log,
                                  std::int64_t offset) {
  const fluxmq_log_read_request request{sizeof request, 1, offset, INT64_MAX, 8 << 20};
  testing::Waiting<std::vector<fluxmq_segment>> waiting;
  store->read(
      store->self, log.handle(), &request,
      [](void* context, std::int16_t, const fluxmq_segment* segments, std::uint32_t count) {
        testing::Waiting<std::vector<fluxmq_segment>>::of(context).set(
            {segments, segments + count});
      },
      waiting.context());
  return waiting.get();
}

TEST_F(LocalTail, WhatWasAppendedIsThereAfterTheProcessDied) {
  std::string expected;
  {
    LocalStore store(live(), tails());
    if (!has_tails()) GTEST_SKIP() << "no tmpfs";
    TestLog log(store.logs()), other(store.logs(), "topic", 1);
    for (int i = 0; i < 300; ++i) {
      expected += log.append({.record_count = 2, .value_bytes = static_cast<std::size_t>(i) * 7});
      other.append({.value_bytes = 10});
    }
    copy_folder(live(), crashed());
  }
  LocalStore store(crashed(), tails());
  TestLog log(store.logs()), other(store.logs(), "topic", 1);
  EXPECT_EQ(log.read_all(0), expected);
  EXPECT_EQ(log.visit(0).size(), 300u);
  EXPECT_EQ(other.end_offset(), 300);
}

TEST_F(LocalTail, ReplayMayBeRepeated) {
  std::string expected;
  {
    LocalStore store(live(), tails());
    if (!has_tails()) GTEST_SKIP() << "no tmpfs";
    TestLog log(store.logs());
    for (int i = 0; i < 50; ++i) expected += log.append({.value_bytes = 500});
    copy_folder(live(), crashed());
  }
  const auto arena = read_file(crashed() + "/arena");
  for (int start = 0; start < 3; ++start) {
    write_file(crashed() + "/arena", arena);
    write_file(crashed() + "/" + kTailArena, crashed() + "/arena\n");
    LocalStore store(crashed(), tails());
    TestLog log(store.logs());
    ASSERT_EQ(log.read_all(0), expected);
    copy_folder(crashed(), folder_.path() + "/next");
    log.close();
  }
}

TEST_F(LocalTail, CleanStopLeavesNoMemoryBehind) {
  std::string arena;
  {
    LocalStore store(live(), tails());
    if (!has_tails()) GTEST_SKIP() << "no tmpfs";
    arena = read_file(live() + "/" + kTailArena);
    arena.pop_back();
    EXPECT_TRUE(std::filesystem::exists(arena));
    TestLog log(store.logs());
    log.append({});
    log.forget();
  }
  EXPECT_FALSE(std::filesystem::exists(arena));
  EXPECT_FALSE(has_tails());
  LocalStore store(live(), tails());
  EXPECT_FALSE(store.host().logged("to their files"));
}

// A deleted topic's tail doesn't turn up in the one of its name that comes after it.
TEST_F(LocalTail, TailOfAnotherTopicIsNotReplayed) {
  {
    LocalStore store(live(), tails());
    if (!has_tails()) GTEST_SKIP() << "no tmpfs";
    TestLog log(store.logs());
    for (int i = 0; i < 10; ++i) log.append({});
    copy_folder(live(), crashed());
  }
  const auto arena = read_file(crashed() + "/arena");
  std::filesystem::remove_all(crashed());
  {
    LocalStore store(crashed(), tails());
    const auto opened =
        TestLog::open(store.logs(), "topic", 0, testing::default_log_config(), {{2}});
    const auto batch = make_batch({});
    const fluxmq_bytes bytes{reinterpret_cast<const std::uint8_t*>(batch.data()), batch.size()};
    testing::Waiting<std::int16_t> waiting;
    store.logs()->append(
        store.logs()->self, opened.log, &bytes, 1, 0,
        [](void* context, std::int16_t error, std::uint32_t) {
          testing::set_error(context, error);
        },
        waiting.context());
    ASSERT_EQ(waiting.get(), 0);
  }
  const auto before = read_file(crashed() + "/" + kSegment);
  write_file(crashed() + "/arena", arena);
  write_file(crashed() + "/" + kTailArena, crashed() + "/arena\n");
  LocalStore store(crashed(), tails());
  EXPECT_TRUE(store.host().logged("brought 0 bytes"));
  EXPECT_EQ(read_file(crashed() + "/" + kSegment), before);
}

TEST_F(LocalTail, WhatIsNoArenaIsIgnored) {
  std::filesystem::create_directories(live());
  for (const std::string& content :
       {std::string(), std::string("nonsense"), std::string(100'000, 'x')}) {
    write_file(folder_.path() + "/arena", content);
    write_file(live() + "/" + kTailArena, folder_.path() + "/arena\n");
    LocalStore store(live(), tails());
    TestLog log(store.logs());
    log.append({});
    log.forget();
  }
  write_file(live() + "/" + kTailArena, folder_.path() + "/none\n");
  LocalStore store(live(), tails());
  EXPECT_TRUE(store.host().logged("is gone"));
  TestLog log(store.logs());
  EXPECT_EQ(log.end_offset(), 3);
}

TEST_F(LocalTail, ArenaOfARunningProcessIsLeftAlone) {
  LocalStore store(live(), tails());
  if (!has_tails()) GTEST_SKIP() << "no tmpfs";
  TestLog log(store.logs());
  log.append({});
  std::filesystem::create_directories(crashed());
  write_file(crashed() + "/" + kTailArena, read_file(live() + "/" + kTailArena));
  LocalStore other(crashed(), tails());
  EXPECT_TRUE(other.host().logged("in use by another process"));
  EXPECT_TRUE(
      std::filesystem::exists(read_file(live() + "/" + kTailArena)
                                  .substr(0, read_file(live() + "/" + kTailArena).find('\n'))));
}

TEST_F(LocalTail, ManyLogsShareLittleMemory) {
  LocalStore store(live(), tails());
  std::vector<std::unique_ptr<TestLog>> logs;
  std::vector<std::string> expected(30);
  for (int i = 0; i < 30; ++i) {
    logs.push_back(std::make_unique<TestLog>(store.logs(), "topic", i));
  }
  for (std::size_t round = 0; round < 30; ++round) {
    for (std::size_t i = 0; i < logs.size(); ++i) {
      expected[i] += logs[i]->append({.value_bytes = 1 + (round * 977 + i * 7919) % 40'000});
    }
  }
  for (std::size_t i = 0; i < logs.size(); ++i) {
    ASSERT_EQ(logs[i]->read_all(0), expected[i]) << i;
    ASSERT_EQ(logs[i]->visit(0).size(), 30u) << i;
    ASSERT_EQ(logs[i]->read(29).bytes,
              expected[i].substr(expected[i].size() - logs[i]->read(29).bytes.size()));
  }
}

// Batches begin anywhere in a block, and lie across two.
TEST_F(LocalTail, ReadsBeginAtAnyBatch) {
  LocalStore store(live(), tails());
  if (!has_tails()) GTEST_SKIP() << "no tmpfs";
  TestLog log(store.logs());
  log.append({});
  std::vector<std::string> batches;
  for (std::size_t i = 0; i < 60; ++i) {
    batches.push_back(log.append({.value_bytes = (i * 7919) % 17'000}));
  }
  std::string expected;
  for (std::size_t i = batches.size(); i-- > 0;) {
    expected = batches[i] + expected;
    const auto offset = static_cast<std::int64_t>(i) + 1;
    ASSERT_EQ(log.read(offset).bytes, expected) << i;
    ASSERT_EQ(log.read(offset, 10).bytes, batches[i]) << i;
    ASSERT_EQ(log.read(offset, 1 << 30, true, offset + 1).bytes, batches[i]) << i;
    const auto segments = lease(store.logs(), log, offset);
    ASSERT_EQ(segments[0].kind, FLUXMQ_SEGMENT_MEMORY) << i;
    testing::take_bytes(segments.data(), static_cast<std::uint32_t>(segments.size()));
  }
}

// Larger than all of the memory, or than a read takes at once.
TEST_F(LocalTail, LargeBatchesGoToTheFile) {
  LocalStore store(live(), tails());
  TestLog log(store.logs());
  std::string expected;
  for (const std::size_t bytes : {100, 3 << 20, 400'000, 600'000, 9 << 20, 10}) {
    expected += log.append({.value_bytes = bytes});
  }
  EXPECT_EQ(log.read_all(0), expected);
  EXPECT_EQ(log.find_max_timestamp().offset, 0);
}

TEST_F(LocalTail, ReadersKeepWhatTheyReadAndHoldUpNobody) {
  LocalStore store(live(), tails());
  if (!has_tails()) GTEST_SKIP() << "no tmpfs";
  TestLog log(store.logs()), other(store.logs(), "topic", 1);
  log.append({});  // makes the file, and goes there
  std::string expected;
  for (int i = 0; i < 5; ++i) expected += log.append({.value_bytes = 100'000});
  const auto held = lease(store.logs(), log, 1);
  ASSERT_FALSE(held.empty());
  EXPECT_EQ(held[0].kind, FLUXMQ_SEGMENT_MEMORY);
  for (int i = 0; i < 40; ++i) other.append({.value_bytes = 90'000});
  ASSERT_EQ(log.truncate(1), 0);
  for (int i = 0; i < 10; ++i) log.append({.timestamp_ms = 77, .value_bytes = 90'000});
  EXPECT_EQ(testing::take_bytes(held.data(), static_cast<std::uint32_t>(held.size())), expected);
  EXPECT_EQ(other.visit(0).size(), 40u);
}

TEST_F(LocalTail, TruncatedAndDeletedTailsDontComeBack) {
  {
    LocalStore store(live(), tails());
    TestLog log(store.logs()), gone(store.logs(), "gone");
    for (int i = 0; i < 20; ++i) {
      log.append({.value_bytes = 200});
      gone.append({.value_bytes = 200});
    }
    ASSERT_EQ(log.truncate(5), 0);
    ASSERT_EQ(log.end_offset(), 5);
    EXPECT_EQ(log.visit(0).size(), 5u);
    log.append({.timestamp_ms = 4242, .value_bytes = 200});
    ASSERT_EQ(gone.remove(), 0);
    TestLog again(store.logs(), "gone");
    again.append({.value_bytes = 1});
    copy_folder(live(), crashed());
  }
  LocalStore store(crashed(), tails());
  TestLog log(store.logs()), gone(store.logs(), "gone");
  EXPECT_EQ(log.end_offset(), 6);
  EXPECT_EQ(log.find_max_timestamp().timestamp_ms, 4242);
  EXPECT_EQ(gone.end_offset(), 1);
}

TEST_F(LocalTail, FullDiskLosesNothingAcknowledged) {
  LocalStore store(live(), tails());
  if (!has_tails()) GTEST_SKIP() << "no tmpfs";
  TestLog log(store.logs());
  std::string expected = log.append({.value_bytes = 1000});
  ASSERT_EQ(log.flush(), 0);
  auto full = std::make_optional<FullDisk>(1500);
  expected += log.append({.value_bytes = 1000});
  EXPECT_EQ(log.flush(), 56) << "it isn't on the disk";
  const auto refused = make_batch({.base_offset = 2, .value_bytes = 1000});
  EXPECT_EQ(log.append_bytes({refused}).error, 56);
  EXPECT_EQ(log.read_all(0), expected) << "from memory";
  full.reset();
  while (log.append_bytes({refused}).error != 0) std::this_thread::yield();
  EXPECT_EQ(log.flush(), 0);
  expected += refused;
  EXPECT_EQ(log.read_all(0), expected);
  EXPECT_EQ(read_file(live() + "/" + kSegment), expected);
}

// Writers and readers of many logs at once, while blocks go from one to the other.
TEST_F(LocalTail, ReadersSeeWholeLogsWhileTheyGrow) {
  LocalStore store(live(), tails());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&store, i] {
      TestLog log(store.logs(), "busy", i);
      std::string expected;
      std::int64_t read_to = 0;
      std::string got;
      for (int round = 0; round < 200; ++round) {
        expected += log.append({.value_bytes = static_cast<std::size_t>((round * 131) % 20'000)});
        if (round % 3 != 0) continue;
        got += log.read_all(read_to);
        read_to = log.end_offset();
        ASSERT_EQ(got, expected);
      }
      EXPECT_EQ(log.visit(0).size(), 200u);
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace fluxmq::storage_local_test
