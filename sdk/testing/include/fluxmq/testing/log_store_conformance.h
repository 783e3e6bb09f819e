// What every "fluxmq.log_store/1" has to do. Include it in one source file of a GoogleTest program;
// PluginUnderTest says which plugin it runs on.
#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "fluxmq/protocol/errors.h"
#include "fluxmq/testing/plugin_under_test.h"
#include "fluxmq/testing/test_log.h"

namespace fluxmq::testing {

class LogStoreConformance : public ::testing::Test {
 protected:
  const fluxmq_log_store* store() { return plugin_.query<fluxmq_log_store>(FLUXMQ_LOG_STORE); }

  static std::int16_t code(protocol::ErrorCode error) { return static_cast<std::int16_t>(error); }
  static std::string join(const std::vector<std::string>& batches, std::size_t begin = 0) {
    std::string all;
    for (std::size_t i = begin; i < batches.size(); ++i) all += batches[i];
    return all;
  }
  // Batches of different sizes; offsets advance by one to three.
  static std::vector<std::string> fill(TestLog& log, int count, std::int64_t timestamp_ms = 1000) {
    std::vector<std::string> batches;
    for (int i = 0; i < count; ++i) {
      batches.push_back(log.append({.record_count = 1 + i % 3,
                                    .timestamp_ms = timestamp_ms + 10 * i,
                                    .value_bytes = static_cast<std::size_t>(i % 7) * 100}));
    }
    return batches;
  }
  static std::int64_t base_offset(const std::string& batch) {
    return protocol::load_big_endian<std::int64_t>(
        reinterpret_cast<const std::uint8_t*>(batch.data()));
  }
  // Segments of a few batches.
  static fluxmq_log_config small_segments() {
    auto config = default_log_config();
    config.segment_bytes = 2000;
    config.index_interval_bytes = 300;
    return config;
  }

