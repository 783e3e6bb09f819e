// Leader epochs, and offsets by time.
#pragma once
#include <cstdint>
#include <utility>

#include "fluxmq/testing/log_store/fixture.h"

namespace fluxmq::testing {

TEST_F(LogStoreConformance, OlderLeadersAreFenced) {
  TestLog log(store());
  log.append({.leader_epoch = 3});
  EXPECT_EQ(log.append_bytes({make_batch({.base_offset = 1, .leader_epoch = 2})}, 2).error,
            code(protocol::ErrorCode::FENCED_LEADER_EPOCH));
  EXPECT_EQ(log.end_offset(), 1);
  log.append({.leader_epoch = 3});
  EXPECT_EQ(log.state().last_leader_epoch, 3);
}

TEST_F(LogStoreConformance, LeaderEpochsEndWhereTheNextBegins) {
  TestLog log(store());
  log.append({.record_count = 10, .leader_epoch = 1});
  log.append({.record_count = 10, .leader_epoch = 1});
  log.append({.record_count = 10, .leader_epoch = 4});
  using End = std::pair<std::int32_t, std::int64_t>;
  EXPECT_EQ(log.epoch_end_offset(4), End(4, 30));
  EXPECT_EQ(log.epoch_end_offset(3), End(1, 20));
  EXPECT_EQ(log.epoch_end_offset(1), End(1, 20));
  EXPECT_EQ(log.epoch_end_offset(0), End(0, 0));
  EXPECT_EQ(log.epoch_end_offset(5), End(-1, -1));
}

TEST_F(LogStoreConformance, FindsTimestamps) {
  TestLog log(store(), "topic", 0, small_segments());
  for (int i = 0; i < 50; ++i) {
    log.append({.record_count = 2, .timestamp_ms = 1000 + 10 * i, .value_bytes = 100});
  }
  for (int i = 0; i < 50; ++i) {  // max timestamps are 1001, 1011, …
    const auto found = log.find_timestamp(1001 + 10 * i);
    ASSERT_EQ(found.error, 0);
    ASSERT_EQ(found.offset, 2 * i);
    ASSERT_EQ(found.timestamp_ms, 1001 + 10 * i);
    ASSERT_EQ(found.leader_epoch, 0);
    ASSERT_EQ(log.find_timestamp(1002 + 10 * i).offset, i == 49 ? -1 : 2 * (i + 1));
  }
  EXPECT_EQ(log.find_timestamp(0).offset, 0);
  EXPECT_EQ(log.find_max_timestamp().offset, 98);
  EXPECT_EQ(log.find_max_timestamp().timestamp_ms, 1491);
}

TEST_F(LogStoreConformance, TimestampsMayGoBack) {
  TestLog log(store(), "topic", 0, small_segments());
  for (int i = 0; i < 30; ++i) {
    log.append({.timestamp_ms = i == 11 ? 9000 : 1000 + i, .value_bytes = 100});
  }
  EXPECT_EQ(log.find_timestamp(1010).offset, 10);
  EXPECT_EQ(log.find_timestamp(1011).offset, 11);
  EXPECT_EQ(log.find_timestamp(5000).offset, 11);
  EXPECT_EQ(log.find_max_timestamp().offset, 11);
}

}  // namespace fluxmq::testing
