// ListOffsets, OffsetForLeaderEpoch and DeleteRecords.
#include "api_test.h"
#include "fluxmq/protocol/messages/delete_records.h"
#include "fluxmq/protocol/messages/list_offsets.h"
#include "fluxmq/protocol/messages/offset_for_leader_epoch.h"

namespace fluxmq::api_tests {
namespace {

class OffsetsTest : public ApiTest {
 protected:
  using Listed = ListOffsetsResponse::ListOffsetsPartitionResponse;

  static constexpr std::int64_t kLatest = -1;
  static constexpr std::int64_t kEarliest = -2;
  static constexpr std::int64_t kMax = -3;

  // Three batches: offsets 0 and 1 at 1000 and 2000 ms, 2 at 5000, 3 at 4000.
  NewTopic topic_with_times() {
    const auto topic = create_topic();
    const auto send = [&](const std::vector<std::int64_t>& times) {
      RecordBatchBuilder builder;
      for (const auto time : times) builder.append(time, std::nullopt, as_bytes("v"));
      const auto bytes = builder.finish();
      std::vector<std::uint8_t> batch(bytes.begin(), bytes.end());
      const auto answer = client.call<ProduceResponse>(produce_request(topic, 0, batch), 9);
      EXPECT_EQ(answer->responses.at(0).partition_responses.at(0).error_code, 0);
    };
    send({1000, 2000});
    send({5000});
    send({4000});
    return topic;
  }

