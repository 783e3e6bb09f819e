// What a partition does when its log store fails: nothing is lost, stored twice, or told wrongly.
#include <gtest/gtest.h>

#include <chrono>

#include "test_broker.h"

namespace fluxmq::testing {
namespace {

class DiskTrouble : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(broker_.create("t").error, ErrorCode::NONE); }
  void TearDown() override {
    auto& trouble = TestBroker::trouble();
    trouble.appends = trouble.scans = 0;
    trouble.is_short_of_space = trouble.is_offline = false;
  }
  AppendResult append(std::int32_t sequence, AppendOptions options = {}) {
    return broker_.partition("t").append(
        produced_batch(
            {.producer_id = 7, .epoch = 0, .base_sequence = sequence, .timestamp_ms = now_ms_}),
        options);
  }
  // As a client does: until it is taken.
  std::int64_t send(std::int32_t sequence) {
    for (;;) {
      const auto result = append(sequence);
      if (result.error != ErrorCode::KAFKA_STORAGE_ERROR) return result.base_offset;
    }
  }
  // Producers of long ago are forgotten.
  const std::int64_t now_ms_ = std::chrono::duration_cast<std::chrono::milliseconds>(
                                   std::chrono::system_clock::now().time_since_epoch())
                                   .count();
  TestBroker broker_;
};

TEST_F(DiskTrouble, AFailedAppendCanBeSentAgain) {
  EXPECT_EQ(append(0).base_offset, 0);
  TestBroker::trouble().appends = 1;
  EXPECT_EQ(append(1).error, ErrorCode::KAFKA_STORAGE_ERROR);
  EXPECT_EQ(append(1).base_offset, 1);
  EXPECT_EQ(append(0).base_offset, 0);  // a duplicate still
  EXPECT_EQ(broker_.partition("t").base_offsets(), (std::vector<std::int64_t>{0, 1}));
}

// Producers that can't be read after a failed append must not be taken for unknown ones.
TEST_F(DiskTrouble, WhatCannotBeReadAfterAFailedAppendIsReadByTheNext) {
  EXPECT_EQ(append(0).base_offset, 0);
  EXPECT_EQ(append(1).base_offset, 1);
  TestBroker::trouble().appends = 1;
  TestBroker::trouble().scans = 2;
  EXPECT_EQ(append(2).error, ErrorCode::KAFKA_STORAGE_ERROR);
  EXPECT_EQ(send(1), 1);
  EXPECT_EQ(TestBroker::trouble().scans, 0);
  EXPECT_EQ(send(2), 2);
  EXPECT_EQ(broker_.partition("t").base_offsets(), (std::vector<std::int64_t>{0, 1, 2}));
}

TEST_F(DiskTrouble, WhatCannotBeReadAtAStartIsReadByTheNext) {
  EXPECT_EQ(append(0).base_offset, 0);
  broker_.crash();
  TestBroker::trouble().scans = 1;
  EXPECT_EQ(append(0).error, ErrorCode::KAFKA_STORAGE_ERROR);
  EXPECT_EQ(send(0), 0);
  EXPECT_EQ(broker_.partition("t").base_offsets().size(), 1u);
}

TEST_F(DiskTrouble, AStopAmidItLeavesNoWrongSnapshot) {
  EXPECT_EQ(append(0).base_offset, 0);
  TestBroker::trouble().appends = 1;
  TestBroker::trouble().scans = 1;
  EXPECT_EQ(append(1).error, ErrorCode::KAFKA_STORAGE_ERROR);
  broker_.restart();
  EXPECT_EQ(append(1).base_offset, 1);
  EXPECT_EQ(append(1).base_offset, 1);
  EXPECT_EQ(broker_.partition("t").base_offsets(), (std::vector<std::int64_t>{0, 1}));
}

TEST_F(DiskTrouble, WithoutSpaceOnlyInternalAppendsAreTaken) {
  EXPECT_EQ(append(0).base_offset, 0);
  TestBroker::trouble().is_short_of_space = true;
  const auto refused = append(1);
  EXPECT_EQ(refused.error, ErrorCode::KAFKA_STORAGE_ERROR);
  EXPECT_EQ(refused.error_message,
            "The volume that the partition lies on has too little free space for more records.");
  EXPECT_EQ(broker_.partition("t").base_offsets().size(), 1u);
  EXPECT_EQ(broker_.partition("t")
                .append(produced_batch(), {.flags = FLUXMQ_APPEND_INTERNAL})
                .base_offset,
            1);
  TestBroker::trouble().is_short_of_space = false;
  EXPECT_EQ(append(1).base_offset, 2);
}

TEST_F(DiskTrouble, APartitionOfAnOfflineFolderHasNoLeader) {
  EXPECT_EQ(broker_.partition("t").partition.state().leader_id, 1);
  TestBroker::trouble().is_offline = true;
  EXPECT_EQ(broker_.partition("t").partition.state().leader_id, -1);
}

}  // namespace
}  // namespace fluxmq::testing
