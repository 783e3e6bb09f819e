// A log from its first opening on: closed, removed, taken up by the next process.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fluxmq/testing/log_store/fixture.h"

namespace fluxmq::testing {

TEST_F(LogStoreConformance, NewLogIsEmpty) {
  TestLog log(store());
  const auto state = log.state();
  EXPECT_EQ(state.last_leader_epoch, -1);
  EXPECT_EQ(state.log_start_offset, 0);
  EXPECT_EQ(state.log_end_offset, 0);
  EXPECT_EQ(state.size_bytes, 0);
  EXPECT_EQ(log.read(0).error, 0);
  EXPECT_EQ(log.read(0).bytes, "");
  EXPECT_EQ(log.read(1).error, code(protocol::ErrorCode::OFFSET_OUT_OF_RANGE));
  EXPECT_EQ(log.flush(), 0);
  EXPECT_EQ(log.find_timestamp(0).offset, -1);
  EXPECT_EQ(log.find_max_timestamp().offset, -1);
  EXPECT_EQ(log.epoch_end_offset(0), std::pair(-1, std::int64_t{-1}));
  EXPECT_EQ(log.apply_retention(1), 0);
  EXPECT_TRUE(log.visit(0).empty());
  EXPECT_FALSE(log.load_snapshot(INT64_MAX));
}

TEST_F(LogStoreConformance, LogIsOpenedOnceAtATime) {
  TestLog log(store());
  EXPECT_EQ(TestLog::open(store(), "topic").error, code(protocol::ErrorCode::KAFKA_STORAGE_ERROR));
  TestLog other(store(), "topic", 1);
  EXPECT_EQ(other.end_offset(), 0);
}

TEST_F(LogStoreConformance, KeepsProducerSnapshots) {
  TestLog log(store());
  fill(log, 20);
  ASSERT_EQ(log.save_snapshot(5, "five"), 0);
  ASSERT_EQ(log.save_snapshot(9, std::string("\0nine", 5)), 0);
  EXPECT_FALSE(log.load_snapshot(4));
  EXPECT_EQ(log.load_snapshot(8)->second, "five");
  EXPECT_EQ(log.load_snapshot(100)->first, 9);
  EXPECT_EQ(log.load_snapshot(100)->second, std::string("\0nine", 5));
  ASSERT_EQ(log.save_snapshot(9, "again"), 0);
  EXPECT_EQ(log.load_snapshot(9)->second, "again");
}

TEST_F(LogStoreConformance, RemovedLogIsEmptyWhenOpenedAgain) {
  {
    TestLog log(store());
    fill(log, 10);
    ASSERT_EQ(log.set_log_start_offset(3), 0);
    ASSERT_EQ(log.remove(), 0);
  }
  {
    TestLog log(store());
    EXPECT_EQ(log.state().log_start_offset, 0);
    EXPECT_EQ(log.end_offset(), 0);
    fill(log, 10);
  }
  Waiting<std::int16_t> waiting;
  store()->remove_by_name(store()->self, to_abi("topic"), fluxmq_uuid{{1}}, 0, &set_error,
                          waiting.context());
  ASSERT_EQ(waiting.get(), 0);
  TestLog log(store());
  EXPECT_EQ(log.end_offset(), 0);
  EXPECT_EQ(log.state().last_leader_epoch, -1);
}

TEST_F(LogStoreConformance, ClosedLogIsWholeWhenOpenedAgain) {
  std::vector<std::string> batches;
  for (int round = 0; round < 5; ++round) {
    TestLog log(store(), "topic", 0, small_segments());
    ASSERT_EQ(log.read_all(0), join(batches));
    for (auto& batch : fill(log, 17)) batches.push_back(std::move(batch));
    ASSERT_EQ(log.read_all(0), join(batches));
  }
}

TEST_F(LogStoreConformance, EverythingOutlivesTheStore) {
  if (PluginUnderTest::is_volatile()) GTEST_SKIP() << "volatile";
  auto log = std::make_unique<TestLog>(store(), "topic", 0, small_segments());
  auto batches = fill(*log, 100);
  batches.push_back(log->append({.timestamp_ms = 3000, .leader_epoch = 7}));
  const auto start = base_offset(batches[42]);
  ASSERT_EQ(log->set_log_start_offset(start), 0);
  ASSERT_EQ(log->save_snapshot(log->end_offset(), "producers"), 0);
  const auto before = log->state();
  log->forget();
  plugin_.restart();
  log = std::make_unique<TestLog>(store(), "topic", 0, small_segments());
  const auto after = log->state();
  EXPECT_EQ(after.log_start_offset, start);
  EXPECT_EQ(after.log_end_offset, before.log_end_offset);
  EXPECT_EQ(after.last_leader_epoch, 7);
  EXPECT_EQ(after.size_bytes, before.size_bytes);
  EXPECT_EQ(after.segment_count, before.segment_count);
  EXPECT_EQ(log->read_all(start), join(batches, 42));
  EXPECT_EQ(log->find_max_timestamp().timestamp_ms, 3000);
  EXPECT_EQ(log->load_snapshot(INT64_MAX)->second, "producers");
  EXPECT_EQ(log->append_bytes({make_batch({.base_offset = after.log_end_offset})}, 6).error,
            code(protocol::ErrorCode::FENCED_LEADER_EPOCH));
}

}  // namespace fluxmq::testing
