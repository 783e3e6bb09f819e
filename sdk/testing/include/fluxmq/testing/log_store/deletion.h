// Records that go: at the beginning, by retention, and at the end, by truncation.
#pragma once
#include <cstdint>

#include "fluxmq/testing/log_store/fixture.h"

namespace fluxmq::testing {

TEST_F(LogStoreConformance, LogStartOffsetHidesRecords) {
  TestLog log(store());
  const auto batches = fill(log, 10);
  const auto middle = base_offset(batches[5]);
  ASSERT_EQ(log.set_log_start_offset(middle), 0);
  EXPECT_EQ(log.state().log_start_offset, middle);
  EXPECT_EQ(log.read(middle - 1).error, code(protocol::ErrorCode::OFFSET_OUT_OF_RANGE));
  EXPECT_EQ(log.read(middle).bytes, join(batches, 5));
  EXPECT_EQ(log.set_log_start_offset(middle - 1), 0) << "it doesn't go back";
  EXPECT_EQ(log.state().log_start_offset, middle);
  EXPECT_NE(log.set_log_start_offset(log.end_offset() + 1), 0);
}

TEST_F(LogStoreConformance, RetentionBySize) {
  auto config = small_segments();
  TestLog log(store(), "topic", 0, config);
  fill(log, 100);
  ASSERT_EQ(log.apply_retention(1000), 0);
  ASSERT_EQ(log.state().log_start_offset, 0) << "no limit is set";
  config.retention_bytes = 5000;
  log.configure(config);
  ASSERT_EQ(log.apply_retention(1000), 0);
  const auto state = log.state();
  EXPECT_GT(state.log_start_offset, 0);
  EXPECT_GE(state.size_bytes, 5000);
  EXPECT_LT(state.size_bytes, 5000 + config.segment_bytes);
  EXPECT_EQ(log.read(0).error, code(protocol::ErrorCode::OFFSET_OUT_OF_RANGE));
  EXPECT_EQ(static_cast<std::int64_t>(log.read_all(state.log_start_offset).size()),
            state.size_bytes);
}

TEST_F(LogStoreConformance, RetentionByTime) {
  auto config = small_segments();
  config.retention_ms = 1000;
  TestLog log(store(), "topic", 0, config);
  fill(log, 100, 10'000);  // up to about 10'990
  ASSERT_EQ(log.apply_retention(11'500), 0);
  const auto kept = log.state().log_start_offset;
  EXPECT_GT(kept, 0);
  EXPECT_LT(kept, log.end_offset());
  ASSERT_EQ(log.apply_retention(1'000'000, kept), 0);
  EXPECT_EQ(log.state().log_start_offset, kept) << "none past max_offset";
  ASSERT_EQ(log.apply_retention(1'000'000), 0);
  EXPECT_EQ(log.state().log_start_offset, log.end_offset()) << "the last segment as well";
  EXPECT_EQ(log.state().size_bytes, 0);
  const auto batch = log.append({.timestamp_ms = 1'000'000});
  EXPECT_EQ(log.read(log.state().log_start_offset).bytes, batch);
}

TEST_F(LogStoreConformance, RetentionByLogStartOffset) {
  TestLog log(store(), "topic", 0, small_segments());
  const auto batches = fill(log, 100);
  ASSERT_EQ(log.set_log_start_offset(log.end_offset() - 1), 0);
  ASSERT_EQ(log.apply_retention(1000), 0);
  EXPECT_LE(log.state().size_bytes, small_segments().segment_bytes);
  EXPECT_EQ(log.read(log.end_offset() - 1, 1).bytes, batches.back());
}

TEST_F(LogStoreConformance, TruncateDropsTheEnd) {
  TestLog log(store(), "topic", 0, small_segments());
  auto batches = fill(log, 100);
  ASSERT_EQ(log.truncate(log.end_offset()), 0);
  ASSERT_EQ(log.read_all(0), join(batches));
  while (batches.size() > 3) {
    const auto offset = base_offset(batches[batches.size() - 3]);
    ASSERT_EQ(log.truncate(offset), 0);
    batches.resize(batches.size() - 3);
    ASSERT_EQ(log.end_offset(), offset);
    ASSERT_EQ(log.read_all(0), join(batches));
    ASSERT_EQ(log.state().size_bytes, static_cast<std::int64_t>(join(batches).size()));
    batches.push_back(log.append({.timestamp_ms = 1}));
    ASSERT_EQ(log.read(offset).bytes, batches.back());
  }
  ASSERT_EQ(log.truncate(0), 0);
  EXPECT_EQ(log.state().size_bytes, 0);
  EXPECT_EQ(log.state().last_leader_epoch, -1);
  EXPECT_EQ(log.find_max_timestamp().offset, -1);
  const auto batch = log.append({});
  EXPECT_EQ(log.read(0).bytes, batch);
}

TEST_F(LogStoreConformance, TruncateForgetsEpochsAndSnapshots) {
  TestLog log(store());
  log.append({.record_count = 10, .leader_epoch = 1});
  log.append({.record_count = 10, .leader_epoch = 2});
  ASSERT_EQ(log.save_snapshot(10, "ten"), 0);
  ASSERT_EQ(log.save_snapshot(20, "twenty"), 0);
  ASSERT_EQ(log.truncate(10), 0);
  EXPECT_EQ(log.state().last_leader_epoch, 1);
  ASSERT_TRUE(log.load_snapshot(INT64_MAX));
  EXPECT_EQ(log.load_snapshot(INT64_MAX)->second, "ten");
}

}  // namespace fluxmq::testing
