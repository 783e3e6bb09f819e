// What was appended is read again, batch by batch.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fluxmq/testing/log_store/fixture.h"

namespace fluxmq::testing {

TEST_F(LogStoreConformance, ReadsWhatWasAppended) {
  TestLog log(store());
  const auto batches = fill(log, 50);
  EXPECT_EQ(log.read_all(0), join(batches));
  EXPECT_EQ(log.state().size_bytes, static_cast<std::int64_t>(join(batches).size()));
  for (std::size_t i = 0; i < batches.size(); ++i) {
    const auto base = base_offset(batches[i]);
    EXPECT_EQ(log.read(base, 1).bytes, batches[i]) << "the first batch is whole";
    EXPECT_EQ(log.read(base).bytes, join(batches, i));
  }
}

TEST_F(LogStoreConformance, ReadBeginsWithTheBatchThatHoldsTheOffset) {
  TestLog log(store());
  const auto first = log.append({.record_count = 10});
  const auto second = log.append({.record_count = 10});
  EXPECT_EQ(log.read(9).bytes, first + second);
  EXPECT_EQ(log.read(10).bytes, second);
  EXPECT_EQ(log.read(19).bytes, second);
  EXPECT_EQ(log.read(20).bytes, "");
}

TEST_F(LogStoreConformance, SeveralBatchesInOneAppend) {
  TestLog log(store());
  std::vector<std::string> batches;
  for (int i = 0; i < 100; ++i) batches.push_back(make_batch({.base_offset = i}));
  ASSERT_EQ(log.append_bytes(batches).error, 0);
  EXPECT_EQ(log.end_offset(), 100);
  EXPECT_EQ(log.read_all(0), join(batches));
  EXPECT_EQ(log.visit(42, 2), (std::vector<std::int64_t>{42, 43}));
  // One range may hold several batches as well.
  const auto two = make_batch({.base_offset = 100}) + make_batch({.base_offset = 101});
  ASSERT_EQ(log.append_bytes({two}).error, 0);
  EXPECT_EQ(log.read(100).bytes, two);
  EXPECT_EQ(log.append_bytes({}).error, 0);
}

TEST_F(LogStoreConformance, FindsEveryBatchOfALargeSegment) {
  auto config = default_log_config();
  config.index_interval_bytes = 1;
  TestLog log(store(), "topic", 0, config);
  std::vector<std::string> batches;
  for (int i = 0; i < 2000; ++i) {  // offsets are spread unevenly
    const auto base = i == 0 ? 0 : log.end_offset() + (i % 500 == 499 ? 100'000 : i % 3);
    batches.push_back(make_batch({.base_offset = base, .timestamp_ms = 1000 + i}));
    ASSERT_EQ(log.append_bytes({batches.back()}).error, 0);
  }
  for (std::size_t i = 0; i < batches.size(); ++i) {
    const auto base = base_offset(batches[i]);
    ASSERT_EQ(log.read(base, 1).bytes, batches[i]);
    const auto after_last = i == 0 ? 0 : base_offset(batches[i - 1]) + 1;
    ASSERT_EQ(log.read(after_last, 1).bytes, batches[i]);
    ASSERT_EQ(log.find_timestamp(1000 + static_cast<std::int64_t>(i)).offset, base);
  }
}

TEST_F(LogStoreConformance, OffsetsMayHaveGapsAndNeverGoBack) {
  TestLog log(store());
  const auto first = make_batch({.base_offset = 5, .record_count = 2});
  ASSERT_EQ(log.append_bytes({first}).error, 0);
  EXPECT_NE(log.append_bytes({make_batch({.base_offset = 6})}).error, 0);
  const auto second = make_batch({.base_offset = 100});
  ASSERT_EQ(log.append_bytes({second}).error, 0);
  EXPECT_EQ(log.end_offset(), 101);
  EXPECT_EQ(log.read(0).bytes, first + second);
  EXPECT_EQ(log.read(50).bytes, second);
}

TEST_F(LogStoreConformance, WhatIsNoWholeBatchIsRefused) {
  TestLog log(store());
  const auto batch = log.append({});
  const std::vector<std::string> bad_ones{batch, "nonsense", std::string(100, '\0'),
                                          make_batch({.base_offset = 1}).substr(0, 65),
                                          make_batch({.base_offset = 1}) + "x"};
  for (const std::string& bad : bad_ones) {
    EXPECT_NE(log.append_bytes({bad}).error, 0);
  }
  EXPECT_EQ(log.end_offset(), 1);
  EXPECT_EQ(log.read(0).bytes, batch);
}

TEST_F(LogStoreConformance, MaxBytesCutsTheEnd) {
  TestLog log(store());
  const auto batches = fill(log, 10);
  const auto all = join(batches);
  for (std::size_t size = 0; size < all.size() + 10; size += 7) {
    const auto got = log.read(0, static_cast<std::int64_t>(size), true).bytes;
    ASSERT_GE(got.size(), std::min(size, batches[0].size()));
    ASSERT_LE(got.size(), std::max(size, batches[0].size()));
    ASSERT_EQ(got, all.substr(0, got.size()));
    const auto strict = log.read(0, static_cast<std::int64_t>(size), false).bytes;
    ASSERT_LE(strict.size(), size);
    ASSERT_TRUE(strict.empty() || strict.size() >= batches[0].size());
  }
}

TEST_F(LogStoreConformance, MaxOffsetEndsAtABatch) {
  TestLog log(store(), "topic", 0, small_segments());
  const auto batches = fill(log, 40);
  std::string expected;
  std::size_t next = 0;
  for (std::int64_t max_offset = 0; max_offset <= log.end_offset(); ++max_offset) {
    while (next < batches.size() && base_offset(batches[next]) < max_offset) {
      expected += batches[next++];
    }
    std::string got;
    std::int64_t offset = 0;
    while (offset < max_offset) {
      const auto part = log.read(offset, 1 << 20, true, max_offset).bytes;
      if (part.empty()) break;
      got += part;
      for (const auto& batch : batches) {
        if (base_offset(batch) >= offset && got.size() >= batch.size() &&
            got.substr(got.size() - batch.size()) == batch) {
          offset = base_offset(batch) + 1;
        }
      }
      const auto beyond = log.visit(offset, 2);
      offset = beyond.size() < 2 ? log.end_offset() : beyond[1];
    }
    ASSERT_EQ(got, expected) << max_offset;
  }
}

}  // namespace fluxmq::testing
