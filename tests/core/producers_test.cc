// Idempotent producers: what comes twice is stored once, what is missing is noticed, also after a
// restart or a crash.
#include <gtest/gtest.h>

#include "test_broker.h"

namespace fluxmq::testing {
namespace {

constexpr std::int32_t kMaxSequence = std::numeric_limits<std::int32_t>::max();

std::int64_t current_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::vector<std::uint8_t> batch_of(std::int64_t producer_id, std::int32_t sequence,
                                   std::int32_t count = 1, std::int16_t epoch = 0) {
  return produced_batch({.producer_id = producer_id,
                         .epoch = epoch,
                         .base_sequence = sequence,
                         .record_count = count,
                         .timestamp_ms = current_ms()});
}

class Producers : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(broker_.create("t").error, ErrorCode::NONE); }
  AppendResult append(std::int64_t producer_id, std::int32_t sequence, std::int32_t count = 1,
                      std::int16_t epoch = 0) {
    return broker_.partition("t").append(batch_of(producer_id, sequence, count, epoch));
  }
  TestBroker broker_;
};

TEST_F(Producers, AreAnsweredWithTheFirstOffsetForADuplicate) {
  for (std::int32_t i = 0; i < 6; ++i) EXPECT_EQ(append(1, i * 2, 2).base_offset, i * 2);
  // The newest five are remembered.
  for (std::int32_t i = 1; i < 6; ++i) {
    const auto again = append(1, i * 2, 2);
    EXPECT_EQ(again.error, ErrorCode::NONE);
    EXPECT_EQ(again.base_offset, i * 2);
  }
  EXPECT_EQ(append(1, 0, 2).error, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
  EXPECT_EQ(append(1, 10, 1).error, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
  EXPECT_EQ(broker_.partition("t").base_offsets().size(), 6u);
}

TEST_F(Producers, MayNotLeaveABatchOut) {
  EXPECT_EQ(append(1, 0).error, ErrorCode::NONE);
  EXPECT_EQ(append(1, 2).error, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
  EXPECT_EQ(append(1, 1).error, ErrorCode::NONE);
}

TEST_F(Producers, ThatAreUnknownMayBeginAnywhere) {
  EXPECT_EQ(append(1, 17).error, ErrorCode::NONE);
  EXPECT_EQ(append(1, 18).error, ErrorCode::NONE);
}

TEST_F(Producers, BeginAnewWithANewEpoch) {
  EXPECT_EQ(append(1, 0, 1, 3).error, ErrorCode::NONE);
  EXPECT_EQ(append(1, 1, 1, 4).error, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
  EXPECT_EQ(append(1, 0, 1, 4).error, ErrorCode::NONE);
  EXPECT_EQ(append(1, 1, 1, 3).error, ErrorCode::INVALID_PRODUCER_EPOCH);
}

TEST_F(Producers, CountOnFromZeroAfterTheLastSequence) {
  EXPECT_EQ(append(1, kMaxSequence - 1, 2).base_offset, 0);
  EXPECT_EQ(append(1, 0).base_offset, 2);
  EXPECT_EQ(append(2, kMaxSequence, 2).base_offset, 3);  // wraps inside of the batch
  EXPECT_EQ(append(2, kMaxSequence, 2).base_offset, 3);
  EXPECT_EQ(append(2, 1).base_offset, 5);
}

TEST_F(Producers, SendTwiceInOneTurn) {
  const auto held = broker_.partition("t");
  auto first = held.start_append(batch_of(9, 0), {.acks = -1});
  auto again = held.start_append(batch_of(9, 0), {.acks = -1});
  auto next = held.start_append(batch_of(9, 1), {.acks = -1});
  EXPECT_EQ(first.get().base_offset, 0);
  EXPECT_EQ(again.get().base_offset, 0);
  EXPECT_EQ(next.get().base_offset, 1);
}

TEST_F(Producers, AreKnownAfterARestart) {
  for (std::int32_t i = 0; i < 3; ++i) EXPECT_EQ(append(1, i).error, ErrorCode::NONE);
  broker_.restart();
  EXPECT_EQ(append(1, 2).base_offset, 2);
  EXPECT_EQ(append(1, 4).error, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
  EXPECT_EQ(append(1, 3).base_offset, 3);
}

// Which begins with a snapshot: that log isn't read again.
TEST_F(Producers, AreKnownAfterARestartWithALongLog) {
  constexpr std::int32_t kCount = 10'000;
  constexpr std::int32_t kBatches = 30;
  for (std::int32_t i = 0; i < kBatches; ++i) {
    ASSERT_EQ(append(1, i * kCount, kCount).base_offset, i * kCount);
  }
  {
    const auto held = broker_.partition("t");
    ASSERT_GT(held.partition.state().size_bytes, 1 << 20);
  }
  broker_.restart();
  EXPECT_EQ(append(1, (kBatches - 1) * kCount, kCount).base_offset, (kBatches - 1) * kCount);
  EXPECT_EQ(append(1, kBatches * kCount + 1).error, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
  EXPECT_EQ(append(1, kBatches * kCount).base_offset, kBatches * kCount);
}

TEST_F(Producers, AreKnownAfterACrash) {
  for (std::int32_t i = 0; i < 10; ++i) EXPECT_EQ(append(1 + i % 2, i / 2).error, ErrorCode::NONE);
  broker_.crash();
  EXPECT_EQ(append(1, 4).base_offset, 8);
  EXPECT_EQ(append(2, 4).base_offset, 9);
  EXPECT_EQ(append(2, 6).error, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
  EXPECT_EQ(append(2, 5).base_offset, 10);
  broker_.restart();
  broker_.crash();
  EXPECT_EQ(append(1, 5).base_offset, 11);
}

// A snapshot at the beginning of each segment, and the batches after it.
TEST_F(Producers, AreKnownAfterACrashBehindManySegments) {
  ASSERT_EQ(broker_
                .alter("t", {{FLUXMQ_CONFIG_SET, "segment.bytes", "1048576"},
                             {FLUXMQ_CONFIG_SET, "segment.index.bytes", "12"},
                             {FLUXMQ_CONFIG_SET, "index.interval.bytes", "1"}})
                .error,
            ErrorCode::NONE);
  for (std::int32_t i = 0; i < 50; ++i) EXPECT_EQ(append(1, i).error, ErrorCode::NONE);
  EXPECT_EQ(append(2, 5).error, ErrorCode::NONE);
  broker_.crash();
  EXPECT_EQ(append(1, 49).base_offset, 49);
  EXPECT_EQ(append(2, 6).base_offset, 51);
  EXPECT_EQ(append(1, 50).base_offset, 52);
}

TEST(ProducerBound, ForgetsTheLeastRecentOne) {
  TestBroker broker{{"max.producer.ids", "1000"}};
  ASSERT_EQ(broker.create("t").error, ErrorCode::NONE);
  const auto held = broker.partition("t");
  for (std::int64_t id = 0; id < 1000; ++id)
    ASSERT_EQ(held.append(batch_of(id, 0)).error, ErrorCode::NONE);
  EXPECT_EQ(held.append(batch_of(0, 1)).error, ErrorCode::NONE);
  EXPECT_EQ(held.append(batch_of(5000, 0)).error, ErrorCode::NONE);  // takes the place of 1
  EXPECT_EQ(held.append(batch_of(0, 3)).error, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
  EXPECT_EQ(held.append(batch_of(2, 7)).error, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
  EXPECT_EQ(held.append(batch_of(1, 7)).error, ErrorCode::NONE);  // unknown: begins anywhere
}

TEST(ProducerExpiry, ForgetsThoseThatAreSilent) {
  TestBroker broker{{"producer.id.expiration.ms", "1"}};
  ASSERT_EQ(broker.create("t").error, ErrorCode::NONE);
  EXPECT_EQ(broker.partition("t").append(batch_of(1, 0)).error, ErrorCode::NONE);
  broker.restart();  // those that are too old aren't taken up again
  EXPECT_EQ(broker.partition("t").append(batch_of(1, 5)).error, ErrorCode::NONE);
}

}  // namespace
}  // namespace fluxmq::testing
