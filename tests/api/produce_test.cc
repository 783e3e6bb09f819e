// Produce and InitProducerId.
#include "api_test.h"
#include "fluxmq/protocol/messages/api_versions.h"
#include "fluxmq/protocol/messages/describe_producers.h"
#include "fluxmq/protocol/messages/init_producer_id.h"

namespace fluxmq::api_tests {
namespace {

class ProduceTest : public ApiTest {
 protected:
  using Result = ProduceResponse::PartitionProduceResponse;

  std::int16_t error_of(const ProduceRequest& request, std::int16_t version) {
    const auto answer = client.call<ProduceResponse>(request, version);
    const auto& result = answer->responses.at(0).partition_responses.at(0);
    if (result.error_code != 0) {
      EXPECT_EQ(result.base_offset, -1);
    }
    return result.error_code;
  }
};

TEST_F(ProduceTest, InEachVersionWithEachAcks) {
  const auto topic = create_topic();
  std::int64_t next_offset = 0;
  for (std::int16_t version = 3; version <= 13; ++version) {
    for (const std::int16_t acks : {std::int16_t{1}, std::int16_t{-1}}) {
      auto batch = make_batch({"one", "two"});
      const auto answer =
          client.call<ProduceResponse>(produce_request(topic, 0, batch, acks), version);
      ASSERT_EQ(answer->responses.size(), 1u);
      if (version >= 13) {
        EXPECT_EQ(answer->responses[0].topic_id, topic.id);
      } else {
        EXPECT_EQ(answer->responses[0].name, topic.name);
      }
      const Result& result = answer->responses[0].partition_responses.at(0);
      EXPECT_EQ(result.error_code, 0);
      EXPECT_EQ(result.base_offset, next_offset);
      EXPECT_EQ(result.log_append_time_ms, -1);
      if (version >= 5) {
        EXPECT_EQ(result.log_start_offset, 0);
      }
      EXPECT_TRUE(result.record_errors.empty());
      EXPECT_EQ(result.error_message, std::nullopt);
      EXPECT_TRUE(answer->node_endpoints.empty());
      next_offset += 2;
    }
  }
}

TEST_F(ProduceTest, WithoutAcksTheNextRequestIsAnsweredFirst) {
  const auto topic = create_topic();
  auto batch = make_batch({"quiet"});
  client.send(produce_request(topic, 0, batch, 0), 9);
  EXPECT_EQ(client.call<ApiVersionsResponse>(ApiVersionsRequest{}, 0)->error_code, 0);
  EXPECT_EQ(produce(topic, 0, {"loud"}), 1);
}

TEST_F(ProduceTest, WithoutAcksAnErrorClosesTheConnection) {
  const auto topic = create_topic();
  auto batch = make_batch({"lost"});
  client.send(produce_request(topic, 7, batch, 0), 9);
  EXPECT_TRUE(client.is_closed());
}

TEST_F(ProduceTest, UnknownTopicsAndPartitions) {
  const auto topic = create_topic();
  auto batch = make_batch({"x"});
  const auto unknown = code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
  for (std::int16_t version = 3; version <= 12; ++version) {
    EXPECT_EQ(error_of(produce_request({"nowhere", {}}, 0, batch), version), unknown);
    EXPECT_EQ(error_of(produce_request(topic, 1, batch), version), unknown);
    EXPECT_EQ(error_of(produce_request(topic, -1, batch), version), unknown);
  }
  EXPECT_EQ(error_of(produce_request(topic, 1, batch), 13), unknown);
  Uuid id;
  id.bytes[3] = 1;
  EXPECT_EQ(error_of(produce_request({"", id}, 0, batch), 13), code(ErrorCode::UNKNOWN_TOPIC_ID));
  EXPECT_EQ(error_of(produce_request({"", {}}, 0, batch), 13), code(ErrorCode::UNKNOWN_TOPIC_ID));
}

TEST_F(ProduceTest, InvalidRequests) {
  const auto topic = create_topic();
  auto batch = make_batch({"x"});
  for (const std::int16_t acks : {std::int16_t{2}, std::int16_t{-2}}) {
    EXPECT_EQ(error_of(produce_request(topic, 0, batch, acks), 9),
              code(ErrorCode::INVALID_REQUIRED_ACKS));
  }
  auto request = produce_request(topic, 0, batch);
  request.topic_data[0].partition_data[0].records.is_null = true;
  EXPECT_EQ(error_of(request, 9), code(ErrorCode::INVALID_RECORD));
  std::vector<std::uint8_t> none;
  EXPECT_EQ(error_of(produce_request(topic, 0, none), 9), code(ErrorCode::INVALID_RECORD));
  auto cut = batch;
  cut.resize(30);
  EXPECT_EQ(error_of(produce_request(topic, 0, cut), 9), code(ErrorCode::INVALID_RECORD));
  auto two = batch;
  two.insert(two.end(), batch.begin(), batch.end());
  EXPECT_EQ(error_of(produce_request(topic, 0, two), 9), code(ErrorCode::INVALID_RECORD));
  auto corrupt = batch;
  corrupt.back() ^= 1;
  EXPECT_EQ(error_of(produce_request(topic, 0, corrupt), 9), code(ErrorCode::CORRUPT_MESSAGE));
  ProduceRequest empty;
  empty.acks = 1;
  EXPECT_TRUE(client.call<ProduceResponse>(empty, 9)->responses.empty());
  EXPECT_EQ(produce(topic, 0, {"first"}), 0);
}

TEST_F(ProduceTest, ZstdNeedsVersion7) {
  const auto topic = create_topic();
  auto batch = make_batch({"x"});
  MutableRecordBatch header(batch);
  header.set_attributes(static_cast<std::int16_t>(Compression::kZstd));
  header.set_crc(crc32c(header.checksummed()));
  for (std::int16_t version = 3; version <= 6; ++version) {
    EXPECT_EQ(error_of(produce_request(topic, 0, batch), version),
              code(ErrorCode::UNSUPPORTED_COMPRESSION_TYPE));
  }
}

TEST_F(ProduceTest, TransactionalRecordsAreRefused) {
  const auto topic = create_topic();
  RecordBatchFacts facts;
  facts.producer_id = 1;
  facts.producer_epoch = 0;
  facts.base_sequence = 0;
  facts.is_transactional = true;
  auto batch = make_batch({"x"}, facts);
  auto request = produce_request(topic, 0, batch);
  EXPECT_EQ(error_of(request, 9), code(ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED));
  request.transactional_id = "t";
  EXPECT_EQ(error_of(request, 9), code(ErrorCode::INVALID_TXN_STATE));
  auto plain = make_batch({"x"});
  request.topic_data[0].partition_data[0].records.bytes = plain;
  EXPECT_EQ(error_of(request, 9), 0);
}

TEST_F(ProduceTest, ManyPartitionsOfManyTopicsAtOnce) {
  const auto one = create_topic(3);
  const auto other = create_topic(2);
  auto batch = make_batch({"x"});
  ProduceRequest request;
  request.acks = -1;
  for (const auto* topic : {&one, &other}) {
    auto& data = request.topic_data.emplace_back();
    data.name = topic->name;
    for (std::int32_t i = 0; i < 3; ++i) {
      data.partition_data.emplace_back().index = i;
      data.partition_data.back().records.bytes = batch;
    }
  }
  const auto answer = client.call<ProduceResponse>(request, 9);
  ASSERT_EQ(answer->responses.size(), 2u);
  for (std::size_t t = 0; t < 2; ++t) {
    ASSERT_EQ(answer->responses[t].partition_responses.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
      const Result& result = answer->responses[t].partition_responses[i];
      const bool exists = t == 0 || i < 2;
      EXPECT_EQ(result.index, static_cast<std::int32_t>(i));
      EXPECT_EQ(result.error_code, exists ? 0 : code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
      EXPECT_EQ(result.base_offset, exists ? 0 : -1);
    }
  }
}

TEST_F(ProduceTest, OfAPartitionNamedTwiceTheLastCounts) {
  const auto topic = create_topic();
  auto first = make_batch({"dropped"});
  auto last = make_batch({"kept", "kept too"});
  auto request = produce_request(topic, 0, first);
  request.topic_data[0].partition_data.emplace_back().records.bytes = last;
  const auto answer = client.call<ProduceResponse>(request, 9);
  ASSERT_EQ(answer->responses.at(0).partition_responses.size(), 1u);
  EXPECT_EQ(answer->responses[0].partition_responses[0].base_offset, 0);
  EXPECT_EQ(produce(topic, 0, {"next"}), 2);
}

TEST_F(ProduceTest, IdempotentProducer) {
  const auto topic = create_topic();
  InitProducerIdRequest init;
  init.transactional_id.reset();
  const auto id = client.call<InitProducerIdResponse>(init, 4)->producer_id;
  const auto send = [&](std::int32_t sequence) {
    RecordBatchFacts facts;
    facts.producer_id = id;
    facts.producer_epoch = 0;
    facts.base_sequence = sequence;
    auto batch = make_batch({"a", "b"}, facts);
    const auto answer = client.call<ProduceResponse>(produce_request(topic, 0, batch), 9);
    const Result& result = answer->responses.at(0).partition_responses.at(0);
    return std::pair(result.error_code, result.base_offset);
  };
  EXPECT_EQ(send(0), std::pair(std::int16_t{0}, std::int64_t{0}));
  EXPECT_EQ(send(2), std::pair(std::int16_t{0}, std::int64_t{2}));
  EXPECT_EQ(send(0), std::pair(std::int16_t{0}, std::int64_t{0}));  // sent again, stored once
  EXPECT_EQ(send(9).first, code(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER));
  EXPECT_EQ(send(4), std::pair(std::int16_t{0}, std::int64_t{4}));
}

TEST_F(ProduceTest, ATopicWithoutPartitionsIsNotAnswered) {
  const auto topic = create_topic();
  ProduceRequest request;
  request.acks = 1;
  request.topic_data.emplace_back().name = topic.name;
  EXPECT_TRUE(client.call<ProduceResponse>(request, 9)->responses.empty());
}

TEST_F(ProduceTest, DescribeProducers) {
  const auto topic = create_topic(2);
  RecordBatchFacts facts;
  facts.producer_id = 77;
  facts.producer_epoch = 3;
  facts.base_sequence = 0;
  auto batch = make_batch({"a", "b"}, facts, 5000);
  client.call<ProduceResponse>(produce_request(topic, 1, batch), 9);
  DescribeProducersRequest request;
  request.topics.push_back({topic.name, {0, 1, 2}});
  request.topics.push_back({"nowhere", {0}});
  request.topics.push_back({"no name", {0}});
  const auto answer = client.call<DescribeProducersResponse>(request, 0);
  ASSERT_EQ(answer->topics.size(), 3u);
  EXPECT_EQ(answer->topics[2].partitions.at(0).error_code,
            code(ErrorCode::INVALID_TOPIC_EXCEPTION));
  const auto& partitions = answer->topics[0].partitions;
  ASSERT_EQ(partitions.size(), 3u);
  EXPECT_EQ(partitions[0].error_code, 0);
  EXPECT_TRUE(partitions[0].active_producers.empty());
  ASSERT_EQ(partitions[1].active_producers.size(), 1u);
  const auto& producer = partitions[1].active_producers[0];
  EXPECT_EQ(producer.producer_id, 77);
  EXPECT_EQ(producer.producer_epoch, 3);
  EXPECT_EQ(producer.last_sequence, 1);
  EXPECT_EQ(producer.last_timestamp, 5000);
  EXPECT_EQ(producer.coordinator_epoch, -1);
  EXPECT_EQ(producer.current_txn_start_offset, -1);
  EXPECT_EQ(partitions[2].error_code, code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
  EXPECT_EQ(partitions[2].error_message, std::nullopt);
  EXPECT_EQ(answer->topics[1].partitions.at(0).error_code,
            code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
  EXPECT_EQ(answer->topics[1].partitions.at(0).error_message,
            error_message(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
}

TEST_F(ProduceTest, InitProducerIdInEachVersion) {
  std::int64_t last = -1;
  for (std::int16_t version = 0; version <= 5; ++version) {
    InitProducerIdRequest request;
    request.transactional_id.reset();
    auto answer = client.call<InitProducerIdResponse>(request, version);
    EXPECT_EQ(answer->error_code, 0);
    EXPECT_EQ(answer->producer_epoch, 0);
    EXPECT_GT(answer->producer_id, last);
    last = answer->producer_id;
    if (version < 3) continue;
    request.producer_id = last;
    request.producer_epoch = 3;
    answer = client.call<InitProducerIdResponse>(request, version);
    EXPECT_EQ(answer->error_code, 0);
    EXPECT_GT(answer->producer_id, last);
    last = answer->producer_id;
    request.producer_epoch = -1;
    answer = client.call<InitProducerIdResponse>(request, version);
    EXPECT_EQ(answer->error_code, code(ErrorCode::INVALID_REQUEST));
    EXPECT_EQ(answer->producer_id, -1);
    EXPECT_EQ(answer->producer_epoch, -1);
  }
}

TEST_F(ProduceTest, TransactionsAreNotServed) {
  InitProducerIdRequest request;
  request.transactional_id = "t";
  EXPECT_EQ(client.call<InitProducerIdResponse>(request, 4)->error_code,
            code(ErrorCode::UNSUPPORTED_VERSION));
  request.transactional_id = "";
  EXPECT_EQ(client.call<InitProducerIdResponse>(request, 4)->error_code,
            code(ErrorCode::INVALID_REQUEST));
}

}  // namespace
}  // namespace fluxmq::api_tests
