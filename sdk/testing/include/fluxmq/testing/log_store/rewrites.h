// Segments that are replaced by what compaction left of them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fluxmq/testing/log_store/fixture.h"

namespace fluxmq::testing {

TEST_F(LogStoreConformance, SegmentsAreRewritten) {
  TestLog log(store(), "topic", 0, small_segments());
  const auto batches = fill(log, 60);
  const auto segments = log.segments();
  ASSERT_GE(segments.size(), 5u);
  const auto first = segments[1].base_offset, end = segments[4].base_offset;
  std::string before, kept, after;
  std::vector<std::string> left_out;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    const auto offset = base_offset(batches[i]);
    if (offset < first) {
      before += batches[i];
    } else if (offset >= end) {
      after += batches[i];
    } else if (i % 3 == 0) {
      kept += batches[i];
    }
  }
  auto* rewrite = log.begin_rewrite(first, end);
  ASSERT_NE(rewrite, nullptr);
  EXPECT_EQ(log.rewrite(rewrite, std::string_view(kept).substr(0, 0)), 0);
  EXPECT_EQ(log.rewrite(rewrite, kept), 0);
  EXPECT_EQ(log.read_all(0), join(batches));
  EXPECT_EQ(log.end_rewrite(rewrite, true), 0);

  EXPECT_EQ(log.read_all(0), before + kept + after);
  EXPECT_EQ(log.state().segment_count, static_cast<std::int64_t>(segments.size()) - 2);
  EXPECT_EQ(log.state().size_bytes,
            static_cast<std::int64_t>(before.size() + kept.size() + after.size()));
  EXPECT_EQ(log.state().log_start_offset, 0);
  for (std::int64_t offset = first; offset < end; ++offset) {
    const auto found = log.read(offset, 1).bytes;
    ASSERT_FALSE(found.empty());
    EXPECT_GE(base_offset(found) + 3, offset);
  }
  log.append({});
  EXPECT_EQ(log.state().segment_count, static_cast<std::int64_t>(log.segments().size()));
}

TEST_F(LogStoreConformance, SegmentsMayBeRewrittenToNothing) {
  TestLog log(store(), "topic", 0, small_segments());
  const auto batches = fill(log, 40);
  const auto end = log.segments().at(2).base_offset;
  EXPECT_EQ(log.end_rewrite(log.begin_rewrite(0, end), true), 0);
  EXPECT_EQ(log.state().log_start_offset, 0);
  EXPECT_EQ(base_offset(log.read(0).bytes), end);
  // ... and again, together with what follows.
  const auto next_end = log.segments().at(2).base_offset;
  EXPECT_EQ(log.end_rewrite(log.begin_rewrite(0, next_end), true), 0);
  EXPECT_EQ(base_offset(log.read(0).bytes), next_end);
}

TEST_F(LogStoreConformance, ARewriteThatIsGivenUpChangesNothing) {
  TestLog log(store(), "topic", 0, small_segments());
  const auto batches = fill(log, 40);
  const auto segments = log.segments();
  const auto end = segments.at(2).base_offset;
  EXPECT_EQ(log.begin_rewrite(1, end), nullptr);
  EXPECT_EQ(log.begin_rewrite(0, end + 1), nullptr);
  EXPECT_EQ(log.begin_rewrite(end, end), nullptr);
  EXPECT_EQ(log.begin_rewrite(0, log.end_offset()), nullptr);
  for (const std::string& wrong :
       {batches.back(), batches[1] + batches[0], batches[0].substr(1), std::string("wrong")}) {
    auto* rewrite = log.begin_rewrite(0, end);
    EXPECT_EQ(log.rewrite(rewrite, batches[0]), 0);
    EXPECT_NE(log.rewrite(rewrite, wrong), 0);
    EXPECT_EQ(log.end_rewrite(rewrite, false), 0);
  }
  EXPECT_EQ(log.read_all(0), join(batches));
  EXPECT_EQ(log.segments().size(), segments.size());
}

TEST_F(LogStoreConformance, RewrittenSegmentsLeaveWithRetention) {
  auto config = small_segments();
  TestLog log(store(), "topic", 0, config);
  const auto batches = fill(log, 60);
  const auto end = log.segments().at(3).base_offset;
  auto* rewrite = log.begin_rewrite(0, end);
  EXPECT_EQ(log.rewrite(rewrite, batches[1]), 0);
  EXPECT_EQ(log.end_rewrite(rewrite, true), 0);
  config.retention_bytes = log.state().size_bytes - log.segments().front().size_bytes;
  log.configure(config);
  EXPECT_EQ(log.apply_retention(1), 0);
  EXPECT_EQ(log.state().log_start_offset, end);
}

TEST_F(LogStoreConformance, KeepsTheCleanOffset) {
  TestLog log(store());
  const auto batches = fill(log, 10);
  EXPECT_EQ(log.state().clean_offset, 0);
  EXPECT_EQ(log.set_clean_offset(7), 0);
  EXPECT_EQ(log.state().clean_offset, 7);
  EXPECT_EQ(log.truncate(base_offset(batches[2])), 0);
  EXPECT_EQ(log.state().clean_offset, base_offset(batches[2]));
}

}  // namespace fluxmq::testing
