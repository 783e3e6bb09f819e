// A slow disk holds up those who wait for it, and nobody else: neither the memory for the newest
// records nor the threads of the blocking pool go to them alone. The disk here is as slow as can
// be: it hangs until the test lets it go on.
#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "disk_work.h"
#include "fluxmq/protocol/record_batch.h"
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

constexpr std::size_t kArenaBytes = 8 << 20;  // 64 blocks
constexpr std::size_t kBatchBytes = 200'000;

// A producer that doesn't wait for its answers.
class Producer {
 public:
  Producer(const fluxmq_log_store* store, const char* topic)
      : store_(store), log_(testing::TestLog::open(store, topic, 0).log) {}

  // On an event loop. Whether it was answered at once.
  bool append(std::size_t bytes) {
    batches_.push_back(make_batch({.base_offset = sent_++, .value_bytes = bytes}));
    const auto& batch = batches_.back();
    pieces_.push_back({reinterpret_cast<const std::uint8_t*>(batch.data()), batch.size()});
    const auto before = answered_.load();
    store_->append(
        store_->self, log_, &pieces_.back(), 1, 0,
        [](void* self, std::int16_t error, std::uint32_t) {
          EXPECT_EQ(error, 0);
          auto& producer = *static_cast<Producer*>(self);
          ++producer.answered_;
          producer.answered_.notify_all();
        },
        this);
    return answered_ > before;
  }
  void wait_for_answers() {
    for (auto n = answered_.load(); n < sent_; n = answered_.load()) answered_.wait(n);
  }
  // The bytes from `offset` on, if they are to be had at once; on an event loop.
  std::optional<std::string> read_at_once(std::int64_t offset) {
    std::optional<std::string> bytes;
    const fluxmq_log_read_request request{sizeof request, 1, offset, INT64_MAX, 1 << 20};
    store_->read(
        store_->self, log_, &request,
        [](void* context, std::int16_t, const fluxmq_segment* segments, std::uint32_t count) {
          *static_cast<std::optional<std::string>*>(context) = testing::take_bytes(segments, count);
        },
        &bytes);
    return bytes;
  }
  const std::string& last_batch() const { return batches_.back(); }
  std::int64_t answered() const { return answered_; }
  std::int64_t sent() const { return sent_; }
  fluxmq_log* log() { return log_; }

 private:
  const fluxmq_log_store* store_;
  fluxmq_log* log_;
  std::deque<std::string> batches_;
  std::deque<fluxmq_bytes> pieces_;
  std::int64_t sent_ = 0;
  std::atomic<std::int64_t> answered_ = 0;
};

class SlowDisk : public ::testing::Test {
 protected:
  ~SlowDisk() override {
    let_go_on();
    store_.stop();
    host_.finish();
  }

