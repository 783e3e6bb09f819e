// Fetch: what is read, and what is waited for. Sessions have a file of their own.
#include "fetch_kit.h"
#include "fluxmq/protocol/messages/delete_topics.h"

namespace fluxmq::api_tests {
namespace {

using FetchTest = FetchKit;
constexpr std::int32_t kLongWaitMs = 50'000;

TEST_F(FetchTest, InEachVersion) {
  const auto topic = create_topic(2);
  produce(topic, 0, {"a", "b"});
  produce(topic, 0, {"c"});
  for (std::int16_t version = 4; version <= 18; ++version) {
    const auto answer = client.call<FetchResponse>(fetch_request(topic, {{0, 0}, {1, 0}}), version);
    EXPECT_EQ(answer->error_code, 0);
    EXPECT_EQ(answer->session_id, 0);
    ASSERT_EQ(answer->responses.size(), 1u);
    if (version >= 13) {
      EXPECT_EQ(answer->responses[0].topic_id, topic.id);
    } else {
      EXPECT_EQ(answer->responses[0].topic, topic.name);
    }
    ASSERT_EQ(answer->responses[0].partitions.size(), 2u);
    const auto& full = answer->responses[0].partitions[0];
    EXPECT_EQ(full.error_code, 0);
    EXPECT_EQ(full.high_watermark, 3);
    EXPECT_EQ(full.last_stable_offset, 3);
    if (version >= 5) {
      EXPECT_EQ(full.log_start_offset, 0);
    }
    EXPECT_EQ(full.aborted_transactions, std::nullopt);
    EXPECT_EQ(full.preferred_read_replica, -1);
    EXPECT_EQ(values(full), (Values{"a", "b", "c"}));
    const auto& empty = answer->responses[0].partitions[1];
    EXPECT_EQ(empty.high_watermark, 0);
    EXPECT_FALSE(empty.records.is_null);
    EXPECT_EQ(empty.records.size(), 0u);
  }
}

TEST_F(FetchTest, FromInsideABatchTheWholeBatchComes) {
  const auto topic = create_topic();
  produce(topic, 0, {"a", "b", "c"});
  const auto answer = client.call<FetchResponse>(fetch_request(topic, {{0, 1}}), 13);
  EXPECT_EQ(values(only(answer)), (Values{"a", "b", "c"}));
}

TEST_F(FetchTest, LimitsLetTheFirstBatchThrough) {
  const auto topic = create_topic(3);
  const std::string large(1000, 'x');
  for (std::int32_t i = 0; i < 3; ++i) {
    for (int n = 0; n < 3; ++n) produce(topic, i, {large});
  }
  // The partition's limit: one batch where it is the first, none elsewhere.
  auto request = fetch_request(topic, {{0, 0, 1}, {1, 0, 1}, {2, 0, 2500}});
  auto answer = client.call<FetchResponse>(request, 13);
  const auto* partitions = &answer->responses.at(0).partitions;
  EXPECT_EQ(values(partitions->at(0)).size(), 1u);
  EXPECT_EQ(values(partitions->at(1)).size(), 0u);
  EXPECT_EQ(values(partitions->at(2)).size(), 2u);
  EXPECT_EQ(partitions->at(1).high_watermark, 3);
  // The request's.
  request = fetch_request(topic, {{0, 0}, {1, 0}, {2, 0}});
  request.max_bytes = 5000;
  answer = client.call<FetchResponse>(request, 13);
  partitions = &answer->responses.at(0).partitions;
  EXPECT_EQ(values(partitions->at(0)).size(), 3u);
  EXPECT_EQ(values(partitions->at(1)).size(), 1u);
  EXPECT_EQ(values(partitions->at(2)).size(), 0u);
  request.max_bytes = -7;
  answer = client.call<FetchResponse>(request, 13);
  EXPECT_EQ(values(answer->responses.at(0).partitions.at(0)).size(), 1u);
}

TEST_F(FetchTest, ReadCommittedTellsOfAbortedTransactions) {
  const auto topic = create_topic();
  produce(topic, 0, {"a"});
  auto request = fetch_request(topic, {{0, 0}});
  request.isolation_level = 1;
  for (std::int16_t version = 4; version <= 18; ++version) {
    const auto answer = client.call<FetchResponse>(request, version);
    ASSERT_TRUE(only(answer).aborted_transactions);
    EXPECT_TRUE(only(answer).aborted_transactions->empty());
    EXPECT_EQ(values(only(answer)), Values{"a"});
  }
}

TEST_F(FetchTest, Errors) {
  const auto topic = create_topic();
  produce(topic, 0, {"a"});
  const auto error = [&](const FetchRequest& request, std::int16_t version) {
    const auto answer = client.call<FetchResponse>(request, version);
    const auto& partition = only(answer);
    EXPECT_EQ(partition.high_watermark, -1);
    EXPECT_EQ(partition.last_stable_offset, -1);
    EXPECT_EQ(partition.log_start_offset, -1);
    EXPECT_EQ(partition.records.size(), 0u);
    return partition.error_code;
  };
  for (std::int16_t version = 4; version <= 18; ++version) {
    EXPECT_EQ(error(fetch_request(topic, {{0, 2}}, kLongWaitMs), version),
              code(ErrorCode::OFFSET_OUT_OF_RANGE));
    EXPECT_EQ(error(fetch_request(topic, {{0, -1}}, kLongWaitMs), version),
              code(ErrorCode::OFFSET_OUT_OF_RANGE));
    EXPECT_EQ(error(fetch_request(topic, {{5, 0}}, kLongWaitMs), version),
              code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
    Uuid id;
    id.bytes[7] = 7;
    EXPECT_EQ(
        error(fetch_request({"nowhere", id}, {{0, 0}}, kLongWaitMs), version),
        code(version < 13 ? ErrorCode::UNKNOWN_TOPIC_OR_PARTITION : ErrorCode::UNKNOWN_TOPIC_ID));
  }
}

TEST_F(FetchTest, LeaderEpochs) {
  const auto topic = create_topic();
  produce(topic, 0, {"a"});
  auto request = fetch_request(topic, {{0, 0}});
  auto& asked = request.topics[0].partitions[0];
  asked.current_leader_epoch = 0;
  asked.last_fetched_epoch = 0;
  EXPECT_EQ(only(client.call<FetchResponse>(request, 18)).error_code, 0);
  asked.current_leader_epoch = 3;
  EXPECT_EQ(only(client.call<FetchResponse>(request, 9)).error_code,
            code(ErrorCode::UNKNOWN_LEADER_EPOCH));
}

TEST_F(FetchTest, NoBrokerIsAReplica) {
  const auto topic = create_topic();
  auto request = fetch_request(topic, {{0, 0}});
  request.replica_id = 5;
  EXPECT_EQ(only(client.call<FetchResponse>(request, 12)).error_code,
            code(ErrorCode::NOT_LEADER_OR_FOLLOWER));
  request.replica_state = {5, 1};
  const auto answer = client.call<FetchResponse>(request, 18);
  EXPECT_EQ(only(answer).error_code, code(ErrorCode::NOT_LEADER_OR_FOLLOWER));
  EXPECT_EQ(only(answer).current_leader.leader_id, 1);
}

TEST_F(FetchTest, WaitsForARecord) {
  const auto topic = create_topic(2);
  for (const std::int8_t isolation : {std::int8_t{0}, std::int8_t{1}}) {
    for (std::int16_t version = 4; version <= 18;
         version = static_cast<std::int16_t>(version + 7)) {
      Client waiting(broker().port());
      const auto end = produce(topic, 1, {"before"}) + 1;
      auto request = fetch_request(topic, {{0, 0}, {1, end}}, kLongWaitMs);
      request.isolation_level = isolation;
      waiting.send(request, version);
      EXPECT_TRUE(waiting.is_silent(20));
      produce(topic, 1, {"after"});
      const auto answer = waiting.receive<FetchResponse>(version);
      ASSERT_EQ(answer->responses.at(0).partitions.size(), 2u);
      EXPECT_EQ(values(answer->responses[0].partitions[1]), Values{"after"});
    }
  }
}

TEST_F(FetchTest, WaitsForMinBytes) {
  const auto topic = create_topic();
  Client waiting(broker().port());
  auto request = fetch_request(topic, {{0, 0}}, kLongWaitMs);
  request.min_bytes = 3000;
  waiting.send(request, 13);
  const std::string kilobyte(1000, 'x');
  produce(topic, 0, {kilobyte});
  produce(topic, 0, {kilobyte});
  EXPECT_TRUE(waiting.is_silent(20));
  produce(topic, 0, {kilobyte});
  EXPECT_EQ(values(only(waiting.receive<FetchResponse>(13))).size(), 3u);
}

TEST_F(FetchTest, MinBytesBeyondMaxBytesIsNotWaitedFor) {
  const auto topic = create_topic();
  produce(topic, 0, {std::string(1000, 'x')});
  auto request = fetch_request(topic, {{0, 0}}, kLongWaitMs);
  request.min_bytes = 1 << 30;
  request.max_bytes = 500;
  EXPECT_EQ(values(only(client.call<FetchResponse>(request, 13))).size(), 1u);
}

TEST_F(FetchTest, AnswersWhatThereIsWhenTheTimeIsOver) {
  const auto topic = create_topic();
  produce(topic, 0, {"little"});
  auto request = fetch_request(topic, {{0, 0}}, 30);
  request.min_bytes = 100'000;
  EXPECT_EQ(values(only(client.call<FetchResponse>(request, 13))), Values{"little"});
  EXPECT_EQ(values(only(client.call<FetchResponse>(fetch_request(topic, {{0, 1}}, 30), 13))),
            Values{});
  request = fetch_request(topic, {{0, 1}}, kLongWaitMs);
  request.min_bytes = 0;
  EXPECT_EQ(only(client.call<FetchResponse>(request, 13)).high_watermark, 1);
}

TEST_F(FetchTest, AnErrorOfOnePartitionEndsTheWaitOfAll) {
  const auto topic = create_topic(2);
  const auto answer =
      client.call<FetchResponse>(fetch_request(topic, {{0, 0}, {1, 9}}, kLongWaitMs), 13);
  EXPECT_EQ(answer->responses.at(0).partitions.at(1).error_code,
            code(ErrorCode::OFFSET_OUT_OF_RANGE));
}

TEST_F(FetchTest, DeletionOfTheTopicEndsTheWait) {
  const auto topic = create_topic();
  Client waiting(broker().port());
  waiting.send(fetch_request(topic, {{0, 0}}, kLongWaitMs), 13);
  EXPECT_TRUE(waiting.is_silent(20));
  DeleteTopicsRequest request;
  request.timeout_ms = 60'000;
  request.topics.push_back({std::nullopt, topic.id});
  EXPECT_EQ(client.call<DeleteTopicsResponse>(request, 6)->responses.at(0).error_code, 0);
  EXPECT_NE(only(waiting.receive<FetchResponse>(13)).error_code, 0);
}

TEST_F(FetchTest, OneRecordWakesAllThatWait) {
  const auto topic = create_topic();
  std::vector<std::unique_ptr<Client>> waiting;
  for (int i = 0; i < 32; ++i) {
    waiting.push_back(std::make_unique<Client>(broker().port()));
    waiting.back()->send(fetch_request(topic, {{0, 0}}, kLongWaitMs), 13);
  }
  EXPECT_TRUE(waiting.back()->is_silent(20));
  produce(topic, 0, {"for all"});
  for (auto& each : waiting) {
    EXPECT_EQ(values(only(each->receive<FetchResponse>(13))), Values{"for all"});
  }
}

TEST_F(FetchTest, AClientThatGoesWhileItWaits) {
  const auto topic = create_topic();
  for (int i = 0; i < 20; ++i) {
    Client gone(broker().port());
    gone.send(fetch_request(topic, {{0, 0}}, 20 + i), 13);
  }
  produce(topic, 0, {"nobody"});
  EXPECT_EQ(values(only(client.call<FetchResponse>(fetch_request(topic, {{0, 0}}), 13))),
            Values{"nobody"});
}

TEST_F(FetchTest, OfAPartitionNamedTwiceTheLastCounts) {
  const auto topic = create_topic();
  produce(topic, 0, {"a"});
  produce(topic, 0, {"b"});
  for (std::int16_t version = 0; version <= 18; ++version) {
    const auto answer = client.call<FetchResponse>(fetch_request(topic, {{0, 0}, {0, 1}}), version);
    if (version < 4) {
      EXPECT_EQ(only(answer).high_watermark, 2);
    } else {
      EXPECT_EQ(values(only(answer)), Values{"b"});
    }
  }
}

TEST_F(FetchTest, NoSuchIsolationLevel) {
  const auto topic = create_topic();
  auto request = fetch_request(topic, {{0, 0}});
  request.isolation_level = 9;
  const auto failed = code(ErrorCode::UNKNOWN_SERVER_ERROR);
  for (std::int16_t version = 4; version <= 18; ++version) {
    const auto answer = client.call<FetchResponse>(request, version);
    if (version >= 7) {
      EXPECT_EQ(answer->error_code, failed);
    }
    ASSERT_EQ(answer->responses.size(), version < 13 ? 1u : 0u);
    if (version < 13) {
      EXPECT_EQ(answer->responses[0].partitions.at(0).error_code, failed);
    }
  }
}

}  // namespace
}  // namespace fluxmq::api_tests
