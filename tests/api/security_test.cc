// SASL and authorization, end to end, with plugins that read users and rules from files.
#include <set>

#include "api_test.h"
#include "fluxmq/abi/authorizer.h"
#include "fluxmq/protocol/messages/alter_partition_reassignments.h"
#include "fluxmq/protocol/messages/alter_replica_log_dirs.h"
#include "fluxmq/protocol/messages/api_versions.h"
#include "fluxmq/protocol/messages/create_partitions.h"
#include "fluxmq/protocol/messages/delete_records.h"
#include "fluxmq/protocol/messages/delete_topics.h"
#include "fluxmq/protocol/messages/describe_cluster.h"
#include "fluxmq/protocol/messages/describe_configs.h"
#include "fluxmq/protocol/messages/describe_log_dirs.h"
#include "fluxmq/protocol/messages/describe_quorum.h"
#include "fluxmq/protocol/messages/describe_topic_partitions.h"
#include "fluxmq/protocol/messages/elect_leaders.h"
#include "fluxmq/protocol/messages/fetch.h"
#include "fluxmq/protocol/messages/incremental_alter_configs.h"
#include "fluxmq/protocol/messages/init_producer_id.h"
#include "fluxmq/protocol/messages/list_config_resources.h"
#include "fluxmq/protocol/messages/list_offsets.h"
#include "fluxmq/protocol/messages/list_partition_reassignments.h"
#include "fluxmq/protocol/messages/offset_for_leader_epoch.h"
#include "fluxmq/protocol/messages/sasl_authenticate.h"
#include "fluxmq/protocol/messages/sasl_handshake.h"
#include "fluxmq/protocol/messages/update_features.h"

namespace fluxmq::api_tests {
namespace {

constexpr std::string_view kUsers = "admin secret\nreader pass\nnobody none\n";

// The admin may do all; the reader reads and describes "open", and describes "seen".
std::string rules() {
  std::string text;
  for (int operation = 3; operation <= 12; ++operation) {
    for (const int type : {2, 4, 5}) {
      text += "User:admin " + std::to_string(operation) + " " + std::to_string(type) + " *\n";
    }
  }
  return text + "User:reader 3 2 open\nUser:reader 8 2 open\nUser:reader 8 2 seen\n";
}

Answer<SaslAuthenticateResponse> authenticate(Client& client, std::string_view user,
                                              std::string_view password, std::int16_t version = 2) {
  const std::string token =
      std::string(1, '\0') + std::string(user) + std::string(1, '\0') + std::string(password);
  SaslAuthenticateRequest request;
  request.auth_bytes = as_bytes(token);
  return client.call<SaslAuthenticateResponse>(request, version);
}

class SecurityTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<kernel_tests::TemporaryFolder>();
    const auto users = folder_->write("users", std::string(kUsers));
    const auto rules_file = folder_->write("rules", rules());
    broker_ = std::make_unique<BrokerProcess>(std::vector<std::string>{
        "listeners=SASL_PLAINTEXT://127.0.0.1:0,PLAINTEXT://127.0.0.1:0",
        std::string("plugin.path=") + FLUXMQ_BROKER_PLUGINS + "," + FLUXMQ_API_TEST_PLUGINS,
        "plugin.api_sasl.enabled=true", "test.sasl.users=" + users,
        "test.authorizer.rules=" + rules_file});
    Client admin(port());
    log_in(admin, "admin", "secret");
    CreateTopicsRequest request;
    for (const std::string_view name : {"open", "seen", "hidden"}) {
      auto& topic = request.topics.emplace_back();
      topic.name = name;
      topic.num_partitions = 1;
      topic.replication_factor = 1;
    }
    const auto answer = admin.call<CreateTopicsResponse>(request, 7);
    for (const auto& topic : answer->topics) {
      EXPECT_EQ(topic.error_code, 0);
      ids_[std::string(topic.name)] = topic.topic_id;
    }
  }
  static void TearDownTestSuite() {
    broker_.reset();
    folder_.reset();
  }
  static std::uint16_t port() { return broker_->ports().at(0); }
  static std::uint16_t plain_port() { return broker_->ports().at(1); }

