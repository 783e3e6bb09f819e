// Reads, offsets by time, epochs, and the deletion of records.
#include <gtest/gtest.h>

#include "test_broker.h"

namespace fluxmq::testing {
namespace {

using Found = FoundOffset;

Task find_in(Partition partition, std::int64_t timestamp_ms, std::int32_t epoch,
             std::promise<Found>& found) {
  found.set_value(co_await partition.find_offset(timestamp_ms, FLUXMQ_READ_UNCOMMITTED, epoch));
}

Found find(const HeldPartition& held, std::int64_t timestamp_ms, std::int32_t epoch = -1) {
  std::promise<Found> found;
  find_in(held.partition, timestamp_ms, epoch, found);
  return found.get_future().get();
}

Task find_epoch_in(Partition partition, std::int32_t epoch, std::int32_t current,
                   std::promise<Found>& found) {
  found.set_value(co_await partition.find_epoch_end(epoch, current));
}

Found find_epoch(const HeldPartition& held, std::int32_t epoch, std::int32_t current = -1) {
  std::promise<Found> found;
  find_epoch_in(held.partition, epoch, current, found);
  return found.get_future().get();
}

Task delete_in(Partition partition, std::int64_t offset, std::promise<LowWatermark>& deleted) {
  deleted.set_value(co_await partition.delete_records(offset));
}

LowWatermark delete_before(const HeldPartition& held, std::int64_t offset) {
  std::promise<LowWatermark> deleted;
  delete_in(held.partition, offset, deleted);
  return deleted.get_future().get();
}

std::vector<std::uint8_t> batch_at(const std::vector<std::int64_t>& timestamps) {
  protocol::RecordBatchBuilder builder;
  for (const auto time : timestamps)
    builder.append(time, std::nullopt, protocol::as_bytes("value"));
  const auto bytes = builder.finish();
  return {bytes.begin(), bytes.end()};
}

class Reads : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(broker_.create("t").error, ErrorCode::NONE);
    held_ = broker_.partition("t");
  }
  TestBroker broker_;
  HeldPartition held_;
};

TEST_F(Reads, GoUpToTheHighWatermark) {
  EXPECT_EQ(held_.read(0).error, ErrorCode::NONE);
  EXPECT_EQ(held_.read(0).bytes, "");
  EXPECT_EQ(held_.read(1).error, ErrorCode::OFFSET_OUT_OF_RANGE);
  EXPECT_EQ(held_.append(produced_batch({.record_count = 5})).error, ErrorCode::NONE);
  EXPECT_EQ(held_.append(produced_batch()).error, ErrorCode::NONE);
  const auto all = held_.read(0);
  EXPECT_EQ(all.high_watermark, 6);
  EXPECT_EQ(all.log_start_offset, 0);
  EXPECT_EQ(held_.base_offsets(3), (std::vector<std::int64_t>{0, 5}));  // the whole batch
  EXPECT_EQ(held_.read(6).bytes, "");
  EXPECT_EQ(held_.read(7).error, ErrorCode::OFFSET_OUT_OF_RANGE);
  EXPECT_EQ(held_.read(-1).error, ErrorCode::OFFSET_OUT_OF_RANGE);
  EXPECT_GT(held_.read(0, 1).bytes.size(), 60u);  // one batch at least
}

TEST_F(Reads, CheckEpochs) {
  EXPECT_EQ(held_.append(produced_batch()).error, ErrorCode::NONE);
  EXPECT_EQ(held_.read(0, 100, 0).error, ErrorCode::NONE);
  EXPECT_EQ(held_.read(0, 100, 1).error, ErrorCode::UNKNOWN_LEADER_EPOCH);
  EXPECT_EQ(held_.read(0, 100, 0, 0).diverging_epoch, -1);
  const auto end = find_epoch(held_, 0);
  EXPECT_EQ(end.offset, 1);
  EXPECT_EQ(end.leader_epoch, 0);
  EXPECT_EQ(find_epoch(held_, 5).offset, -1);
  EXPECT_EQ(find_epoch(held_, 0, 7).error, ErrorCode::UNKNOWN_LEADER_EPOCH);
}

