// Readers, appends, flushes and retention beside each other.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "fluxmq/testing/log_store/fixture.h"

namespace fluxmq::testing {

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