  static void log_in(Client& client, std::string_view user, std::string_view password) {
    SaslHandshakeRequest handshake;
    handshake.mechanism = "PLAIN";
    EXPECT_EQ(client.call<SaslHandshakeResponse>(handshake, 1)->error_code, 0);
    EXPECT_EQ(authenticate(client, user, password)->error_code, 0);
  }
  static const Uuid& id(const std::string& topic) { return ids_.at(topic); }

 private:
  static inline std::unique_ptr<kernel_tests::TemporaryFolder> folder_;
  static inline std::unique_ptr<BrokerProcess> broker_;
  static inline std::map<std::string, Uuid> ids_;
};

TEST_F(SecurityTest, LogsInInEachVersion) {
  for (std::int16_t version = 0; version <= 2; ++version) {
    Client client(port());
    EXPECT_EQ(client.call<ApiVersionsResponse>(ApiVersionsRequest{}, 0)->error_code, 0);
    SaslHandshakeRequest handshake;
    handshake.mechanism = "PLAIN";
    const auto chosen = client.call<SaslHandshakeResponse>(handshake, 1);
    EXPECT_EQ(chosen->error_code, 0);
    EXPECT_EQ(chosen->mechanisms, std::vector<std::string_view>{"PLAIN"});
    const auto answer = authenticate(client, "admin", "secret", version);
    EXPECT_EQ(answer->error_code, 0);
    EXPECT_EQ(answer->error_message, std::nullopt);
    if (version >= 1) {
      EXPECT_EQ(answer->session_lifetime_ms, 3'600'000);
    }
    EXPECT_EQ(client.call<MetadataResponse>(MetadataRequest{}, 9)->brokers.size(), 1u);
  }
}

TEST_F(SecurityTest, NothingElseIsServedBefore) {
  Client client(port());
  client.send(MetadataRequest{}, 9);
  EXPECT_TRUE(client.is_closed());
}

TEST_F(SecurityTest, WrongPasswords) {
  Client client(port());
  SaslHandshakeRequest handshake;
  handshake.mechanism = "PLAIN";
  client.call<SaslHandshakeResponse>(handshake, 1);
  const auto answer = authenticate(client, "admin", "guess");
  EXPECT_EQ(answer->error_code, code(ErrorCode::SASL_AUTHENTICATION_FAILED));
  EXPECT_EQ(answer->error_message, "Authentication failed: Invalid username or password");
  // The exchange is over.
  EXPECT_EQ(authenticate(client, "admin", "secret")->error_code,
            code(ErrorCode::ILLEGAL_SASL_STATE));
  client.send(MetadataRequest{}, 9);
  EXPECT_TRUE(client.is_closed());
}

TEST_F(SecurityTest, HandshakeErrors) {
  Client client(port());
  EXPECT_EQ(authenticate(client, "admin", "secret")->error_code,
            code(ErrorCode::ILLEGAL_SASL_STATE));
  SaslHandshakeRequest handshake;
  handshake.mechanism = "GSSAPI";
  for (const std::int16_t version : {std::int16_t{0}, std::int16_t{1}}) {
    const auto answer = client.call<SaslHandshakeResponse>(handshake, version);
    EXPECT_EQ(answer->error_code, code(ErrorCode::UNSUPPORTED_SASL_MECHANISM));
    EXPECT_EQ(answer->mechanisms, std::vector<std::string_view>{"PLAIN"});
  }
}

TEST_F(SecurityTest, TokensAreBareAfterTheOldestHandshake) {
  SaslHandshakeRequest handshake;
  handshake.mechanism = "PLAIN";
  const auto bare = [](std::string_view password) {
    const std::string token = std::string("\0admin\0", 7) + std::string(password);
    std::vector<std::uint8_t> frame(4 + token.size());
    frame[3] = static_cast<std::uint8_t>(token.size());
    std::copy(token.begin(), token.end(), frame.begin() + 4);
    return frame;
  };

  Client client(port());
  EXPECT_EQ(client.call<SaslHandshakeResponse>(handshake, 0)->error_code, 0);
  // What follows the token in the same packet has a header again.
  auto frames = bare("secret");
  const auto metadata = Client::make_frame(MetadataRequest{}, 9, 77);
  frames.insert(frames.end(), metadata.begin(), metadata.end());
  client.send_frame(frames);
  EXPECT_TRUE(client.receive_frame().empty());
  EXPECT_EQ(client.receive<MetadataResponse>(9).correlation_id(), 77);
  EXPECT_EQ(client.call<SaslHandshakeResponse>(handshake, 0)->error_code,
            code(ErrorCode::ILLEGAL_SASL_STATE));

  Client stranger(port());
  EXPECT_EQ(stranger.call<SaslHandshakeResponse>(handshake, 0)->error_code, 0);
  stranger.send_frame(bare("guess"));
  EXPECT_TRUE(stranger.is_closed());
}

