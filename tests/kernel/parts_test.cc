// The kernel's parts one by one: timers, event loops, buffers, headers, the blocking pool.
#include <fluxmq/abi/host.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "dispatch/request_header.h"
#include "dispatch/router.h"
#include "host/blocking_pool.h"
#include "host/event_loop.h"
#include "host/timers.h"
#include "net/buffer_pool.h"
#include "net/request_memory.h"

namespace fluxmq::kernel_tests {
namespace {

using kernel::BlockingPool;
using kernel::Buffer;
using kernel::BufferPool;
using kernel::EventLoop;
using kernel::RequestMemory;
using kernel::Timers;

// Waits until it was counted down.
class Latch {
 public:
  explicit Latch(int count) : count_(count) {}
  void count_down() {
    std::lock_guard lock(mutex_);
    if (--count_ <= 0) changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return count_ <= 0; });
  }
  static void task(void* self) { static_cast<Latch*>(self)->count_down(); }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_;
};

// A C task that runs a function.
struct Function {
  std::function<void()> run;
  static void task(void* self) { static_cast<Function*>(self)->run(); }
};

TEST(TimersTable, GivesThemInOrder) {
  Timers timers(3);
  bool is_earliest = false;
  std::vector<int> contexts(500);
  for (size_t i = 0; i < contexts.size(); ++i) {
    contexts[i] = static_cast<int>((i * 7919) % contexts.size());
    timers.start(
        contexts[i], [](void*) {}, &contexts[i], &is_earliest);
    EXPECT_EQ(is_earliest, i == 0);
  }
  EXPECT_EQ(timers.earliest_ms(), 0);
  EXPECT_FALSE(timers.take_due(-1));
  for (int expected = 0; expected < 500; ++expected) {
    auto due = timers.take_due(1000);
    ASSERT_TRUE(due);
    EXPECT_EQ(*static_cast<int*>(due->context), expected);
  }
  EXPECT_FALSE(timers.take_due(1000));
  EXPECT_FALSE(timers.earliest_ms());
}

TEST(TimersTable, CancelsOnceAndOnlyWhatIsThere) {
  Timers timers(0);
  bool is_earliest = false;
  std::vector<uint64_t> ids;
  for (int i = 0; i < 100; ++i)
    ids.push_back(timers.start(
        i, [](void*) {}, nullptr, &is_earliest));
  EXPECT_EQ(std::set<uint64_t>(ids.begin(), ids.end()).size(), 100u);
  EXPECT_FALSE(timers.cancel(0));
  for (size_t i = 0; i < ids.size(); i += 2) {
    EXPECT_TRUE(timers.cancel(ids[i]));
    EXPECT_FALSE(timers.cancel(ids[i]));
  }
  // The slots are used again; the old ids name nothing.
  for (size_t i = 0; i < 50; ++i)
    timers.start(
        1000, [](void*) {}, nullptr, &is_earliest);
  for (size_t i = 0; i < ids.size(); i += 2) EXPECT_FALSE(timers.cancel(ids[i]));
  int due = 0;
  while (timers.take_due(100)) ++due;
  EXPECT_EQ(due, 50);
  EXPECT_FALSE(timers.cancel(ids[1]));
  EXPECT_EQ(Timers::loop_of(ids[1]), 0u);
}

TEST(Loop, RunsTimersFromAnyThread) {
  EventLoop loop(0);
  loop.start();
  int64_t start_ms = kernel::steady_now_ms();
  Latch fired(20);
  uint64_t never = loop.start_timer(3600000, Latch::task, &fired);
  for (int i = 0; i < 20; ++i) loop.start_timer(i, Latch::task, &fired);
  fired.wait();
  EXPECT_GE(kernel::steady_now_ms() - start_ms, 19);
  EXPECT_TRUE(loop.timers().cancel(never));
}

TEST(Loop, StartsAndCancelsTimersOfManyThreads) {
  EventLoop loop(0);
  loop.start();
  std::atomic<int> ran{0};
  std::atomic<int> cancelled{0};
  constexpr int kThreads = 4;
  constexpr int kTimers = 2000;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kTimers; ++i) {
        uint64_t id = loop.start_timer(
            i % 3, [](void* count) { ++*static_cast<std::atomic<int>*>(count); }, &ran);
        if (i % 2 == 0 && loop.timers().cancel(id)) ++cancelled;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  // Each runs or is cancelled, never both.
  while (ran + cancelled < kThreads * kTimers) std::this_thread::yield();
  Latch later(1);
  loop.start_timer(20, Latch::task, &later);
  later.wait();
  EXPECT_EQ(ran + cancelled, kThreads * kTimers);
}

