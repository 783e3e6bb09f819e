// What the tests of the APIs begin with: a broker of their own, and topics with records in them.
#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker_process.h"
#include "client.h"
#include "fluxmq/protocol/errors.h"
#include "fluxmq/protocol/messages/create_topics.h"
#include "fluxmq/protocol/messages/metadata.h"
#include "fluxmq/protocol/messages/produce.h"
#include "fluxmq/protocol/record_batch_builder.h"

namespace fluxmq::api_tests {

using namespace protocol;
using kernel_tests::BrokerProcess;

// For EXPECT_EQ: error codes are integers in messages.
inline std::int16_t code(ErrorCode error) {
  return to_int16(error);
}

inline std::int64_t wall_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

inline std::vector<std::string> with_broker_plugins(std::vector<std::string> settings) {
  settings.push_back(std::string("plugin.path=") + FLUXMQ_BROKER_PLUGINS);
  return settings;
}

// One batch with these values.
inline std::vector<std::uint8_t> make_batch(const std::vector<std::string>& values,
                                            const RecordBatchFacts& facts = {},
                                            std::int64_t timestamp_ms = wall_ms()) {
  RecordBatchBuilder builder(facts);
  for (const auto& value : values) builder.append(timestamp_ms, std::nullopt, as_bytes(value));
  const auto bytes = builder.finish();
  return {bytes.begin(), bytes.end()};
}

// The values of all records of a fetched range.
inline std::vector<std::string> values_of(Bytes range) {
  std::vector<std::string> values;
  RecordBatchCursor cursor(range);
  while (const auto batch = cursor.next()) {
    RecordReader reader(*batch);
    for (Record record; reader.next(record);) values.emplace_back(as_text(*record.value));
  }
  return values;
}

// One broker for all tests of a suite; each test has topics of its own.
class ApiTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    broker_ = std::make_unique<BrokerProcess>(with_broker_plugins({}));
  }
  static void TearDownTestSuite() { broker_.reset(); }
  static BrokerProcess& broker() { return *broker_; }

  ApiTest() : client(broker_->port()) {}

  static std::string new_name() {
    static std::atomic<int> count{0};
    return std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) + "-" +
           std::to_string(++count);
  }

  struct NewTopic {
    std::string name;
    Uuid id;
  };
  NewTopic create_topic(std::int32_t partitions = 1) {
    NewTopic topic{new_name(), {}};
    CreateTopicsRequest request;
    auto& asked = request.topics.emplace_back();
    asked.name = topic.name;
    asked.num_partitions = partitions;
    asked.replication_factor = 1;
    const auto answer = client.call<CreateTopicsResponse>(request, 7);
    EXPECT_EQ(answer->topics.at(0).error_code, 0);
    topic.id = answer->topics.at(0).topic_id;
    return topic;
  }

  // A request for one partition.
  static ProduceRequest produce_request(const NewTopic& topic, std::int32_t partition,
                                        std::vector<std::uint8_t>& batch, std::int16_t acks = 1) {
    ProduceRequest request;
    request.acks = acks;
    request.timeout_ms = 1000;
    auto& data = request.topic_data.emplace_back();
    data.name = topic.name;
    data.topic_id = topic.id;
    data.partition_data.emplace_back().index = partition;
    data.partition_data.back().records.bytes = batch;
    return request;
  }
  // Returns the base offset.
  std::int64_t produce(const NewTopic& topic, std::int32_t partition,
                       const std::vector<std::string>& values) {
    auto batch = make_batch(values);
    const auto answer = client.call<ProduceResponse>(produce_request(topic, partition, batch), 13);
    const auto& result = answer->responses.at(0).partition_responses.at(0);
    EXPECT_EQ(result.error_code, 0);
    return result.base_offset;
  }

  Client client;

 private:
  static inline std::unique_ptr<BrokerProcess> broker_;
};

}  // namespace fluxmq::api_tests