TEST_F(SecurityTest, APlainListenerHasNoSasl) {
  Client client(plain_port());
  SaslHandshakeRequest handshake;
  handshake.mechanism = "PLAIN";
  const auto answer = client.call<SaslHandshakeResponse>(handshake, 1);
  EXPECT_EQ(answer->error_code, code(ErrorCode::ILLEGAL_SASL_STATE));
  EXPECT_TRUE(answer->mechanisms.empty());
  EXPECT_EQ(authenticate(client, "admin", "secret")->error_code,
            code(ErrorCode::ILLEGAL_SASL_STATE));
}

TEST_F(SecurityTest, LogsInAgainAsTheSame) {
  Client client(port());
  log_in(client, "reader", "pass");
  log_in(client, "reader", "pass");
  SaslHandshakeRequest handshake;
  handshake.mechanism = "PLAIN";
  EXPECT_EQ(client.call<SaslHandshakeResponse>(handshake, 1)->error_code, 0);
  EXPECT_EQ(authenticate(client, "admin", "secret")->error_code,
            code(ErrorCode::SASL_AUTHENTICATION_FAILED));
}

TEST_F(SecurityTest, MetadataHidesWhatMayNotBeSeen) {
  Client client(port());
  log_in(client, "reader", "pass");
  MetadataRequest all;
  all.topics.reset();
  std::set<std::string> names;
  const auto answer = client.call<MetadataResponse>(all, 12);
  for (const auto& topic : answer->topics) names.emplace(*topic.name);
  EXPECT_EQ(names, (std::set<std::string>{"open", "seen"}));

  MetadataRequest some;
  for (const std::string_view name : {"open", "hidden", "absent"}) {
    some.topics->emplace_back().name = name;
  }
  some.include_topic_authorized_operations = true;
  const auto chosen = client.call<MetadataResponse>(some, 12);
  for (const auto& topic : chosen->topics) {
    const bool is_open = topic.name == "open";
    EXPECT_EQ(topic.error_code, is_open ? 0 : code(ErrorCode::TOPIC_AUTHORIZATION_FAILED));
    EXPECT_EQ(topic.topic_authorized_operations,
              is_open ? 1 << 3 | 1 << 8 : std::numeric_limits<std::int32_t>::min());
    if (!is_open) {
      EXPECT_TRUE(topic.topic_id.is_zero());
    }
  }
  MetadataRequest by_id;
  by_id.topics->push_back({id("hidden"), std::nullopt});
  const auto hidden = client.call<MetadataResponse>(by_id, 12);
  EXPECT_EQ(hidden->topics.at(0).error_code, code(ErrorCode::TOPIC_AUTHORIZATION_FAILED));
  EXPECT_EQ(hidden->topics[0].name, std::nullopt);
  DescribeClusterRequest cluster;
  cluster.include_cluster_authorized_operations = true;
  EXPECT_EQ(client.call<DescribeClusterResponse>(cluster, 1)->cluster_authorized_operations, 0);
}