TEST(Loop, RunsPostedTasksInOrderOfEachThread) {
  EventLoop loop(0);
  loop.start();
  std::vector<int> order;
  std::vector<Function> functions(1000);
  Latch done(1);
  for (int i = 0; i < 1000; ++i) {
    functions[static_cast<size_t>(i)].run = [&order, i] { order.push_back(i); };
    loop.post(Function::task, &functions[static_cast<size_t>(i)]);
  }
  loop.post(Latch::task, &done);
  done.wait();
  loop.stop();
  ASSERT_EQ(order.size(), 1000u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(Loop, DefersAfterAllThatWasPostedTogether) {
  EventLoop loop(0);
  std::vector<std::string> events;
  Latch done(1);
  Function third{[&] {
    events.emplace_back("deferred again");
    done.count_down();
  }};
  Function second{[&] {
    events.emplace_back("deferred");
    loop.defer(Function::task, &third);
  }};
  Function first{[&] {
    events.emplace_back("first");
    loop.defer(Function::task, &second);
  }};
  Function other{[&] { events.emplace_back("other"); }};
  // Before the loop runs, so that they are in one turn.
  loop.post(Function::task, &first);
  loop.post(Function::task, &other);
  loop.start();
  done.wait();
  loop.stop();
  EXPECT_EQ(events, (std::vector<std::string>{"first", "other", "deferred", "deferred again"}));
}

TEST(Loop, ATaskThatDefersItselfForEverStopsNobody) {
  EventLoop loop(0);
  loop.start();
  Function endless;
  endless.run = [&] { loop.defer(Function::task, &endless); };
  loop.post(Function::task, &endless);
  Latch others(10);
  for (int i = 0; i < 10; ++i) loop.start_timer(i, Latch::task, &others);
  others.wait();
}

TEST(Pool, RunsAllAndFinishes) {
  std::atomic<int> ran{0};
  std::mutex mutex;
  std::set<std::thread::id> threads;
  Function work{[&] {
    ++ran;
    std::lock_guard lock(mutex);
    threads.insert(std::this_thread::get_id());
  }};
  {
    BlockingPool pool(3);
    for (int i = 0; i < 1000; ++i) pool.post(Function::task, &work);
    pool.finish();
    EXPECT_EQ(ran, 1000);
    pool.post(Function::task, &work);
  }
  EXPECT_EQ(ran, 1001);
  EXPECT_LE(threads.size(), 4u);
}

TEST(Pool, TakesWorkAtATimeUpToItsThreads) {
  BlockingPool pool(3);
  // Each waits for the two others.
  Latch together(3);
  Latch done(3);
  Function work{[&] {
    together.count_down();
    together.wait();
    done.count_down();
  }};
  for (int i = 0; i < 3; ++i) pool.post(Function::task, &work);
  done.wait();
}

TEST(Pool, HasOthersTakeWhatPilesUpBehindAFewThatBlock) {
  Latch gate(1);
  Latch others(2);
  Function blocks{[&] { gate.wait(); }};
  Function counts{[&] { others.count_down(); }};
  BlockingPool pool(10);
  for (int i = 0; i < 4; ++i) pool.post(Function::task, &blocks);
  for (int i = 0; i < 6; ++i) pool.post(Function::task, &counts);
  others.wait();
  gate.count_down();
}

TEST(Buffers, AreUsedAgainWithinABound) {
  BufferPool pool(1 << 20);
  Buffer* first = pool.take(300000);
  EXPECT_GE(first->capacity, 300000u);
  EXPECT_LE(first->capacity, 300000u * 5 / 4 + 64);
  BufferPool::add_reference(first);
  pool.release(first);
  EXPECT_EQ(pool.free_bytes(), 0u);
  pool.release(first);
  EXPECT_GT(pool.free_bytes(), 300000u);
  EXPECT_EQ(pool.take(290000), first);
  pool.release(first);
  pool.release(pool.take(10 << 20));  // more than is kept
  EXPECT_LE(pool.free_bytes(), size_t{1} << 20);
  pool.trim();
  EXPECT_EQ(pool.free_bytes(), 0u);
}

TEST(Buffers, HoldWhatWasAskedForAtEverySize) {
  BufferPool pool(64 << 20);
  for (size_t shift = 0; shift < 25; ++shift) {
    for (size_t around : {-65, -64, -1, 0, 1}) {
      size_t bytes = (size_t{1} << shift) + around;
      if (bytes == 0 || bytes > size_t{1} << 25) continue;
      Buffer* buffer = pool.take(bytes);
      ASSERT_GE(buffer->capacity, bytes);
      buffer->data()[0] = buffer->data()[bytes - 1] = 1;
      pool.release(buffer);
    }
  }
}

TEST(Memory, LetsOneGoPastTheBoundAndWakesWhoWaits) {
  RequestMemory memory(100);
  EventLoop loop(0);
  loop.start();
  EXPECT_TRUE(memory.try_reserve(1000));
  EXPECT_FALSE(memory.try_reserve(1));
  EXPECT_FALSE(memory.has_room());
  Latch woken(2);
  memory.wait_for_room(loop, Latch::task, &woken);
  memory.wait_for_room(loop, Latch::task, &woken);
  memory.add(-500);
  EXPECT_FALSE(memory.has_room());
  memory.add(-500);
  woken.wait();
  // With room, waiting is short.
  Latch at_once(1);
  memory.wait_for_room(loop, Latch::task, &at_once);
  at_once.wait();
}

TEST(Memory, LeavesRoomForSmallFramesBesideLargeOnes) {
  RequestMemory memory(800);
  EventLoop loop(0);
  loop.start();
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(memory.try_reserve(100));
  EXPECT_FALSE(memory.try_reserve(100));
  EXPECT_TRUE(memory.has_room());
  Latch woken(1);
  memory.wait_for_room(loop, Latch::task, &woken);
  memory.add(50);
  EXPECT_TRUE(memory.has_room());
  memory.add(50);
  EXPECT_FALSE(memory.has_room());
  memory.add(-100);
  EXPECT_TRUE(memory.has_room());
  EXPECT_FALSE(memory.try_reserve(100));
  memory.add(-1);
  woken.wait();
  EXPECT_TRUE(memory.try_reserve(100));
}

TEST(Header, SkipsTaggedFieldsOfAnyKind) {
  auto read = [](const std::string& rest) {
    std::string frame("\x01\xf4\x00\x02\x00\x00\x00\x09", 8);
    frame += rest;
    std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(frame.data()), frame.size());
    kernel::RequestHeader header = kernel::read_fixed_header(bytes);
    EXPECT_EQ(header.api_key, 500);
    EXPECT_EQ(header.correlation_id, 9);
    return kernel::read_rest_of_header(bytes, true, &header) ? static_cast<int>(header.size) : -1;
  };
  EXPECT_EQ(read(std::string("\x00\x01x\x00", 4)), 12);
  EXPECT_EQ(read(std::string("\xff\xff\x00", 3)), 11);
  EXPECT_EQ(read(std::string("\xff\xff\x02\x00\x00\x07\x02yz", 9)), 17);
  // An over-long varint is read as Kafka reads it.
  EXPECT_EQ(read(std::string("\xff\xff\x80\x80\x80\x80\x00", 7)), 15);
  EXPECT_EQ(read(std::string("\xff\xff\x80\x80\x80\x80\x80\x00", 8)), -1);
  EXPECT_EQ(read(std::string("\xff\xff\x01\x00\x05"
                             "abcd",
                             9)),
            -1);
  EXPECT_EQ(read(""), -1);
}

TEST(Routes, RefuseWhatCannotBe) {
  auto add = [](int16_t key, int16_t min, int16_t max) {
    kernel::Router router;
    fluxmq_api api{key, min, max, min, 1, 0, 0, "Name", [](void*, fluxmq_request*) {}};
    fluxmq_api_handler handler{sizeof(handler), sizeof(api), nullptr, &api, 1};
    router.add("plugin", handler);
    EXPECT_EQ(router.served_apis(nullptr, 0), 1u);
  };
  add(0, 0, 0);
  EXPECT_THROW(add(-1, 0, 0), std::runtime_error);
  EXPECT_THROW(add(20000, 0, 0), std::runtime_error);
  EXPECT_THROW(add(1, 2, 1), std::runtime_error);
  EXPECT_THROW(add(1, -1, 1), std::runtime_error);
}

}  // namespace
}  // namespace fluxmq::kernel_tests
