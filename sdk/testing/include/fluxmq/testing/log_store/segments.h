// Segments: when they roll, and what a log tells of them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fluxmq/testing/log_store/fixture.h"

namespace fluxmq::testing {

TEST_F(LogStoreConformance, SegmentsRollBySize) {
  TestLog log(store(), "topic", 0, small_segments());
  std::vector<std::string> batches;
  int rolls = 0;
  for (int i = 0; i < 60; ++i) {
    batches.push_back(make_batch({.base_offset = i, .value_bytes = 200}));
    const auto appended = log.append_bytes({batches.back()});
    ASSERT_EQ(appended.error, 0);
    if ((appended.flags & FLUXMQ_LOG_ROLLED) != 0) ++rolls;
  }
  EXPECT_GT(rolls, 4);
  EXPECT_EQ(log.state().segment_count, rolls + 1);
  EXPECT_EQ(log.read_all(0), join(batches));
  for (int i = 0; i < 60; ++i) {
    ASSERT_EQ(log.read(i, 1).bytes, batches[static_cast<std::size_t>(i)]);
  }
}

TEST_F(LogStoreConformance, SegmentsRollByTimestamp) {
  auto config = default_log_config();
  config.segment_ms = 1000;
  TestLog log(store(), "topic", 0, config);
  log.append({.timestamp_ms = 5000});
  EXPECT_EQ(log.append_bytes({make_batch({.base_offset = 1, .timestamp_ms = 6000})}).flags, 0u);
  EXPECT_EQ(log.append_bytes({make_batch({.base_offset = 2, .timestamp_ms = 6001})}).flags,
            FLUXMQ_LOG_ROLLED);
}

TEST_F(LogStoreConformance, VisitsHeaders) {
  TestLog log(store(), "topic", 0, small_segments());
  const auto batches = fill(log, 50);
  std::vector<std::int64_t> all;
  for (const auto& batch : batches) all.push_back(base_offset(batch));
  EXPECT_EQ(log.visit(0), all);
  EXPECT_EQ(log.visit(0, 3), (std::vector(all.begin(), all.begin() + 3)));
  for (std::size_t i = 0; i < all.size(); ++i) {
    ASSERT_EQ(log.visit(all[i]),
              (std::vector(all.begin() + static_cast<std::ptrdiff_t>(i), all.end())));
  }
}

TEST_F(LogStoreConformance, TellsOfItsSegments) {
  TestLog log(store(), "topic", 0, small_segments());
  fill(log, 60);
  const auto segments = log.segments();
  ASSERT_EQ(static_cast<std::int64_t>(segments.size()), log.state().segment_count);
  std::int64_t size_bytes = 0;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    EXPECT_EQ(log.visit(segments[i].base_offset, 1).at(0), segments[i].base_offset);
    EXPECT_LE(segments[i].size_bytes, 2000);
    EXPECT_LE(segments[i].first_timestamp_ms, segments[i].largest_timestamp_ms);
    if (i > 0) {
      EXPECT_GT(segments[i].first_timestamp_ms, segments[i - 1].largest_timestamp_ms - 3);
    }
    size_bytes += segments[i].size_bytes;
  }
  EXPECT_EQ(size_bytes, log.state().size_bytes);
}

}  // namespace fluxmq::testing