// Each API refuses a reader what only the admin may do.
TEST_F(SecurityTest, EachApiAsksTheAuthorizer) {
  const auto denied = code(ErrorCode::TOPIC_AUTHORIZATION_FAILED);
  Client client(port());
  log_in(client, "reader", "pass");
  auto batch = make_batch({"x"});

  ProduceRequest produce;
  produce.acks = 1;
  produce.topic_data.emplace_back().name = "open";
  produce.topic_data[0].topic_id = id("open");
  produce.topic_data[0].partition_data.emplace_back().records.bytes = batch;
  for (const std::int16_t version : {std::int16_t{9}, std::int16_t{13}}) {
    const auto answer = client.call<ProduceResponse>(produce, version);
    EXPECT_EQ(answer->responses.at(0).partition_responses.at(0).error_code, denied);
  }

  FetchRequest fetch;
  for (const std::string_view name : {"open", "seen", "absent"}) {
    auto& topic = fetch.topics.emplace_back();
    topic.topic = name;
    topic.partitions.emplace_back();
  }
  const auto fetched = client.call<FetchResponse>(fetch, 12);
  EXPECT_EQ(fetched->responses.at(0).partitions.at(0).error_code, 0);
  EXPECT_EQ(fetched->responses.at(1).partitions.at(0).error_code, denied);
  EXPECT_EQ(fetched->responses.at(2).partitions.at(0).error_code, denied);

  ListOffsetsRequest list;
  list.topics.push_back({"seen", {{0, -1, -1, 1}}});
  list.topics.push_back({"hidden", {{0, -1, -1, 1}}});
  const auto listed = client.call<ListOffsetsResponse>(list, 5);
  EXPECT_EQ(listed->topics.at(0).partitions.at(0).error_code, 0);
  EXPECT_EQ(listed->topics.at(1).partitions.at(0).error_code, denied);

  OffsetForLeaderEpochRequest epochs;
  epochs.topics.push_back({"seen", {{0, -1, 0}}});
  epochs.topics.push_back({"hidden", {{0, -1, 0}}});
  const auto ends = client.call<OffsetForLeaderEpochResponse>(epochs, 3);
  EXPECT_EQ(ends->topics.at(0).partitions.at(0).error_code, 0);
  EXPECT_EQ(ends->topics.at(1).partitions.at(0).error_code, denied);

  DeleteRecordsRequest records;
  records.topics.push_back({"open", {{0, 0}}});
  EXPECT_EQ(
      client.call<DeleteRecordsResponse>(records, 1)->topics.at(0).partitions.at(0).error_code,
      denied);

  InitProducerIdRequest init;
  init.transactional_id.reset();
  EXPECT_EQ(client.call<InitProducerIdResponse>(init, 4)->error_code,
            code(ErrorCode::CLUSTER_AUTHORIZATION_FAILED));
  init.transactional_id = "t";
  EXPECT_EQ(client.call<InitProducerIdResponse>(init, 4)->error_code,
            code(ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED));

  CreateTopicsRequest create;
  create.topics.emplace_back().name = "mine";
  create.topics[0].num_partitions = 1;
  create.topics[0].replication_factor = 1;
  const auto created = client.call<CreateTopicsResponse>(create, 7);
  EXPECT_EQ(created->topics.at(0).error_code, denied);
  EXPECT_EQ(created->topics[0].error_message, "Authorization failed.");

  DeleteTopicsRequest remove;
  remove.timeout_ms = 60'000;
  remove.topics = {{"open", Uuid{}}, {"hidden", Uuid{}}, {std::nullopt, id("hidden")}};
  const auto removed = client.call<DeleteTopicsResponse>(remove, 6);
  for (const auto& each : removed->responses) EXPECT_EQ(each.error_code, denied);

  CreatePartitionsRequest grow;
  grow.timeout_ms = 60'000;
  grow.topics.push_back({"open", 5, std::nullopt});
  EXPECT_EQ(client.call<CreatePartitionsResponse>(grow, 3)->results.at(0).error_code, denied);

  DescribeConfigsRequest describe;
  describe.resources = {{2, "open", std::nullopt}, {4, "1", std::nullopt}};
  const auto described = client.call<DescribeConfigsResponse>(describe, 4);
  EXPECT_EQ(described->results.at(0).error_code, denied);
  EXPECT_EQ(described->results.at(1).error_code, code(ErrorCode::CLUSTER_AUTHORIZATION_FAILED));

  IncrementalAlterConfigsRequest alter;
  alter.resources = {{2, "open", {{"retention.ms", 0, "1"}}}};
  EXPECT_EQ(client.call<IncrementalAlterConfigsResponse>(alter, 1)->responses.at(0).error_code,
            denied);
}