  PluginUnderTest plugin_;
};

TEST_F(LogStoreConformance, TableIsWhole) {
  ASSERT_NE(store(), nullptr);
  EXPECT_GE(store()->size, sizeof(fluxmq_log_store));
}

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

TEST_F(LogStoreConformance, TellsWhereLogsLie) {
  fluxmq_log_dir log_dir{};
  log_dir.size = sizeof(log_dir);
  store()->log_dir(store()->self, &log_dir);
  EXPECT_EQ(log_dir.error, 0);
  EXPECT_GT(log_dir.path.size, 0u);
  EXPECT_GE(log_dir.usable_bytes, -1);
  EXPECT_GE(log_dir.total_bytes, log_dir.usable_bytes);
}

TEST_F(LogStoreConformance, TellsWhichFolderALogLiesIn) {
  std::vector<std::string> paths;
  store()->visit_log_dirs(
      store()->self,
      [](void* context, const fluxmq_log_dir* log_dir) {
        EXPECT_EQ(log_dir->error, 0);
        static_cast<std::vector<std::string>*>(context)->emplace_back(view(log_dir->path));
      },
      &paths);
  ASSERT_FALSE(paths.empty());
  EXPECT_EQ(std::set<std::string>(paths.begin(), paths.end()).size(), paths.size());
  fluxmq_log_dir first{};
  first.size = sizeof(first);
  store()->log_dir(store()->self, &first);
  EXPECT_EQ(view(first.path), paths.front());

  const auto log_dir_of = [this](std::string_view topic) {
    return store()->log_dir_of(store()->self, to_abi(topic), {}, 0);
  };
  TestLog log(store());
  log.append({});
  const auto here = log_dir_of("topic");
  EXPECT_GE(here, 0);
  EXPECT_LT(here, static_cast<std::int32_t>(paths.size()));
  EXPECT_EQ(store()->is_offline(store()->self, to_abi("topic"), {}, 0), 0);
  EXPECT_EQ(store()->is_short_of_space(store()->self, log.handle()), 0);
  log.close();
  EXPECT_EQ(log_dir_of("topic"), here);
  EXPECT_LT(log_dir_of("other"), static_cast<std::int32_t>(paths.size()));
}

TEST_F(LogStoreConformance, TellsTheSizeOfAnyLog) {
  const auto size = [this](std::string_view topic) {
    return store()->size_by_name(store()->self, to_abi(topic), {}, 0);
  };
  EXPECT_EQ(size("topic"), 0);
  TestLog log(store());
  EXPECT_EQ(size("topic"), 0);
  const auto bytes = static_cast<std::int64_t>(join(fill(log, 20)).size());
  EXPECT_EQ(size("topic"), bytes);
  log.close();
  EXPECT_EQ(size("topic"), bytes);
  EXPECT_EQ(size("other"), 0);
}

TEST_F(LogStoreConformance, LogIsOpenedOnceAtATime) {
  TestLog log(store());
  EXPECT_EQ(TestLog::open(store(), "topic").error, code(protocol::ErrorCode::KAFKA_STORAGE_ERROR));
  TestLog other(store(), "topic", 1);
  EXPECT_EQ(other.end_offset(), 0);
}

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

TEST_F(LogStoreConformance, ReadersKeepWhatTheyRead) {
  auto config = small_segments();
  config.retention_bytes = 0;
  TestLog log(store(), "topic", 0, config);
  const auto batches = fill(log, 100);
  struct Held {
    std::vector<fluxmq_segment> segments;
  } held;
  const fluxmq_log_read_request request{sizeof request, 1, 0, INT64_MAX, 1 << 20};
  store()->read(
      store()->self, log.handle(), &request,
      [](void* context, std::int16_t, const fluxmq_segment* segments, std::uint32_t count) {
        static_cast<Held*>(context)->segments.assign(segments, segments + count);
      },
      &held);
  ASSERT_FALSE(held.segments.empty());
  ASSERT_EQ(log.apply_retention(1000), 0);
  ASSERT_EQ(log.read(0).error, code(protocol::ErrorCode::OFFSET_OUT_OF_RANGE));
  ASSERT_EQ(log.remove(), 0);
  const auto bytes =
      take_bytes(held.segments.data(), static_cast<std::uint32_t>(held.segments.size()));
  EXPECT_FALSE(bytes.empty());
  EXPECT_EQ(bytes, join(batches).substr(0, bytes.size()));
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

TEST_F(LogStoreConformance, FlushesThatWaitTogetherAreAllAnswered) {
  TestLog log(store());
  constexpr int kThreads = 4, kFlushes = 50;
  std::atomic<int> good{0};
  std::mutex append_mutex;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kFlushes; ++i) {
        {
          const std::lock_guard lock(append_mutex);
          log.append({});
        }
        if (log.flush() == 0) ++good;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, kThreads * kFlushes);
  EXPECT_EQ(log.end_offset(), kThreads * kFlushes);
}

TEST_F(LogStoreConformance, ReadersRunBesideAppendsAndRetention) {
  auto config = small_segments();
  config.retention_bytes = 20'000;
  TestLog log(store(), "topic", 0, config);
  std::atomic<bool> stop{false};
  std::atomic<std::int64_t> read_bytes{0};
  std::vector<std::thread> readers;
  for (int t = 0; t < 2; ++t) {
    readers.emplace_back([&] {
      std::int64_t offset = 0;
      while (!stop) {
        const auto end_offset = log.end_offset();
        const auto got = log.read(offset, 1500, true, end_offset);
        if (got.error != 0) {
          offset = log.state().log_start_offset;
          continue;
        }
        protocol::RecordBatchCursor cursor(
            {reinterpret_cast<const std::uint8_t*>(got.bytes.data()), got.bytes.size()});
        while (const auto batch = cursor.next()) {
          if (batch->next_offset() <= offset || batch->base_offset() >= end_offset ||
              protocol::crc32c(batch->checksummed()) != batch->crc()) {
            ADD_FAILURE() << "read " << batch->base_offset() << " at " << offset;
            return;
          }
          offset = batch->next_offset();
          read_bytes += static_cast<std::int64_t>(batch->size_bytes());
        }
        if (cursor.end() == protocol::RecordBatchCursor::End::kCorrupt) {
          ADD_FAILURE() << "corrupt at " << offset;
          return;
        }
      }
    });
  }
  std::thread janitor([&] {
    while (!stop) {
      if (log.apply_retention(0) != 0 || log.flush() != 0) ADD_FAILURE();
      log.find_timestamp(1500);
    }
  });
  for (int i = 0; i < 2000 || read_bytes == 0; ++i) {
    log.append({.timestamp_ms = 1000 + i, .value_bytes = static_cast<std::size_t>(i % 300)});
  }
  stop = true;
  for (auto& reader : readers) reader.join();
  janitor.join();
  ASSERT_EQ(log.apply_retention(0), 0);
  EXPECT_LT(log.state().size_bytes, config.retention_bytes + config.segment_bytes);
}

}  // namespace fluxmq::testing
