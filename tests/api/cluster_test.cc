// ApiVersions and features, Metadata, DescribeCluster and DescribeQuorum.
#include "api_test.h"
#include "fluxmq/protocol/messages/api_versions.h"
#include "fluxmq/protocol/messages/describe_cluster.h"
#include "fluxmq/protocol/messages/describe_quorum.h"
#include "fluxmq/protocol/messages/update_features.h"

namespace fluxmq::api_tests {
namespace {

using ClusterTest = ApiTest;
constexpr std::int32_t kNotAsked = std::numeric_limits<std::int32_t>::min();

TEST_F(ClusterTest, ApiVersionsInEachVersion) {
  ApiVersionsRequest request;
  request.client_software_name = "api-test";
  request.client_software_version = "1.0";
  for (std::int16_t version = 0; version <= 4; ++version) {
    const auto answer = client.call<ApiVersionsResponse>(request, version);
    EXPECT_EQ(answer->error_code, 0);
    EXPECT_EQ(answer->throttle_time_ms, 0);
    std::int16_t last = -1;
    bool has_produce = false;
    for (const auto& api : answer->api_keys) {
      EXPECT_GT(api.api_key, last);
      last = api.api_key;
      if (api.api_key != ProduceRequest::api_key) continue;
      has_produce = true;
      EXPECT_EQ(api.min_version, 0);  // for librdkafka
      EXPECT_EQ(api.max_version, 13);
    }
    EXPECT_TRUE(has_produce);
  }
}

TEST_F(ClusterTest, ApiVersionsFromTheFuture) {
  for (const std::int16_t version : std::array<std::int16_t, 4>{5, 99, INT16_MAX, -1}) {
    // A header as the kernel expects it of a version that nobody knows: flexible, or the oldest.
    Writer frame;
    frame.write_int32(version < 0 ? 12 : 13);
    frame.write_int16(ApiVersionsRequest::api_key);
    frame.write_int16(version);
    frame.write_int32(7);
    frame.write_string("ab", false);
    if (version >= 0) frame.write_unsigned_varint(0);
    client.send_frame(frame.bytes());
    const auto answer = client.receive<ApiVersionsResponse>(0);
    EXPECT_EQ(answer.correlation_id(), 7);
    EXPECT_EQ(answer->error_code, code(ErrorCode::UNSUPPORTED_VERSION));
    ASSERT_EQ(answer->api_keys.size(), 1u);
    EXPECT_EQ(answer->api_keys[0].api_key, ApiVersionsRequest::api_key);
    EXPECT_EQ(answer->api_keys[0].min_version, 0);
    EXPECT_EQ(answer->api_keys[0].max_version, 4);
  }
}

TEST_F(ClusterTest, ApiVersionsWithAnImpossibleSoftwareName) {
  for (const std::string_view name : {"", "-no", "no-", "n o", "n\xc3\xb6", "a_b"}) {
    ApiVersionsRequest request;
    request.client_software_name = name;
    request.client_software_version = "1";
    for (const std::int16_t version : {std::int16_t{3}, std::int16_t{4}}) {
      const auto answer = client.call<ApiVersionsResponse>(request, version);
      EXPECT_EQ(answer->error_code, code(ErrorCode::INVALID_REQUEST));
      EXPECT_TRUE(answer->api_keys.empty());
    }
  }
}

// What isn't served in full must not be finalized: clients would speak it.
TEST_F(ClusterTest, FeaturesFromVersionThreeOn) {
  ApiVersionsRequest request;
  request.client_software_name = "api-test";
  request.client_software_version = "1.0";
  for (const std::int16_t version : {std::int16_t{3}, std::int16_t{4}}) {
    const auto answer = client.call<ApiVersionsResponse>(request, version);
    ASSERT_EQ(answer->supported_features.size(), 1u);
    EXPECT_EQ(answer->supported_features[0].name, "metadata.version");
    EXPECT_EQ(answer->supported_features[0].min_version, 30);
    EXPECT_EQ(answer->supported_features[0].max_version, 30);
    ASSERT_EQ(answer->finalized_features.size(), 1u);
    EXPECT_EQ(answer->finalized_features[0].name, "metadata.version");
    EXPECT_EQ(answer->finalized_features[0].min_version_level, 30);
    EXPECT_EQ(answer->finalized_features[0].max_version_level, 30);
    EXPECT_EQ(answer->finalized_features_epoch, 0);
    EXPECT_FALSE(answer->zk_migration_ready);
  }
}

TEST_F(ClusterTest, UpdateFeaturesInEachVersion) {
  for (std::int16_t version = 0; version <= 2; ++version) {
    UpdateFeaturesRequest request;
    EXPECT_EQ(client.call<UpdateFeaturesResponse>(request, version)->error_code, 0);
    auto& update = request.feature_updates.emplace_back();
    update.feature = "metadata.version";
    update.max_version_level = 30;
    const auto kept = client.call<UpdateFeaturesResponse>(request, version);
    EXPECT_EQ(kept->error_code, 0);
    EXPECT_EQ(kept->error_message, std::nullopt);
    if (version < 2) {
      ASSERT_EQ(kept->results.size(), 1u);
      EXPECT_EQ(kept->results[0].feature, "metadata.version");
      EXPECT_EQ(kept->results[0].error_code, 0);
      EXPECT_EQ(kept->results[0].error_message, "NONE");
    }
    auto& other = request.feature_updates.emplace_back();
    other.feature = "transaction.version";
    other.max_version_level = 2;
    const auto refused = client.call<UpdateFeaturesResponse>(request, version);
    EXPECT_EQ(refused->error_code, code(ErrorCode::INVALID_UPDATE_VERSION));
    EXPECT_EQ(refused->error_message,
              "The update failed for all features since the following feature had an error: "
              "Invalid update version 2 for feature transaction.version. Local controller 1 does "
              "not support this feature.");
    EXPECT_TRUE(refused->results.empty());
  }
}

TEST_F(ClusterTest, UpdateFeaturesRefusesEachInKafkasWords) {
  const auto reason = [this](std::string_view feature, std::int16_t level, std::int8_t type) {
    UpdateFeaturesRequest request;
    auto& update = request.feature_updates.emplace_back();
    update.feature = feature;
    update.max_version_level = level;
    update.upgrade_type = type;
    const auto answer = client.call<UpdateFeaturesResponse>(request, 1);
    EXPECT_EQ(answer->error_code, code(ErrorCode::INVALID_UPDATE_VERSION));
    const std::string message(answer->error_message.value_or(""));
    return message.substr(message.find(". ") + 2);
  };
  EXPECT_EQ(reason("metadata.version", 31, 1), "Local controller 1 only supports versions 30-30");
  EXPECT_EQ(reason("metadata.version", 29, 2), "Local controller 1 only supports versions 30-30");
  EXPECT_EQ(reason("metadata.version", -1, 1), "A feature version cannot be less than 0.");
  EXPECT_EQ(reason("metadata.version", 30, 0),
            "The controller does not support the given upgrade type.");
  EXPECT_EQ(reason("metadata.version", 30, 4),
            "The controller does not support the given upgrade type.");
  EXPECT_EQ(reason("nope", 0, 2), "Feature nope not found.");
}

TEST_F(ClusterTest, DescribeQuorumInEachVersion) {
  DescribeQuorumRequest request;
  request.topics = {{"__cluster_metadata", {{0}}}};
  for (std::int16_t version = 0; version <= 2; ++version) {
    const auto answer = client.call<DescribeQuorumResponse>(request, version);
    EXPECT_EQ(answer->error_code, 0);
    ASSERT_EQ(answer->topics.size(), 1u);
    const auto& partition = answer->topics[0].partitions.at(0);
    EXPECT_EQ(partition.error_code, 0);
    EXPECT_EQ(partition.leader_id, 1);
    ASSERT_EQ(partition.current_voters.size(), 1u);
    EXPECT_EQ(partition.current_voters[0].replica_id, 1);
    EXPECT_TRUE(partition.observers.empty());
    if (version >= 1) {
      EXPECT_NEAR(static_cast<double>(partition.current_voters[0].last_caught_up_timestamp),
                  static_cast<double>(wall_ms()), 60'000);
    }
    if (version < 2) continue;
    EXPECT_EQ(answer->error_message, "");
    ASSERT_EQ(answer->nodes.size(), 1u);
    EXPECT_EQ(answer->nodes[0].node_id, 1);
    EXPECT_EQ(answer->nodes[0].listeners.at(0).name, "PLAINTEXT");
    EXPECT_EQ(answer->nodes[0].listeners[0].port, broker().port());
  }
}

TEST_F(ClusterTest, DescribeQuorumKnowsTheMetadataOnly) {
  using Topics = decltype(DescribeQuorumRequest::topics);
  const auto topic = create_topic();
  for (const auto& asked : {Topics{{topic.name, {{0}}}}, Topics{{"__cluster_metadata", {{1}}}},
                            Topics{{"__cluster_metadata", {{0}, {1}}}}}) {
    DescribeQuorumRequest request;
    request.topics = asked;
    const auto answer = client.call<DescribeQuorumResponse>(request, 2);
    EXPECT_EQ(answer->error_code, 0);
    EXPECT_TRUE(answer->nodes.empty());
    ASSERT_EQ(answer->topics.at(0).partitions.size(), asked[0].partitions.size());
    for (const auto& partition : answer->topics[0].partitions) {
      EXPECT_EQ(partition.error_code, code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
      EXPECT_EQ(partition.error_message, "This server does not host this topic-partition.");
    }
  }
  EXPECT_TRUE(client.call<DescribeQuorumResponse>(DescribeQuorumRequest{}, 2)->topics.empty());
}

TEST_F(ClusterTest, MetadataInEachVersion) {
  const auto topic = create_topic(3);
  for (std::int16_t version = 0; version <= 13; ++version) {
    MetadataRequest request;
    request.topics->emplace_back().name = topic.name;
    const auto answer = client.call<MetadataResponse>(request, version);
    ASSERT_EQ(answer->brokers.size(), 1u);
    EXPECT_EQ(answer->brokers[0].node_id, 1);
    EXPECT_EQ(answer->brokers[0].host, "127.0.0.1");
    EXPECT_EQ(answer->brokers[0].port, broker().port());
    if (version >= 1) {
      EXPECT_EQ(answer->controller_id, 1);
    }
    if (version >= 2) {
      EXPECT_EQ(answer->cluster_id->size(), 22u);
    }
    ASSERT_EQ(answer->topics.size(), 1u);
    const auto& found = answer->topics[0];
    EXPECT_EQ(found.error_code, 0);
    EXPECT_EQ(found.name, topic.name);
    if (version >= 10) {
      EXPECT_EQ(found.topic_id, topic.id);
    }
    EXPECT_FALSE(found.is_internal);
    EXPECT_EQ(found.topic_authorized_operations, kNotAsked);
    ASSERT_EQ(found.partitions.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
      const auto& partition = found.partitions[i];
      EXPECT_EQ(partition.error_code, 0);
      EXPECT_EQ(partition.partition_index, static_cast<std::int32_t>(i));
      EXPECT_EQ(partition.leader_id, 1);
      if (version >= 7) {
        EXPECT_EQ(partition.leader_epoch, 0);
      }
      EXPECT_EQ(partition.replica_nodes, std::vector<std::int32_t>{1});
      EXPECT_EQ(partition.isr_nodes, std::vector<std::int32_t>{1});
      EXPECT_TRUE(partition.offline_replicas.empty());
    }
  }
}

TEST_F(ClusterTest, MetadataOfNoneAndOfAll) {
  const auto topic = create_topic();
  MetadataRequest none;
  MetadataRequest all;
  all.topics.reset();
  const auto contains = [&topic](const MetadataResponse& response) {
    return std::any_of(response.topics.begin(), response.topics.end(),
                       [&topic](const auto& each) { return each.name == topic.name; });
  };
  EXPECT_TRUE(contains(*client.call<MetadataResponse>(none, 0)));
  for (std::int16_t version = 1; version <= 13; ++version) {
    EXPECT_TRUE(client.call<MetadataResponse>(none, version)->topics.empty());
    EXPECT_TRUE(contains(*client.call<MetadataResponse>(all, version)));
  }
}

TEST_F(ClusterTest, MetadataById) {
  const auto topic = create_topic();
  Uuid unknown;
  unknown.bytes[0] = 9;
  MetadataRequest request;
  request.topics->push_back({topic.id, std::nullopt});
  request.topics->push_back({unknown, std::nullopt});
  request.topics->push_back({Uuid{}, "beside ids names don't count"});
  for (const std::int16_t version : {std::int16_t{12}, std::int16_t{13}}) {
    const auto answer = client.call<MetadataResponse>(request, version);
    ASSERT_EQ(answer->topics.size(), 2u);
    EXPECT_EQ(answer->topics[0].name, topic.name);
    EXPECT_EQ(answer->topics[1].error_code, code(ErrorCode::UNKNOWN_TOPIC_ID));
    EXPECT_EQ(answer->topics[1].topic_id, unknown);
    EXPECT_EQ(answer->topics[1].name, std::nullopt);
  }
  // Versions 10 and 11 have the fields, but can't ask so.
  request.topics->pop_back();
  for (const std::int16_t version : {std::int16_t{10}, std::int16_t{11}}) {
    const auto answer = client.call<MetadataResponse>(request, version);
    EXPECT_TRUE(answer->brokers.empty());
    ASSERT_EQ(answer->topics.size(), 2u);
    EXPECT_EQ(answer->topics[0].error_code, code(ErrorCode::INVALID_REQUEST));
    EXPECT_EQ(answer->topics[0].topic_id, topic.id);
  }
}

TEST_F(ClusterTest, MetadataOfATopicWithoutNameAndId) {
  MetadataRequest request;
  request.topics->push_back({Uuid{}, std::nullopt});
  for (const std::int16_t version : {std::int16_t{12}, std::int16_t{13}}) {
    const auto answer = client.call<MetadataResponse>(request, version);
    EXPECT_EQ(answer->topics.at(0).error_code, code(ErrorCode::INVALID_REQUEST));
    EXPECT_EQ(answer->error_code, version < 13 ? 0 : code(ErrorCode::INVALID_REQUEST));
  }
}

TEST_F(ClusterTest, MetadataCreatesTopicsOnlyIfAllowed) {
  const auto name = new_name();
  MetadataRequest request;
  request.topics->emplace_back().name = name;
  request.topics->emplace_back().name = name;
  request.topics->emplace_back().name = "no/name";
  request.topics->emplace_back().name = "";
  request.allow_auto_topic_creation = false;
  auto answer = client.call<MetadataResponse>(request, 12);
  ASSERT_EQ(answer->topics.size(), 3u);
  EXPECT_EQ(answer->topics[0].error_code, code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
  EXPECT_EQ(answer->topics[1].error_code, code(ErrorCode::INVALID_TOPIC_EXCEPTION));
  EXPECT_EQ(answer->topics[2].error_code, code(ErrorCode::INVALID_TOPIC_EXCEPTION));

  request.allow_auto_topic_creation = true;
  answer = client.call<MetadataResponse>(request, 12);
  ASSERT_EQ(answer->topics.size(), 3u);
  EXPECT_EQ(answer->topics[0].error_code, 0);
  EXPECT_EQ(answer->topics[0].partitions.size(), 1u);
  EXPECT_EQ(answer->topics[1].error_code, code(ErrorCode::INVALID_TOPIC_EXCEPTION));
}

TEST_F(ClusterTest, MetadataOfInternalTopicsThatAreNotThere) {
  MetadataRequest request;
  request.topics->emplace_back().name = "__transaction_state";
  request.allow_auto_topic_creation = false;
  const auto answer = client.call<MetadataResponse>(request, 13);
  EXPECT_EQ(answer->topics.at(0).error_code, code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
  EXPECT_TRUE(answer->topics.at(0).is_internal);
}

// Their coordinators create them, with the configs that they need.
TEST_F(ClusterTest, MetadataDoesNotCreateInternalTopics) {
  MetadataRequest request;
  request.topics->emplace_back().name = "__transaction_state";
  for (int i = 0; i < 2; ++i) {
    const auto answer = client.call<MetadataResponse>(request, 4);
    EXPECT_EQ(answer->topics.at(0).error_code, code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
  }
}

// Only creation finds out that '.' and '_' collide.
TEST_F(ClusterTest, MetadataOfANameThatCollides) {
  CreateTopicsRequest creation;
  creation.topics.push_back({"collides.here", 1, 1, {}, {}});
  client.call<CreateTopicsResponse>(creation, 4);
  MetadataRequest request;
  request.topics->emplace_back().name = "collides_here";
  request.allow_auto_topic_creation = false;
  EXPECT_EQ(client.call<MetadataResponse>(request, 4)->topics.at(0).error_code,
            code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
  request.allow_auto_topic_creation = true;
  EXPECT_EQ(client.call<MetadataResponse>(request, 4)->topics.at(0).error_code,
            code(ErrorCode::INVALID_TOPIC_EXCEPTION));
}

TEST_F(ClusterTest, OperationsOfTopicsThatAreNotThere) {
  Uuid unknown;
  unknown.bytes[0] = 9;
  MetadataRequest request;
  request.include_topic_authorized_operations = true;
  request.allow_auto_topic_creation = false;
  request.topics->push_back({Uuid{}, "absent"});
  EXPECT_EQ(client.call<MetadataResponse>(request, 12)->topics.at(0).topic_authorized_operations,
            3576);
  request.topics->at(0) = {unknown, std::nullopt};
  EXPECT_EQ(client.call<MetadataResponse>(request, 12)->topics.at(0).topic_authorized_operations,
            kNotAsked);
}

TEST_F(ClusterTest, AuthorizedOperationsWhenAskedFor) {
  const auto topic = create_topic();
  MetadataRequest request;
  request.topics->emplace_back().name = topic.name;
  request.include_topic_authorized_operations = true;
  request.include_cluster_authorized_operations = true;
  for (std::int16_t version = 8; version <= 13; ++version) {
    const auto answer = client.call<MetadataResponse>(request, version);
    EXPECT_EQ(answer->topics.at(0).topic_authorized_operations, 3576);
    EXPECT_EQ(answer->cluster_authorized_operations, version <= 10 ? 8096 : kNotAsked);
  }
}

TEST(ClusterSettings, AutoCreationCanBeSwitchedOff) {
  BrokerProcess broker(with_broker_plugins({"auto.create.topics.enable=false"}));
  Client client(broker.port());
  MetadataRequest request;
  request.topics->emplace_back().name = "wanted";
  const auto answer = client.call<MetadataResponse>(request, 9);
  EXPECT_EQ(answer->topics.at(0).error_code, code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
}

TEST(ClusterSettings, EachListenerTellsItsOwnAddress) {
  BrokerProcess broker(with_broker_plugins(
      {"listeners=PLAINTEXT://127.0.0.1:0,INNER://127.0.0.1:0",
       "advertised.listeners=PLAINTEXT://outside.example:1234,INNER://127.0.0.1:0",
       "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,INNER:PLAINTEXT", "broker.rack=here"}));
  Client outer(broker.ports().at(0));
  const auto outside = outer.call<MetadataResponse>(MetadataRequest{}, 9);
  EXPECT_EQ(outside->brokers.at(0).host, "outside.example");
  EXPECT_EQ(outside->brokers.at(0).port, 1234);
  EXPECT_EQ(outside->brokers.at(0).rack, "here");
  const auto cluster = outer.call<DescribeClusterResponse>(DescribeClusterRequest{}, 0);
  EXPECT_EQ(cluster->brokers.at(0).host, "outside.example");
}

TEST_F(ClusterTest, DescribeClusterInEachVersion) {
  for (std::int16_t version = 0; version <= 2; ++version) {
    for (const bool asks : {false, true}) {
      DescribeClusterRequest request;
      request.include_cluster_authorized_operations = asks;
      const auto answer = client.call<DescribeClusterResponse>(request, version);
      EXPECT_EQ(answer->error_code, 0);
      EXPECT_EQ(answer->error_message, std::nullopt);
      EXPECT_EQ(answer->cluster_id.size(), 22u);
      EXPECT_EQ(answer->controller_id, 1);
      ASSERT_EQ(answer->brokers.size(), 1u);
      EXPECT_EQ(answer->brokers[0].port, broker().port());
      EXPECT_FALSE(answer->brokers[0].is_fenced);
      EXPECT_EQ(answer->cluster_authorized_operations, asks ? 8096 : kNotAsked);
    }
  }
}

TEST_F(ClusterTest, DescribeClusterOfAnotherKindOfEndpoint) {
  DescribeClusterRequest request;
  request.endpoint_type = 2;
  EXPECT_EQ(client.call<DescribeClusterResponse>(request, 1)->error_code,
            code(ErrorCode::MISMATCHED_ENDPOINT_TYPE));
  request.endpoint_type = 9;
  const auto answer = client.call<DescribeClusterResponse>(request, 1);
  EXPECT_EQ(answer->error_code, code(ErrorCode::UNSUPPORTED_ENDPOINT_TYPE));
  EXPECT_EQ(answer->error_message, "Unsupported endpoint type 9");
}

}  // namespace
}  // namespace fluxmq::api_tests
