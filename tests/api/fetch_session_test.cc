// Fetch sessions, as a client meets them.
#include "fetch_kit.h"

namespace fluxmq::api_tests {
namespace {

class FetchSessionTest : public FetchKit {
 protected:
  // Asks for a session with these partitions; returns its id.
  std::int32_t open(const NewTopic& topic, const std::vector<Place>& places,
                    std::int16_t version = 13) {
    auto request = fetch_request(topic, places);
    request.session_epoch = 0;
    const auto answer = client.call<FetchResponse>(request, version);
    EXPECT_EQ(answer->error_code, 0);
    EXPECT_NE(answer->session_id, 0);
    EXPECT_EQ(answer->responses.at(0).partitions.size(), places.size());
    return answer->session_id;
  }
  Answer<FetchResponse> go_on(std::int32_t session_id, std::int32_t epoch,
                              const NewTopic& topic = {}, const std::vector<Place>& places = {},
                              std::int16_t version = 13) {
    auto request = fetch_request(topic, places);
    request.session_id = session_id;
    request.session_epoch = epoch;
    return client.call<FetchResponse>(request, version);
  }
};

TEST_F(FetchSessionTest, TellsOnlyWhatChanged) {
  for (std::int16_t version = 7; version <= 18; ++version) {
    const auto topic = create_topic(3);
    produce(topic, 0, {"a"});
    const auto id = open(topic, {{0, 1}, {1, 0}, {2, 0}}, version);
    auto answer = go_on(id, 1, {}, {}, version);
    EXPECT_EQ(answer->session_id, id);
    EXPECT_TRUE(answer->responses.empty());

    produce(topic, 1, {"news"});
    answer = go_on(id, 2, {}, {}, version);
    EXPECT_EQ(only(answer).partition_index, 1);
    EXPECT_EQ(values(only(answer)), Values{"news"});
    // It comes again until the client has moved on.
    EXPECT_EQ(values(only(go_on(id, 3, {}, {}, version))), Values{"news"});
    EXPECT_TRUE(go_on(id, 4, topic, {{1, 1}}, version)->responses.empty());
  }
}

TEST_F(FetchSessionTest, ErrorsAreToldEachTime) {
  const auto topic = create_topic();
  const auto id = open(topic, {{0, 0}, {7, 0}});
  for (std::int32_t epoch = 1; epoch < 4; ++epoch) {
    const auto answer = go_on(id, epoch);
    EXPECT_EQ(only(answer).partition_index, 7);
    EXPECT_EQ(only(answer).error_code, code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
  }
}

TEST_F(FetchSessionTest, WhatHadRecordsIsReadLast) {
  const auto topic = create_topic(2);
  produce(topic, 0, {"a"});
  produce(topic, 1, {"b"});
  const auto id = open(topic, {{0, 0}, {1, 0}});
  const auto first_of = [&](std::int32_t epoch) {
    FetchRequest request = fetch_request({}, {});
    request.session_id = id;
    request.session_epoch = epoch;
    request.max_bytes = 1;
    return only(client.call<FetchResponse>(request, 13)).partition_index;
  };
  EXPECT_EQ(first_of(1), 0);
  EXPECT_EQ(first_of(2), 1);
  EXPECT_EQ(first_of(3), 0);
}

TEST_F(FetchSessionTest, AddsAndForgetsPartitions) {
  const auto topic = create_topic(3);
  const auto other = create_topic(1);
  const auto id = open(topic, {{0, 0}});
  auto answer = go_on(id, 1, other, {{0, 0}});
  EXPECT_EQ(answer->responses.at(0).topic_id, other.id);
  produce(topic, 0, {"a"});
  produce(other, 0, {"b"});
  FetchRequest request = fetch_request({}, {});
  request.session_id = id;
  request.session_epoch = 2;
  request.forgotten_topics_data.push_back({topic.name, topic.id, {0}});
  answer = client.call<FetchResponse>(request, 13);
  EXPECT_EQ(answer->responses.at(0).topic_id, other.id);
  EXPECT_EQ(answer->responses.size(), 1u);
  // Without partitions there is no session.
  request.session_epoch = 3;
  request.forgotten_topics_data[0] = {other.name, other.id, {0, 5}};
  answer = client.call<FetchResponse>(request, 13);
  EXPECT_EQ(answer->error_code, 0);
  EXPECT_EQ(answer->session_id, 0);
  EXPECT_EQ(go_on(id, 4)->error_code, code(ErrorCode::FETCH_SESSION_ID_NOT_FOUND));
}

TEST_F(FetchSessionTest, Errors) {
  const auto topic = create_topic();
  const auto id = open(topic, {{0, 0}});
  auto answer = go_on(id, 5);
  EXPECT_EQ(answer->error_code, code(ErrorCode::INVALID_FETCH_SESSION_EPOCH));
  EXPECT_EQ(answer->session_id, 0);
  EXPECT_TRUE(answer->responses.empty());
  EXPECT_EQ(go_on(id ^ 1, 1)->error_code, code(ErrorCode::FETCH_SESSION_ID_NOT_FOUND));
  EXPECT_EQ(go_on(0, 1)->error_code, code(ErrorCode::FETCH_SESSION_ID_NOT_FOUND));
  // A session speaks of topics either by name or by id.
  EXPECT_EQ(go_on(id, 1, {}, {}, 12)->error_code, code(ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR));
  EXPECT_EQ(go_on(id, 1)->error_code, 0);
}

TEST_F(FetchSessionTest, AFullFetchEndsTheSessionItNames) {
  const auto topic = create_topic();
  const auto first = open(topic, {{0, 0}});
  auto request = fetch_request(topic, {{0, 0}});
  request.session_id = first;
  request.session_epoch = 0;
  const auto answer = client.call<FetchResponse>(request, 13);
  const auto second = answer->session_id;
  EXPECT_NE(second, 0);
  EXPECT_NE(second, first);
  EXPECT_EQ(go_on(first, 1)->error_code, code(ErrorCode::FETCH_SESSION_ID_NOT_FOUND));
  request.session_id = second;
  request.session_epoch = -1;
  EXPECT_EQ(client.call<FetchResponse>(request, 13)->session_id, 0);
  EXPECT_EQ(go_on(second, 1)->error_code, code(ErrorCode::FETCH_SESSION_ID_NOT_FOUND));
}

TEST_F(FetchSessionTest, WaitsAsAnyFetch) {
  const auto topic = create_topic(2);
  const auto id = open(topic, {{0, 0}, {1, 0}});
  auto request = fetch_request({}, {}, 50'000);
  request.session_id = id;
  request.session_epoch = 1;
  client.send(request, 13);
  EXPECT_TRUE(client.is_silent(20));
  Client producer(broker().port());
  auto batch = make_batch({"late"});
  producer.call<ProduceResponse>(produce_request(topic, 1, batch), 13);
  const auto answer = client.receive<FetchResponse>(13);
  EXPECT_EQ(only(answer).partition_index, 1);
  EXPECT_EQ(values(only(answer)), Values{"late"});
}

TEST(FetchSessionSettings, NoSlotsNoSessions) {
  BrokerProcess broker(with_broker_plugins({"max.incremental.fetch.session.cache.slots=0"}));
  Client client(broker.port());
  FetchRequest request;
  request.session_epoch = 0;
  request.topics.emplace_back().topic = "x";
  request.topics[0].partitions.emplace_back();
  const auto answer = client.call<FetchResponse>(request, 12);
  EXPECT_EQ(answer->error_code, 0);
  EXPECT_EQ(answer->session_id, 0);
}

}  // namespace
}  // namespace fluxmq::api_tests