  void on_loop(const std::function<void()>& task) {
    std::promise<void> done;
    host_.host().post(0, [&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }
  std::unique_ptr<Producer> make_producer(const char* topic) {
    auto producer = std::make_unique<Producer>(store_.table(), topic);
    // The first one makes the files, on the pool, where those go that come until it is done.
    for (bool at_once = false; !at_once;) {
      on_loop([&] { at_once = producer->append(10); });
      producer->wait_for_answers();
    }
    return producer;
  }
  // All that writes to files of these names waits from now on.
  void hang(const std::string& names) {
    files_.set_hook([this, names](std::string_view call, const std::string& path) {
      if (call == "write" && path.find(names) != std::string::npos) gate_.wait(false);
    });
  }
  void let_go_on() {
    gate_ = true;
    gate_.notify_all();
  }
  TailArena& arena() { return *dirs_.metadata().tails().arena(); }

  const testing::TemporaryFolder temporary_;
  // Of the pool's four threads two are for who waits for the disk.
  testing::FakeHost host_{{{"background.threads", "6"}}};
  HookedFileSystem files_;
  std::atomic<bool> gate_ = false;
  LogDirs dirs_{host_.host(), files_, temporary_.path() + "/data", 100,
                TailSettings{temporary_.path(), kArenaBytes}};
  LogStore store_{host_.host(), dirs_, 60'000};
};

TEST_F(SlowDisk, LogsThatWaitForItLeaveRoomToOthers) {
  if (dirs_.metadata().tails().arena() == nullptr) GTEST_SKIP() << "no tmpfs";
  std::vector<std::unique_ptr<Producer>> floods;
  for (const char* topic : {"flood-a", "flood-b", "flood-c", "flood-d"}) {
    floods.push_back(make_producer(topic));
  }
  const auto small = make_producer("small");
  hang("flood");
  on_loop([&] {
    for (std::size_t i = 0; i < 2 * kArenaBytes / kBatchBytes; ++i) {
      for (const auto& flood : floods) flood->append(kBatchBytes);
    }
    for (const auto& flood : floods) EXPECT_LT(flood->answered(), flood->sent());
    const auto counts = arena().counts();
    EXPECT_GT(counts.unwritten, counts.all / 4) << "it is of use to them";
    EXPECT_GT(counts.free, counts.all / 4) << "and to others";
  });

  // With memory and threads to spare, also for what does need a file.
  on_loop([&] {
    for (int i = 0; i < 20; ++i) {
      EXPECT_TRUE(small->append(100));
      EXPECT_EQ(small->read_at_once(small->sent() - 1), small->last_batch());
    }
  });
  const auto fresh = make_producer("fresh");
  on_loop([&] { EXPECT_TRUE(fresh->append(100)); });

  let_go_on();
  for (const auto& flood : floods) {
    flood->wait_for_answers();
    fluxmq_log_state state{};
    state.size = sizeof state;
    store_.table()->state(store_.table()->self, flood->log(), &state);
    EXPECT_EQ(state.log_end_offset, flood->sent());
  }
}

// Appends of one log stay in order, in memory or not.
TEST_F(SlowDisk, WhatWaitedIsThereInOrder) {
  const auto flood = make_producer("flood");
  hang("flood");
  on_loop([&] {
    for (int i = 0; i < 100; ++i) flood->append(static_cast<std::size_t>(i) * 2'000);
  });
  let_go_on();
  flood->wait_for_answers();
  std::int64_t next = 0;
  EXPECT_EQ(store_.table()->visit_batches(
                store_.table()->self, flood->log(), 0,
                [](void* context, const std::uint8_t* header) {
                  auto& expected = *static_cast<std::int64_t*>(context);
                  const std::span bytes(header, protocol::kRecordBatchHeaderBytes);
                  EXPECT_EQ(protocol::RecordBatch(bytes).base_offset(), expected++);
                  return std::int32_t{1};
                },
                &next),
            0);
  EXPECT_EQ(next, flood->sent());
}

TEST(SlowDiskThreads, NoMoreThanItsShareWaitsForTheDisk) {
  testing::FakeHost host;
  Background background(host.host());
  DiskWork work(background, 3);
  std::atomic<bool> gate = false;
  std::atomic<int> at_work = 0, most = 0, done = 0;
  for (int i = 0; i < 20; ++i) {
    work.run([&] {
      const int now = ++at_work;
      for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
      }
      at_work.notify_all();
      gate.wait(false);
      --at_work;
      ++done;
    });
  }
  for (int n = at_work; n < 3; n = at_work) at_work.wait(n);
  std::promise<void> other;  // finds a thread
  background.run([&] { other.set_value(); });
  other.get_future().wait();
  gate = true;
  gate.notify_all();
  background.wait();
  EXPECT_EQ(done, 20);
  EXPECT_EQ(most, 3);
}

class SharedArena : public ::testing::Test {
 protected:
  bool take(std::size_t unwritten, std::size_t blocks, std::vector<TailArena::Handle>& taken) {
    return arena_->take({"log", {}}, unwritten, 0, 0, blocks * TailArena::kBlockBytes, taken);
  }
  void expect_sane() {
    const auto counts = arena_->counts();
    EXPECT_EQ(counts.all, counts.unwritten + counts.read + counts.free);
  }
  void SetUp() override {
    if (!TailArena::why_not(temporary_.path()).empty()) GTEST_SKIP() << "no tmpfs";
    arena_ = std::make_unique<TailArena>(temporary_.path() + "/arena", kArenaBytes);
  }

  const testing::TemporaryFolder temporary_;
  std::unique_ptr<TailArena> arena_;
};

// However many want more, each of them gets the same, and who has none finds one.
TEST_F(SharedArena, GreedyOnesLeaveAsMuchAsTheyTake) {
  for (const std::size_t greedy : {1, 2, 4, 10, 30}) {
    std::vector<std::vector<TailArena::Handle>> logs(greedy);
    for (bool took = true; took;) {
      took = false;
      for (auto& log : logs) took |= take(log.size(), 1, log);
    }
    const auto counts = arena_->counts();
    EXPECT_GE(counts.free, logs[0].size());
    EXPECT_GE(counts.free, counts.all / 4);
    EXPECT_LE(logs[0].size(), logs[greedy - 1].size() + 1);
    std::vector<TailArena::Handle> modest;
    EXPECT_TRUE(take(0, 1, modest));
    logs.push_back(modest);
    for (const auto& log : logs) {
      for (const auto& handle : log) arena_->set_written(handle);
    }
    EXPECT_EQ(arena_->counts().free, counts.all);
  }
}

TEST_F(SharedArena, CountsWhatItHas) {
  std::mt19937 random(7);
  std::vector<TailArena::Handle> handles;
  std::vector<TailArena::Block*> leases;
  for (int step = 0; step < 20'000; ++step) {
    if (handles.empty() || random() % 4 == 0) {
      take(handles.size() % 5, 1 + random() % 3, handles);
      continue;
    }
    const auto handle = handles[random() % handles.size()];
    switch (random() % 5) {
      case 0:
        arena_->set_written(handle);
        break;
      case 1:
        arena_->set_unwritten(handle);
        break;
      case 2:
        arena_->discard(handle);
        break;
      case 3:
        if (arena_->lease(handle)) leases.push_back(handle.block);
        break;
      default:
        if (leases.empty()) break;
        std::swap(leases[random() % leases.size()], leases.back());
        TailArena::give_back(leases.back());
        leases.pop_back();
    }
    std::erase_if(handles, [&](const auto& each) { return !arena_->has(each); });
    ASSERT_NO_FATAL_FAILURE(expect_sane());
  }
  for (auto* block : leases) TailArena::give_back(block);
  for (const auto& handle : handles) arena_->discard(handle);
  EXPECT_EQ(arena_->counts().free, arena_->counts().all);
}

}  // namespace
}  // namespace fluxmq::storage_local
