// Appends: offsets, grouping, watchers, acks, and what a coordinator may do.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "fluxmq/protocol/crc32c.h"
#include "test_broker.h"

namespace fluxmq::testing {
namespace {

TEST(Append, StampsOffsetsAndLeaderEpoch) {
  TestBroker broker;
  ASSERT_EQ(broker.create("t").error, ErrorCode::NONE);
  const auto held = broker.partition("t");
  for (const std::int16_t acks : {std::int16_t{0}, std::int16_t{1}, std::int16_t{-1}}) {
    const auto result = held.append(produced_batch({.record_count = 3}), {.acks = acks});
    EXPECT_EQ(result.error, ErrorCode::NONE);
    EXPECT_EQ(result.log_start_offset, 0);
    EXPECT_EQ(result.log_append_time_ms, -1);
  }
  EXPECT_EQ(held.base_offsets(), (std::vector<std::int64_t>{0, 3, 6}));
  const auto records = held.read(0);
  const protocol::RecordBatch batch(protocol::as_bytes(records.bytes));
  EXPECT_EQ(batch.partition_leader_epoch(), 0);
  const auto state = held.partition.state();
  EXPECT_EQ(state.leader_id, 1);
  EXPECT_EQ(state.leader_epoch, 0);
  EXPECT_EQ(state.high_watermark, 9);
  EXPECT_EQ(state.last_stable_offset, 9);
  EXPECT_EQ(state.log_end_offset, 9);
  EXPECT_GT(state.size_bytes, 0);
}

TEST(Append, ThatWaitsForTheLogKeepsItsPlace) {
  TestBroker broker;
  ASSERT_EQ(broker.create("t").error, ErrorCode::NONE);
  const auto held = broker.partition("t");
  std::vector<std::future<AppendResult>> results;
  for (int i = 0; i < 200; ++i) results.push_back(held.start_append(produced_batch()));
  for (int i = 0; i < 200; ++i)
    EXPECT_EQ(results[static_cast<std::size_t>(i)].get().base_offset, i);
}

TEST(Append, ChecksTheLeaderEpoch) {
  TestBroker broker;
  ASSERT_EQ(broker.create("t").error, ErrorCode::NONE);
  const auto held = broker.partition("t");
  EXPECT_EQ(held.append(produced_batch(), {.expected_leader_epoch = 0}).error, ErrorCode::NONE);
  EXPECT_EQ(held.append(produced_batch(), {.expected_leader_epoch = 1}).error,
            ErrorCode::UNKNOWN_LEADER_EPOCH);
}

TEST(Append, SetsLogAppendTime) {
  TestBroker broker;
  ASSERT_EQ(broker.create("t", 1, {{"message.timestamp.type", "LogAppendTime"}}).error,
            ErrorCode::NONE);
  const auto held = broker.partition("t");
  const auto result = held.append(produced_batch());
  EXPECT_GT(result.log_append_time_ms, 1'600'000'000'000);
  const auto records = held.read(0);
  const protocol::RecordBatch batch(protocol::as_bytes(records.bytes));
  EXPECT_EQ(batch.timestamp_type(), protocol::TimestampType::kLogAppendTime);
  EXPECT_EQ(batch.max_timestamp(), result.log_append_time_ms);
  EXPECT_EQ(batch.crc(), protocol::crc32c(batch.checksummed()));
}

TEST(Append, TakesSeveralBatchesOfACoordinator) {
  TestBroker broker;
  ASSERT_EQ(broker.create("__consumer_offsets", 1, {}, FLUXMQ_INTERNAL_TOPIC).error,
            ErrorCode::NONE);
  const auto held = broker.partition("__consumer_offsets");
  auto bytes = produced_batch({.record_count = 2});
  const auto more = produced_batch({.record_count = 3});
  bytes.insert(bytes.end(), more.begin(), more.end());
  const AppendOptions internal{.acks = -1, .flags = FLUXMQ_APPEND_INTERNAL};
  EXPECT_EQ(held.append(bytes, internal).base_offset, 0);
  EXPECT_EQ(held.append(bytes, internal).base_offset, 5);
  EXPECT_EQ(held.base_offsets(), (std::vector<std::int64_t>{0, 2, 5, 7}));
  bytes.pop_back();
  EXPECT_EQ(held.append(bytes, internal).error, ErrorCode::CORRUPT_MESSAGE);
  EXPECT_EQ(held.append({}, internal).error, ErrorCode::CORRUPT_MESSAGE);
}

TEST(Append, OfManyThreadsKeepsEveryBatchOnce) {
  TestBroker broker;
  ASSERT_EQ(broker.create("t").error, ErrorCode::NONE);
  constexpr int kThreads = 4;
  constexpr int kBatches = 200;
  std::mutex mutex;
  std::set<std::int64_t> offsets;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i, held = broker.partition("t")] {
      for (int n = 0; n < kBatches; ++n) {
        const auto result =
            held.append(produced_batch(), {.acks = static_cast<std::int16_t>(i % 2 == 0 ? 1 : -1)});
        EXPECT_EQ(result.error, ErrorCode::NONE);
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(offsets.insert(result.base_offset).second);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(*offsets.rbegin(), kThreads * kBatches - 1);
  EXPECT_EQ(broker.partition("t").base_offsets().size(),
            static_cast<std::size_t>(kThreads * kBatches));
}

TEST(Append, WakesThoseWhoWatch) {
  TestBroker broker;
  ASSERT_EQ(broker.create("t").error, ErrorCode::NONE);
  const auto held = broker.partition("t");
  EXPECT_EQ(held.append(produced_batch()).error, ErrorCode::NONE);
  const auto set = [](void* context) { static_cast<std::promise<void>*>(context)->set_value(); };
  constexpr std::size_t kWatchers = 100;
  std::vector<std::promise<void>> woken(kWatchers);
  std::vector<std::uint64_t> ids;
  for (auto& promise : woken)
    ids.push_back(held.partition.watch(1, FLUXMQ_READ_UNCOMMITTED, set, &promise));
  // Those who forget aren't woken, and their places are used again.
  std::promise<void> never;
  for (std::size_t i = 0; i < 10; ++i) {
    const auto id = held.partition.watch(1, FLUXMQ_READ_UNCOMMITTED, set, &never);
    EXPECT_TRUE(held.partition.forget(id));
    EXPECT_FALSE(held.partition.forget(id));
  }
  std::promise<void> later;
  const auto later_id = held.partition.watch(5, FLUXMQ_READ_UNCOMMITTED, set, &later);
  EXPECT_EQ(held.append(produced_batch()).error, ErrorCode::NONE);
  for (auto& promise : woken) promise.get_future().wait();
  for (const auto id : ids) EXPECT_FALSE(held.partition.forget(id));
  EXPECT_TRUE(held.partition.forget(later_id));
  // There is something already: called at once.
  std::promise<void> now;
  EXPECT_EQ(held.partition.watch(1, FLUXMQ_READ_UNCOMMITTED, set, &now), 0u);
  now.get_future().wait();
}

// compression.type says how batches are stored, and is heard at once.
TEST(Append, CompressesAsTheTopicAsks) {
  TestBroker broker;
  ASSERT_EQ(
      broker.create("t", 1, {{"compression.type", "gzip"}, {"compression.gzip.level", "9"}}).error,
      ErrorCode::NONE);
  const auto held = broker.partition("t");
  constexpr std::pair<const char*, protocol::Compression> kTypes[] = {
      {"gzip", protocol::Compression::kGzip},     {"snappy", protocol::Compression::kSnappy},
      {"lz4", protocol::Compression::kLz4},       {"zstd", protocol::Compression::kZstd},
      {"producer", protocol::Compression::kNone}, {"uncompressed", protocol::Compression::kNone}};
  std::int64_t offset = 0;
  for (const auto& [name, compression] : kTypes) {
    ASSERT_EQ(broker.alter("t", {{FLUXMQ_CONFIG_SET, "compression.type", name}}).error,
              ErrorCode::NONE);
    EXPECT_EQ(held.append(produced_batch({.record_count = 3})).base_offset, offset);
    const auto stored = held.read(offset);
    const protocol::RecordBatch batch(protocol::as_bytes(stored.bytes));
    EXPECT_EQ(batch.compression(), compression);
    EXPECT_EQ(batch.record_count(), 3);
    EXPECT_EQ(batch.crc(), protocol::crc32c(batch.checksummed()));
    offset += 3;
  }
}

TEST(Append, SurvivesACrash) {
  TestBroker broker;
  ASSERT_EQ(broker.create("t", 2).error, ErrorCode::NONE);
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(broker.partition("t", 1).append(produced_batch()).base_offset, i);
  broker.crash();
  EXPECT_EQ(broker.partition("t", 1).base_offsets().size(), 10u);
  EXPECT_EQ(broker.partition("t", 1).append(produced_batch()).base_offset, 10);
  EXPECT_EQ(broker.partition("t", 0).append(produced_batch()).base_offset, 0);
}

}  // namespace
}  // namespace fluxmq::testing