// What Kafka 4.3.1 answers for the same records.
TEST_F(Reads, FindOffsetsByTime) {
  const auto expect = [&](std::int64_t asked, std::int64_t offset, std::int64_t time,
                          std::int32_t epoch) {
    const auto found = find(held_, asked);
    EXPECT_EQ(found.error, ErrorCode::NONE);
    EXPECT_EQ(found.offset, offset) << asked;
    EXPECT_EQ(found.timestamp_ms, time) << asked;
    EXPECT_EQ(found.leader_epoch, epoch) << asked;
  };
  expect(FLUXMQ_TIMESTAMP_EARLIEST, 0, -1, 0);
  expect(FLUXMQ_TIMESTAMP_MAX, -1, -1, -1);
  expect(0, -1, -1, -1);
  EXPECT_EQ(held_.append(batch_at({1000, 3000, 2000, 3000, 2500})).error, ErrorCode::NONE);
  expect(FLUXMQ_TIMESTAMP_LATEST, 5, -1, 0);
  expect(FLUXMQ_TIMESTAMP_EARLIEST, 0, -1, 0);
  expect(FLUXMQ_TIMESTAMP_MAX, 1, 3000, 0);
  expect(FLUXMQ_TIMESTAMP_EARLIEST_LOCAL, 0, -1, 0);
  expect(FLUXMQ_TIMESTAMP_LATEST_TIERED, -1, -1, -1);
  expect(FLUXMQ_TIMESTAMP_EARLIEST_PENDING_UPLOAD, -1, -1, -1);
  expect(0, 0, 1000, 0);
  expect(1000, 0, 1000, 0);
  expect(1500, 1, 3000, 0);
  expect(3000, 1, 3000, 0);
  expect(3001, -1, -1, -1);
  EXPECT_EQ(delete_before(held_, 3).low_watermark, 3);
  expect(FLUXMQ_TIMESTAMP_EARLIEST, 3, -1, 0);
  expect(0, 3, 3000, 0);
  expect(1000, 3, 3000, 0);
  EXPECT_EQ(delete_before(held_, -1).low_watermark, 5);
  expect(0, -1, -1, -1);
  EXPECT_EQ(find(held_, FLUXMQ_TIMESTAMP_LATEST, 5).error, ErrorCode::UNKNOWN_LEADER_EPOCH);
}

TEST_F(Reads, StopAtDeletedRecords) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(held_.append(produced_batch()).error, ErrorCode::NONE);
  EXPECT_EQ(delete_before(held_, 6).error, ErrorCode::OFFSET_OUT_OF_RANGE);
  EXPECT_EQ(delete_before(held_, -2).error, ErrorCode::OFFSET_OUT_OF_RANGE);
  EXPECT_EQ(delete_before(held_, 3).low_watermark, 3);
  EXPECT_EQ(delete_before(held_, 2).low_watermark, 3);
  EXPECT_EQ(held_.read(2).error, ErrorCode::OFFSET_OUT_OF_RANGE);
  EXPECT_EQ(held_.read(3).log_start_offset, 3);
  held_ = {};
  broker_.crash();
  held_ = broker_.partition("t");
  EXPECT_EQ(held_.read(2).error, ErrorCode::OFFSET_OUT_OF_RANGE);
  EXPECT_EQ(held_.read(3).log_start_offset, 3);
}

TEST_F(Reads, RecordsOfSomeTopicsMayNotBeDeleted) {
  ASSERT_EQ(
      broker_
          .create("__consumer_offsets", 1, {{"cleanup.policy", "compact"}}, FLUXMQ_INTERNAL_TOPIC)
          .error,
      ErrorCode::NONE);
  EXPECT_EQ(delete_before(broker_.partition("__consumer_offsets"), 0).error,
            ErrorCode::INVALID_TOPIC_EXCEPTION);
  ASSERT_EQ(broker_.create("kept", 1, {{"cleanup.policy", ""}}).error, ErrorCode::NONE);
  EXPECT_EQ(delete_before(broker_.partition("kept"), 0).error, ErrorCode::POLICY_VIOLATION);
}

}  // namespace
}  // namespace fluxmq::testing