  Listed list(std::string_view topic, std::int64_t timestamp, std::int16_t version,
              std::int32_t partition = 0, std::int32_t leader_epoch = -1) {
    ListOffsetsRequest request;
    request.replica_id = -1;
    auto& asked = request.topics.emplace_back();
    asked.name = topic;
    asked.partitions.push_back({partition, leader_epoch, timestamp, 10});
    const auto answer = client.call<ListOffsetsResponse>(request, version);
    EXPECT_EQ(answer->topics.at(0).name, topic);
    return answer->topics.at(0).partitions.at(0);
  }
};

TEST_F(OffsetsTest, ListOffsetsInEachVersion) {
  const auto topic = topic_with_times();
  for (std::int16_t version = 1; version <= 11; ++version) {
    const auto check = [&](std::int64_t asked, std::int64_t offset, std::int64_t timestamp) {
      const auto found = list(topic.name, asked, version);
      EXPECT_EQ(found.error_code, 0);
      EXPECT_EQ(found.offset, offset) << asked << " in version " << version;
      EXPECT_EQ(found.timestamp, timestamp);
      if (version >= 4) {
        EXPECT_EQ(found.leader_epoch, offset < 0 ? -1 : 0);
      }
    };
    check(kLatest, 4, -1);
    check(kEarliest, 0, -1);
    check(0, 0, 1000);
    check(1500, 1, 2000);
    check(3000, 2, 5000);
    check(6000, -1, -1);
    if (version >= 7) check(kMax, 2, 5000);
    if (version >= 8) check(-4, 0, -1);
  }
}

TEST_F(OffsetsTest, SpecialTimestampsCameOneByOne) {
  const auto topic = create_topic();
  const auto error = [&](std::int64_t timestamp, std::int16_t version) {
    return list(topic.name, timestamp, version).error_code;
  };
  const auto unsupported = code(ErrorCode::UNSUPPORTED_VERSION);
  for (const auto& [timestamp, first] :
       {std::pair<std::int64_t, std::int16_t>{-3, 7}, {-4, 8}, {-5, 9}, {-6, 11}}) {
    EXPECT_EQ(error(timestamp, static_cast<std::int16_t>(first - 1)), unsupported) << timestamp;
    EXPECT_EQ(error(timestamp, first), 0) << timestamp;
  }
  EXPECT_EQ(error(-7, 11), unsupported);
}

TEST_F(OffsetsTest, ListOffsetsOfTheFirstVersion) {
  const auto topic = topic_with_times();
  using Offsets = std::vector<std::int64_t>;
  EXPECT_EQ(list(topic.name, kLatest, 0).old_style_offsets, (Offsets{4, 0}));
  EXPECT_EQ(list(topic.name, kEarliest, 0).old_style_offsets, Offsets{0});
  EXPECT_EQ(list(topic.name, 6000, 0).old_style_offsets, Offsets{0});
  EXPECT_EQ(list(topic.name, 4999, 0).old_style_offsets, Offsets{});
  const auto empty = create_topic();
  EXPECT_EQ(list(empty.name, kLatest, 0).old_style_offsets, Offsets{0});
  EXPECT_EQ(list("nowhere", kLatest, 0).error_code, code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
}

TEST_F(OffsetsTest, ListOffsetsErrors) {
  const auto topic = create_topic();
  for (std::int16_t version = 1; version <= 11; ++version) {
    EXPECT_EQ(list("nowhere", kLatest, version).error_code,
              code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
    const auto unknown = list(topic.name, kLatest, version, 3);
    EXPECT_EQ(unknown.error_code, code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
    EXPECT_EQ(unknown.offset, -1);
    EXPECT_EQ(unknown.timestamp, -1);
    if (version < 4) continue;
    EXPECT_EQ(list(topic.name, kLatest, version, 0, 8).error_code,
              code(ErrorCode::UNKNOWN_LEADER_EPOCH));
  }
}

TEST_F(OffsetsTest, APartitionNamedTwiceIsAnError) {
  const auto topic = create_topic(2);
  ListOffsetsRequest request;
  auto& asked = request.topics.emplace_back();
  asked.name = topic.name;
  asked.partitions = {{0, -1, kLatest, 1}, {0, -1, kEarliest, 1}, {1, -1, kLatest, 1}};
  const auto answer = client.call<ListOffsetsResponse>(request, 6);
  ASSERT_EQ(answer->topics.at(0).partitions.size(), 2u);
  EXPECT_EQ(answer->topics[0].partitions[0].error_code, code(ErrorCode::INVALID_REQUEST));
  EXPECT_EQ(answer->topics[0].partitions[1].error_code, 0);
  // The first version answers as often as it is asked.
  const auto oldest = client.call<ListOffsetsResponse>(request, 0);
  ASSERT_EQ(oldest->topics.at(0).partitions.size(), 3u);
  for (const auto& partition : oldest->topics[0].partitions) EXPECT_EQ(partition.error_code, 0);
}

TEST_F(OffsetsTest, OffsetForLeaderEpochInEachVersion) {
  const auto topic = create_topic();
  produce(topic, 0, {"a", "b"});
  for (std::int16_t version = 0; version <= 4; ++version) {
    OffsetForLeaderEpochRequest request;
    auto& asked = request.topics.emplace_back();
    asked.topic = topic.name;
    asked.partitions = {{0, -1, 0}, {0, -1, 9}, {7, -1, 0}, {0, 4, 0}};
    request.topics.emplace_back().topic = "nowhere";
    request.topics.back().partitions = {{0, -1, 0}};
    const auto answer = client.call<OffsetForLeaderEpochResponse>(request, version);
    const auto& found = answer->topics.at(0).partitions;
    ASSERT_EQ(found.size(), 4u);
    EXPECT_EQ(found[0].error_code, 0);
    EXPECT_EQ(found[0].end_offset, 2);
    if (version >= 1) {
      EXPECT_EQ(found[0].leader_epoch, 0);
    }
    EXPECT_EQ(found[1].error_code, 0);
    EXPECT_EQ(found[1].end_offset, -1);
    EXPECT_EQ(found[1].leader_epoch, -1);
    EXPECT_EQ(found[2].error_code, code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
    EXPECT_EQ(found[3].error_code, version < 2 ? 0 : code(ErrorCode::UNKNOWN_LEADER_EPOCH));
    EXPECT_EQ(answer->topics.at(1).partitions.at(0).error_code,
              code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
  }
}

TEST_F(OffsetsTest, DeleteRecordsInEachVersion) {
  for (std::int16_t version = 0; version <= 2; ++version) {
    const auto topic = create_topic();
    produce(topic, 0, {"a", "b", "c"});
    const auto remove = [&](std::string_view name, std::int32_t partition, std::int64_t offset) {
      DeleteRecordsRequest request;
      request.timeout_ms = 1000;
      auto& asked = request.topics.emplace_back();
      asked.name = name;
      asked.partitions = {{partition, offset}};
      const auto answer = client.call<DeleteRecordsResponse>(request, version);
      const auto& result = answer->topics.at(0).partitions.at(0);
      return std::pair(result.error_code, result.low_watermark);
    };
    using Result = std::pair<std::int16_t, std::int64_t>;
    EXPECT_EQ(remove(topic.name, 0, 2), Result(0, 2));
    EXPECT_EQ(remove(topic.name, 0, 1), Result(0, 2));
    EXPECT_EQ(list(topic.name, kEarliest, 1).offset, 2);
    EXPECT_EQ(remove(topic.name, 0, 9), Result(code(ErrorCode::OFFSET_OUT_OF_RANGE), -1));
    EXPECT_EQ(remove(topic.name, 0, -2), Result(code(ErrorCode::OFFSET_OUT_OF_RANGE), -1));
    EXPECT_EQ(remove(topic.name, 0, -1), Result(0, 3));
    const Result unknown(code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION), -1);
    EXPECT_EQ(remove(topic.name, 4, 0), unknown);
    EXPECT_EQ(remove("nowhere", 0, 0), unknown);
  }
}

TEST_F(OffsetsTest, DeleteRecordsOfAPartitionNamedTwice) {
  const auto topic = create_topic();
  produce(topic, 0, {"a", "b", "c"});
  DeleteRecordsRequest request;
  auto& asked = request.topics.emplace_back();
  asked.name = topic.name;
  asked.partitions = {{0, 1}, {0, 2}};
  const auto answer = client.call<DeleteRecordsResponse>(request, 2);
  ASSERT_EQ(answer->topics.at(0).partitions.size(), 1u);
  EXPECT_EQ(answer->topics[0].partitions[0].low_watermark, 2);
}

}  // namespace
}  // namespace fluxmq::api_tests
