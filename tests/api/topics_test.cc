// CreateTopics, DeleteTopics and CreatePartitions.
#include <thread>

#include "api_test.h"
#include "fluxmq/host.h"
#include "fluxmq/protocol/messages/create_partitions.h"
#include "fluxmq/protocol/messages/delete_topics.h"

namespace fluxmq::api_tests {
namespace {

class TopicsTest : public ApiTest {
 protected:
  using Created = CreateTopicsResponse::CreatableTopicResult;

  static CreateTopicsRequest creation(std::string_view name, std::int32_t partitions = 1,
                                      std::int16_t replication_factor = 1) {
    CreateTopicsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = name;
    topic.num_partitions = partitions;
    topic.replication_factor = replication_factor;
    return request;
  }
  std::size_t partitions_of(std::string_view name) {
    MetadataRequest request;
    request.topics->emplace_back().name = name;
    request.allow_auto_topic_creation = false;
    const auto answer = client.call<MetadataResponse>(request, 4);
    return answer->topics.at(0).partitions.size();
  }
  std::int16_t creation_error(const CreateTopicsRequest& request, std::int16_t version = 7) {
    return client.call<CreateTopicsResponse>(request, version)->topics.at(0).error_code;
  }
};

TEST_F(TopicsTest, CreateInEachVersion) {
  for (std::int16_t version = 0; version <= 7; ++version) {
    const auto name = new_name();
    auto request = creation(name, 2);
    request.topics[0].configs.push_back({"retention.ms", "5000"});
    auto answer = client.call<CreateTopicsResponse>(request, version);
    const Created& created = answer->topics.at(0);
    EXPECT_EQ(created.name, name);
    EXPECT_EQ(created.error_code, 0);
    if (version >= 1) {
      EXPECT_EQ(created.error_message, std::nullopt);
    }
    if (version >= 7) {
      EXPECT_FALSE(created.topic_id.is_zero());
    }
    if (version >= 5) {
      EXPECT_EQ(created.num_partitions, 2);
      EXPECT_EQ(created.replication_factor, 1);
      ASSERT_TRUE(created.configs);
      EXPECT_TRUE(std::is_sorted(created.configs->begin(), created.configs->end(),
                                 [](const auto& a, const auto& b) { return a.name < b.name; }));
      bool is_told = false;
      for (const auto& config : *created.configs) {
        if (config.name == "retention.ms") {
          is_told = true;
          EXPECT_EQ(config.value, "5000");
          EXPECT_EQ(config.config_source, 1);
        } else {
          EXPECT_EQ(config.config_source, 5);
        }
      }
      EXPECT_TRUE(is_told);
    }
    EXPECT_EQ(partitions_of(name), 2u);
    EXPECT_EQ(creation_error(request, version), code(ErrorCode::TOPIC_ALREADY_EXISTS));
  }
}

TEST_F(TopicsTest, CreateWithDefaults) {
  const auto name = new_name();
  const auto answer = client.call<CreateTopicsResponse>(creation(name, -1, -1), 5);
  EXPECT_EQ(answer->topics.at(0).num_partitions, 1);
  EXPECT_EQ(answer->topics.at(0).replication_factor, 1);
}

TEST_F(TopicsTest, CreateWithAnAssignment) {
  auto request = creation("", -1, -1);
  const auto name = new_name();
  request.topics[0].name = name;
  request.topics[0].assignments = {{1, {1}}, {0, {1}}};
  EXPECT_EQ(creation_error(request), 0);
  EXPECT_EQ(partitions_of(name), 2u);
  const auto other = new_name();
  request.topics[0].name = other;
  request.topics[0].assignments = {{0, {7}}};
  EXPECT_EQ(creation_error(request), code(ErrorCode::INVALID_REPLICA_ASSIGNMENT));
}

TEST_F(TopicsTest, CreateErrors) {
  const auto name = new_name();
  EXPECT_EQ(creation_error(creation("a/b")), code(ErrorCode::INVALID_TOPIC_EXCEPTION));
  EXPECT_EQ(creation_error(creation("")), code(ErrorCode::INVALID_TOPIC_EXCEPTION));
  EXPECT_EQ(creation_error(creation(std::string(250, 'x'))),
            code(ErrorCode::INVALID_TOPIC_EXCEPTION));
  EXPECT_EQ(creation_error(creation(name, 0)), code(ErrorCode::INVALID_PARTITIONS));
  EXPECT_EQ(creation_error(creation(name, 1, 3)), code(ErrorCode::INVALID_REPLICATION_FACTOR));
  auto request = creation(name);
  request.topics[0].configs.push_back({"no.such.config", "1"});
  EXPECT_EQ(creation_error(request), code(ErrorCode::INVALID_CONFIG));
  const auto answer = client.call<CreateTopicsResponse>(request, 7);
  EXPECT_EQ(answer->topics[0].num_partitions, -1);
  EXPECT_TRUE(answer->topics[0].error_message);
  EXPECT_EQ(partitions_of(name), 0u);
  EXPECT_TRUE(client.call<CreateTopicsResponse>(CreateTopicsRequest{}, 7)->topics.empty());
}

TEST_F(TopicsTest, CreateRefusesDuplicatesAndCreatesTheRest) {
  const auto twice = new_name();
  const auto once = new_name();
  auto request = creation(twice);
  request.topics.push_back(creation(once).topics[0]);
  request.topics.push_back(creation(twice).topics[0]);
  const auto answer = client.call<CreateTopicsResponse>(request, 7);
  ASSERT_EQ(answer->topics.size(), 2u);
  EXPECT_EQ(answer->topics[0].name, once);
  EXPECT_EQ(answer->topics[0].error_code, 0);
  EXPECT_EQ(answer->topics[1].name, twice);
  EXPECT_EQ(answer->topics[1].error_code, code(ErrorCode::INVALID_REQUEST));
  EXPECT_EQ(answer->topics[1].error_message, "Duplicate topic name.");
}

TEST_F(TopicsTest, ValidateOnlyCreatesNothing) {
  const auto name = new_name();
  auto request = creation(name, 3);
  request.validate_only = true;
  for (std::int16_t version = 1; version <= 7; ++version) {
    const auto answer = client.call<CreateTopicsResponse>(request, version);
    EXPECT_EQ(answer->topics.at(0).error_code, 0);
    if (version >= 5) {
      EXPECT_EQ(answer->topics[0].num_partitions, 3);
    }
  }
  EXPECT_EQ(partitions_of(name), 0u);
}

TEST_F(TopicsTest, ValidateOnlyTellsTheConfigsThatThereWouldBe) {
  const auto name = new_name();
  auto request = creation(name);
  request.topics[0].configs.push_back({"retention.ms", " 7 "});
  const auto told = [&](bool validate_only) {
    request.validate_only = validate_only;
    std::vector<std::string> configs;
    const auto answer = client.call<CreateTopicsResponse>(request, 7);
    for (const auto& config : *answer->topics.at(0).configs) {
      configs.push_back(concat(config.name, "=", config.value.value_or("null"), ":",
                               static_cast<int>(config.config_source)));
    }
    return configs;
  };
  const auto expected = told(true);
  EXPECT_EQ(told(false), expected);
  EXPECT_NE(std::find(expected.begin(), expected.end(), "retention.ms= 7 :1"), expected.end());
  EXPECT_NE(std::find(expected.begin(), expected.end(), "cleanup.policy=delete:5"), expected.end());
}

TEST_F(TopicsTest, WithoutTimeNothingIsDone) {
  const auto timed_out = code(ErrorCode::REQUEST_TIMED_OUT);
  const auto topic = create_topic();
  for (const std::int32_t timeout_ms : {0, -1}) {
    const auto name = new_name();
    auto creations = creation(name);
    creations.timeout_ms = timeout_ms;
    const auto answer = client.call<CreateTopicsResponse>(creations, 7);
    EXPECT_EQ(answer->topics.at(0).error_code, timed_out);
    EXPECT_EQ(answer->topics[0].error_message, std::nullopt);
    EXPECT_EQ(partitions_of(name), 0u);

    CreatePartitionsRequest growth;
    growth.timeout_ms = timeout_ms;
    growth.topics = {{topic.name, 2, std::nullopt}};
    EXPECT_EQ(client.call<CreatePartitionsResponse>(growth, 3)->results.at(0).error_code,
              timed_out);
    DeleteTopicsRequest deletion;
    deletion.timeout_ms = timeout_ms;
    deletion.topic_names = {topic.name};
    EXPECT_EQ(client.call<DeleteTopicsResponse>(deletion, 5)->responses.at(0).error_code,
              timed_out);
    EXPECT_EQ(partitions_of(topic.name), 1u);
  }
}

// Whether it is in time or not: the topics are created.
TEST_F(TopicsTest, WorkGoesOnWhenTimeIsOver) {
  CreateTopicsRequest request;
  std::vector<std::string> names;
  for (int i = 0; i < 300; ++i) names.push_back(new_name());
  for (const auto& name : names) request.topics.push_back(creation(name).topics[0]);
  request.timeout_ms = 1;
  const auto answer = client.call<CreateTopicsResponse>(request, 7);
  for (const auto& topic : answer->topics) {
    EXPECT_TRUE(topic.error_code == 0 || topic.error_code == code(ErrorCode::REQUEST_TIMED_OUT));
  }
  for (const auto& name : names) {
    while (partitions_of(name) == 0) std::this_thread::yield();
  }
}

TEST_F(TopicsTest, CreateManyAtOnce) {
  std::vector<std::string> names;
  for (int i = 0; i < 200; ++i) names.push_back(new_name());
  CreateTopicsRequest request;
  for (const auto& name : names) request.topics.push_back(creation(name).topics[0]);
  const auto answer = client.call<CreateTopicsResponse>(request, 7);
  ASSERT_EQ(answer->topics.size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(answer->topics[i].name, names[i]);
    EXPECT_EQ(answer->topics[i].error_code, 0);
  }
}

TEST_F(TopicsTest, DeleteInEachVersion) {
  for (std::int16_t version = 0; version <= 6; ++version) {
    const auto topic = create_topic();
    DeleteTopicsRequest request;
    request.timeout_ms = 60'000;
    if (version < 6) {
      request.topic_names = {topic.name, "nowhere"};
    } else {
      request.topics = {{topic.name, Uuid{}}, {"nowhere", Uuid{}}};
    }
    const auto answer = client.call<DeleteTopicsResponse>(request, version);
    ASSERT_EQ(answer->responses.size(), 2u);
    EXPECT_EQ(answer->responses[0].name, topic.name);
    EXPECT_EQ(answer->responses[0].error_code, 0);
    if (version >= 6) {
      EXPECT_EQ(answer->responses[0].topic_id, topic.id);
    }
    EXPECT_EQ(answer->responses[1].error_code, code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
    EXPECT_EQ(partitions_of(topic.name), 0u);
  }
}

TEST_F(TopicsTest, DeleteById) {
  const auto topic = create_topic();
  const auto both = create_topic();
  Uuid unknown;
  unknown.bytes[1] = 1;
  DeleteTopicsRequest request;
  request.timeout_ms = 60'000;
  request.topics = {{std::nullopt, topic.id}, {std::nullopt, unknown}, {std::nullopt, Uuid{}},
                    {"named", topic.id},      {both.name, Uuid{}},     {std::nullopt, both.id}};
  const auto answer = client.call<DeleteTopicsResponse>(request, 6);
  ASSERT_EQ(answer->responses.size(), 5u);
  const auto find = [&](std::int16_t error, const Uuid& id) {
    return std::count_if(answer->responses.begin(), answer->responses.end(), [&](const auto& each) {
      return each.error_code == error && each.topic_id == id;
    });
  };
  const auto invalid = code(ErrorCode::INVALID_REQUEST);
  EXPECT_EQ(find(0, topic.id), 1);
  EXPECT_EQ(find(code(ErrorCode::UNKNOWN_TOPIC_ID), unknown), 1);
  EXPECT_EQ(find(invalid, Uuid{}), 1);
  EXPECT_EQ(find(invalid, topic.id), 1);  // named as well
  EXPECT_EQ(find(invalid, both.id), 1);
  EXPECT_EQ(partitions_of(topic.name), 0u);
  EXPECT_EQ(partitions_of(both.name), 1u);
}

TEST_F(TopicsTest, DeleteRefusesDuplicates) {
  const auto by_name = create_topic();
  const auto by_id = create_topic();
  DeleteTopicsRequest request;
  request.timeout_ms = 60'000;
  request.topics = {{by_name.name, Uuid{}},
                    {by_name.name, Uuid{}},
                    {std::nullopt, by_id.id},
                    {std::nullopt, by_id.id}};
  const auto answer = client.call<DeleteTopicsResponse>(request, 6);
  ASSERT_EQ(answer->responses.size(), 2u);
  EXPECT_EQ(answer->responses[0].error_message, "Duplicate topic name.");
  EXPECT_EQ(answer->responses[1].error_message, "Duplicate topic id.");
  EXPECT_EQ(partitions_of(by_name.name), 1u);
  EXPECT_EQ(partitions_of(by_id.name), 1u);
}

TEST_F(TopicsTest, ATopicOfTheSameNameIsAnotherOne) {
  const auto topic = create_topic();
  produce(topic, 0, {"old"});
  DeleteTopicsRequest deletion;
  deletion.timeout_ms = 60'000;
  deletion.topic_names = {topic.name};
  client.call<DeleteTopicsResponse>(deletion, 5);
  const auto answer = client.call<CreateTopicsResponse>(creation(topic.name), 7);
  EXPECT_EQ(answer->topics.at(0).error_code, 0);
  EXPECT_NE(answer->topics[0].topic_id, topic.id);
  EXPECT_EQ(produce({topic.name, answer->topics[0].topic_id}, 0, {"new"}), 0);
}

TEST(TopicsSettings, DeletionCanBeSwitchedOff) {
  BrokerProcess broker(with_broker_plugins({"delete.topic.enable=false"}));
  Client client(broker.port());
  DeleteTopicsRequest request;
  request.timeout_ms = 60'000;
  request.topic_names = {"any"};
  EXPECT_EQ(client.call<DeleteTopicsResponse>(request, 2)->responses.at(0).error_code,
            code(ErrorCode::INVALID_REQUEST));
  EXPECT_EQ(client.call<DeleteTopicsResponse>(request, 3)->responses.at(0).error_code,
            code(ErrorCode::TOPIC_DELETION_DISABLED));
}

TEST_F(TopicsTest, CreatePartitionsInEachVersion) {
  for (std::int16_t version = 0; version <= 3; ++version) {
    const auto topic = create_topic(2);
    CreatePartitionsRequest request;
    request.timeout_ms = 60'000;
    auto& asked = request.topics.emplace_back();
    asked.name = topic.name;
    asked.assignments.reset();
    const auto grow = [&](std::int32_t count) {
      request.topics[0].count = count;
      return client.call<CreatePartitionsResponse>(request, version)->results.at(0).error_code;
    };
    request.validate_only = true;
    EXPECT_EQ(grow(4), 0);
    EXPECT_EQ(partitions_of(topic.name), 2u);
    request.validate_only = false;
    EXPECT_EQ(grow(4), 0);
    EXPECT_EQ(partitions_of(topic.name), 4u);
    EXPECT_EQ(produce(topic, 3, {"in a new one"}), 0);
    for (const std::int32_t count : {4, 1, 0, -1}) {
      EXPECT_EQ(grow(count), code(ErrorCode::INVALID_PARTITIONS));
    }
    asked.name = "nowhere";
    EXPECT_EQ(grow(4), code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
  }
}

TEST_F(TopicsTest, CreatePartitionsWithAssignments) {
  const auto topic = create_topic();
  using Assignments = std::vector<CreatePartitionsRequest::CreatePartitionsAssignment>;
  const auto grow = [&](std::int32_t count, Assignments assignments) {
    CreatePartitionsRequest request;
    request.timeout_ms = 60'000;
    request.topics.push_back({topic.name, count, std::move(assignments)});
    return client.call<CreatePartitionsResponse>(request, 3)->results.at(0).error_code;
  };
  const auto invalid = code(ErrorCode::INVALID_REPLICA_ASSIGNMENT);
  EXPECT_EQ(grow(2, {}), invalid);
  EXPECT_EQ(grow(2, {{{1}}, {{1}}}), invalid);
  EXPECT_EQ(grow(2, {{{9}}}), invalid);
  EXPECT_EQ(grow(2, {{{1, 1}}}), invalid);
  EXPECT_EQ(grow(2, {{{}}}), invalid);
  EXPECT_EQ(grow(2, {{{1}}}), 0);
  EXPECT_EQ(partitions_of(topic.name), 2u);
}

TEST_F(TopicsTest, CreatePartitionsRefusesDuplicates) {
  const auto topic = create_topic();
  CreatePartitionsRequest request;
  request.timeout_ms = 60'000;
  request.topics = {{topic.name, 2, std::nullopt}, {topic.name, 3, std::nullopt}};
  const auto answer = client.call<CreatePartitionsResponse>(request, 3);
  ASSERT_EQ(answer->results.size(), 1u);
  EXPECT_EQ(answer->results[0].error_code, code(ErrorCode::INVALID_REQUEST));
  EXPECT_EQ(answer->results[0].error_message, "Duplicate topic name.");
}

TEST(TopicsSettings, TooManyReplicasAreCappedIfTheBrokerSaysSo) {
  BrokerProcess broker(
      with_broker_plugins({"replication.factor.cap.enable=true", "default.replication.factor=3"}));
  Client client(broker.port());
  CreateTopicsRequest creation;
  creation.topics = {
      {"asks", 1, 3, {}, {}}, {"most", 1, INT16_MAX, {}, {}}, {"default", 1, -1, {}, {}}};
  const auto created = client.call<CreateTopicsResponse>(creation, 7);
  for (const auto& topic : created->topics) {
    EXPECT_EQ(topic.error_code, 0);
    EXPECT_EQ(topic.replication_factor, 1);
  }
  creation.topics = {{"none", 1, 0, {}, {}}, {"manual", -1, -1, {{0, {1, 2}}}, {}}};
  const auto refused = client.call<CreateTopicsResponse>(creation, 7);
  EXPECT_EQ(refused->topics.at(0).error_code, code(ErrorCode::INVALID_REPLICATION_FACTOR));
  EXPECT_EQ(refused->topics.at(1).error_code, code(ErrorCode::INVALID_REPLICA_ASSIGNMENT));

  CreatePartitionsRequest grow;
  grow.timeout_ms = 10'000;
  grow.topics.push_back({"asks", 3, std::nullopt});
  EXPECT_EQ(client.call<CreatePartitionsResponse>(grow, 3)->results.at(0).error_code, 0);
  MetadataRequest metadata;
  metadata.topics->emplace_back().name = "asks";
  metadata.topics->emplace_back().name = "asked-for";
  const auto told = client.call<MetadataResponse>(metadata, 9);
  for (const auto& topic : told->topics) {
    EXPECT_EQ(topic.error_code, 0);
    for (const auto& partition : topic.partitions) EXPECT_EQ(partition.replica_nodes.size(), 1u);
  }
}

TEST(TopicsSettings, AutomaticCreationObeysTheReplicationFactor) {
  BrokerProcess broker(with_broker_plugins({"default.replication.factor=2"}));
  Client client(broker.port());
  MetadataRequest metadata;
  metadata.topics->emplace_back().name = "asked-for";
  const auto told = client.call<MetadataResponse>(metadata, 9);
  EXPECT_EQ(told->topics.at(0).error_code, code(ErrorCode::INVALID_REPLICATION_FACTOR));
}

}  // namespace
}  // namespace fluxmq::api_tests