TEST_F(SecurityTest, APlainListenersAnonymousMayNothing) {
  Client client(plain_port());
  MetadataRequest request;
  request.topics->emplace_back().name = "open";
  EXPECT_EQ(client.call<MetadataResponse>(request, 9)->topics.at(0).error_code,
            code(ErrorCode::TOPIC_AUTHORIZATION_FAILED));
}

// What the cluster as a whole is asked or told needs its resource, whatever topics are named.
TEST_F(SecurityTest, ApisOfTheClusterAskForIt) {
  const auto denied = code(ErrorCode::CLUSTER_AUTHORIZATION_FAILED);
  const auto message = error_message(ErrorCode::CLUSTER_AUTHORIZATION_FAILED);
  Client client(port());
  log_in(client, "reader", "pass");

  DescribeLogDirsRequest log_dirs;
  log_dirs.topics->push_back({"open", {0}});
  EXPECT_EQ(client.call<DescribeLogDirsResponse>(log_dirs, 4)->error_code, denied);
  EXPECT_TRUE(client.call<DescribeLogDirsResponse>(log_dirs, 1)->results.empty());

  AlterReplicaLogDirsRequest move;
  move.dirs = {{"/", {{"open", {0}}}}};
  const auto moved = client.call<AlterReplicaLogDirsResponse>(move, 2);
  EXPECT_EQ(moved->results.at(0).partitions.at(0).error_code, denied);

  ElectLeadersRequest elect;
  elect.topic_partitions->push_back({"open", {0}});
  const auto elected = client.call<ElectLeadersResponse>(elect, 2);
  EXPECT_EQ(elected->error_code, denied);
  const auto& election = elected->replica_election_results.at(0).partition_result.at(0);
  EXPECT_EQ(election.error_code, denied);
  EXPECT_EQ(election.error_message, message);

  AlterPartitionReassignmentsRequest reassign;
  reassign.topics.push_back({"open", {{0, {{1}}}}});
  const auto reassigned = client.call<AlterPartitionReassignmentsResponse>(reassign, 1);
  EXPECT_EQ(reassigned->error_code, denied);
  EXPECT_EQ(reassigned->error_message, message);
  EXPECT_EQ(reassigned->responses.at(0).partitions.at(0).error_code, denied);

  const auto listed =
      client.call<ListPartitionReassignmentsResponse>(ListPartitionReassignmentsRequest{}, 0);
  EXPECT_EQ(listed->error_code, denied);
  EXPECT_EQ(listed->error_message, message);

  EXPECT_EQ(client.call<ListConfigResourcesResponse>(ListConfigResourcesRequest{}, 1)->error_code,
            denied);
  EXPECT_EQ(client.call<DescribeQuorumResponse>(DescribeQuorumRequest{}, 2)->error_code, denied);
  const auto updated = client.call<UpdateFeaturesResponse>(UpdateFeaturesRequest{}, 2);
  EXPECT_EQ(updated->error_code, denied);
  EXPECT_EQ(updated->error_message, message);
}

TEST_F(SecurityTest, PagesHideWhatMayNotBeSeen) {
  Client client(port());
  log_in(client, "reader", "pass");
  const auto all =
      client.call<DescribeTopicPartitionsResponse>(DescribeTopicPartitionsRequest{}, 0);
  ASSERT_EQ(all->topics.size(), 2u);
  EXPECT_EQ(all->topics[0].name, "open");
  EXPECT_EQ(all->topics[0].topic_authorized_operations, 1 << 3 | 1 << 8);
  EXPECT_EQ(all->topics[1].name, "seen");

  DescribeTopicPartitionsRequest request;
  request.topics = {{"absent"}, {"hidden"}, {"seen"}};
  const auto some = client.call<DescribeTopicPartitionsResponse>(request, 0);
  ASSERT_EQ(some->topics.size(), 3u);
  EXPECT_EQ(some->topics[0].name, "seen");
  for (const std::size_t i : {std::size_t{1}, std::size_t{2}}) {
    EXPECT_EQ(some->topics[i].error_code, code(ErrorCode::TOPIC_AUTHORIZATION_FAILED));
    EXPECT_TRUE(some->topics[i].topic_id.is_zero());
  }
}

}  // namespace
}  // namespace fluxmq::api_tests
