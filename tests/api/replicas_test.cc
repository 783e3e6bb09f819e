// DescribeLogDirs, AlterReplicaLogDirs, ElectLeaders and the reassignments of partitions.
#include <map>

#include "api_test.h"
#include "fluxmq/protocol/messages/alter_partition_reassignments.h"
#include "fluxmq/protocol/messages/alter_replica_log_dirs.h"
#include "fluxmq/protocol/messages/describe_log_dirs.h"
#include "fluxmq/protocol/messages/elect_leaders.h"
#include "fluxmq/protocol/messages/list_partition_reassignments.h"

namespace fluxmq::api_tests {
namespace {

class ReplicasTest : public ApiTest {
 protected:
  using LogDir = DescribeLogDirsResponse::DescribeLogDirsResult;

  static DescribeLogDirsRequest of(std::string_view topic, std::vector<std::int32_t> partitions) {
    DescribeLogDirsRequest request;
    request.topics->push_back({topic, std::move(partitions)});
    return request;
  }
  // Partition to size.
  static std::map<std::int32_t, std::int64_t> sizes(const LogDir& log_dir, std::string_view topic) {
    std::map<std::int32_t, std::int64_t> sizes;
    for (const auto& [name, partitions] : log_dir.topics) {
      if (name != topic) continue;
      for (const auto& partition : partitions) {
        EXPECT_EQ(partition.offset_lag, 0);
        EXPECT_FALSE(partition.is_future_key);
        EXPECT_TRUE(sizes.emplace(partition.partition_index, partition.partition_size).second);
      }
    }
    return sizes;
  }
};

using Sizes = std::map<std::int32_t, std::int64_t>;

TEST_F(ReplicasTest, DescribeLogDirsInEachVersion) {
  const auto topic = create_topic(2);
  auto batch = make_batch({"one", "two"});
  const auto size = static_cast<std::int64_t>(batch.size());
  client.call<ProduceResponse>(produce_request(topic, 1, batch), 13);
  for (std::int16_t version = 0; version <= 5; ++version) {
    const auto answer =
        client.call<DescribeLogDirsResponse>(of(topic.name, {1, 0, 1, 7, -1}), version);
    EXPECT_EQ(answer->error_code, 0);
    ASSERT_EQ(answer->results.size(), 1u);
    const auto& log_dir = answer->results[0];
    EXPECT_EQ(log_dir.error_code, 0);
    EXPECT_EQ(log_dir.log_dir.substr(0, 1), "/");
    EXPECT_EQ(log_dir.topics.size(), 1u);
    EXPECT_EQ(sizes(log_dir, topic.name), (Sizes{{0, 0}, {1, size}}));
    EXPECT_FALSE(log_dir.is_cordoned);
    if (version < 4) continue;
    EXPECT_GT(log_dir.usable_bytes, 0);
    EXPECT_GE(log_dir.total_bytes, log_dir.usable_bytes);
  }
}

TEST_F(ReplicasTest, DescribeLogDirsOfAllNoneAndUnknown) {
  const auto topic = create_topic(3);
  DescribeLogDirsRequest all;
  all.topics.reset();
  const auto whole = client.call<DescribeLogDirsResponse>(all, 1);
  EXPECT_EQ(sizes(whole->results.at(0), topic.name), (Sizes{{0, 0}, {1, 0}, {2, 0}}));
  for (const auto& request :
       {DescribeLogDirsRequest{}, of("absent", {0}), of(topic.name, {}), of(topic.name, {3})}) {
    const auto answer = client.call<DescribeLogDirsResponse>(request, 4);
    ASSERT_EQ(answer->results.size(), 1u);
    EXPECT_TRUE(answer->results[0].topics.empty());
  }
}

TEST(ReplicasOfAFolder, LogsThatNobodyOpenedHaveTheirSize) {
  const kernel_tests::TemporaryFolder folder;
  const auto settings = with_broker_plugins({"log.dirs=" + folder.path() + "/./data/"});
  DescribeLogDirsRequest all;
  all.topics.reset();
  std::int64_t size = 0;
  {
    BrokerProcess broker(settings);
    Client client(broker.port());
    CreateTopicsRequest creation;
    creation.topics.push_back({"kept", 1, 1, {}, {}});
    client.call<CreateTopicsResponse>(creation, 4);
    auto batch = make_batch({"value"});
    ProduceRequest request;
    request.acks = 1;
    request.topic_data.emplace_back().name = "kept";
    request.topic_data[0].partition_data.emplace_back().records.bytes = batch;
    client.call<ProduceResponse>(request, 9);
    size = static_cast<std::int64_t>(batch.size());
  }
  BrokerProcess broker(settings);
  const auto answer = Client(broker.port()).call<DescribeLogDirsResponse>(all, 5);
  const auto& log_dir = answer->results.at(0);
  EXPECT_EQ(log_dir.log_dir, folder.path() + "/data");
  EXPECT_EQ(log_dir.topics.at(0).name, "kept");
  EXPECT_EQ(log_dir.topics[0].partitions.at(0).partition_size, size);
}

TEST_F(ReplicasTest, AlterReplicaLogDirsKnowsOneFolder) {
  const auto topic = create_topic();
  const auto known = client.call<DescribeLogDirsResponse>(DescribeLogDirsRequest{}, 4);
  const std::string here(known->results.at(0).log_dir);
  const std::string long_name(220, 'x');
  AlterReplicaLogDirsRequest request;
  request.dirs.push_back({here, {{topic.name, {0, 9}}, {"absent", {0}}, {long_name, {0}}}});
  for (std::int16_t version = 0; version <= 2; ++version) {
    const auto answer = client.call<AlterReplicaLogDirsResponse>(request, version);
    std::map<std::pair<std::string_view, std::int32_t>, std::int16_t> errors;
    for (const auto& [name, partitions] : answer->results) {
      for (const auto& [index, error] : partitions) errors[{name, index}] = error;
    }
    EXPECT_EQ(errors.size(), 4u);
    EXPECT_EQ((errors[{topic.name, 0}]), 0);
    EXPECT_EQ((errors[{topic.name, 9}]), code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
    EXPECT_EQ((errors[{"absent", 0}]), code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
    EXPECT_EQ((errors[{long_name, 0}]), code(ErrorCode::INVALID_TOPIC_EXCEPTION));
  }
  // The last folder that is asked for counts.
  request.dirs = {{here, {{topic.name, {0}}}}, {"/elsewhere", {{topic.name, {0}}}}};
  const auto moved = client.call<AlterReplicaLogDirsResponse>(request, 2);
  ASSERT_EQ(moved->results.size(), 1u);
  ASSERT_EQ(moved->results[0].partitions.size(), 1u);
  EXPECT_EQ(moved->results[0].partitions[0].error_code, code(ErrorCode::LOG_DIR_NOT_FOUND));
}

TEST_F(ReplicasTest, ElectLeadersIsNeverNeeded) {
  const auto topic = create_topic();
  for (std::int16_t version = 0; version <= 2; ++version) {
    for (const std::int8_t type : {std::int8_t{0}, std::int8_t{1}}) {
      ElectLeadersRequest request;
      if (version > 0) request.election_type = type;
      request.topic_partitions = {{topic.name, {0, 7, 0}}, {"absent", {0}}};
      const auto answer = client.call<ElectLeadersResponse>(request, version);
      EXPECT_EQ(answer->error_code, 0);
      ASSERT_EQ(answer->replica_election_results.size(), 2u);
      const auto& results = answer->replica_election_results[0].partition_result;
      ASSERT_EQ(results.size(), 3u);
      EXPECT_EQ(results[0].error_code, code(ErrorCode::ELECTION_NOT_NEEDED));
      EXPECT_EQ(results[0].error_message, "Leader election not needed for topic partition.");
      EXPECT_EQ(results[1].error_code, code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
      EXPECT_EQ(results[1].error_message, "No such partition as " + topic.name + "-7");
      EXPECT_EQ(results[2].error_code, code(ErrorCode::ELECTION_NOT_NEEDED));
      const auto& absent = answer->replica_election_results[1].partition_result.at(0);
      EXPECT_EQ(absent.error_code, code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
      EXPECT_EQ(absent.error_message, "No such topic as absent");
    }
  }
}

TEST_F(ReplicasTest, ElectLeadersOfAllPartitionsAndOfAnUnknownKind) {
  const auto topic = create_topic();
  ElectLeadersRequest request;
  request.topic_partitions.reset();
  const auto all = client.call<ElectLeadersResponse>(request, 2);
  EXPECT_EQ(all->error_code, 0);
  bool is_told = false;
  for (const auto& [name, results] : all->replica_election_results) {
    is_told = is_told || name == topic.name;
    EXPECT_TRUE(results.empty());
  }
  EXPECT_TRUE(is_told);

  request.election_type = 5;
  request.topic_partitions = {{topic.name, {0}}};
  const auto refused = client.call<ElectLeadersResponse>(request, 2);
  EXPECT_EQ(refused->error_code, code(ErrorCode::INVALID_REQUEST));
  const auto& result = refused->replica_election_results.at(0).partition_result.at(0);
  EXPECT_EQ(result.error_code, code(ErrorCode::INVALID_REQUEST));
  EXPECT_EQ(result.error_message, "Unknown election type 5");
}

TEST_F(ReplicasTest, ReassignmentsToWherePartitionsAre) {
  const auto topic = create_topic(8);
  AlterPartitionReassignmentsRequest request;
  request.topics.push_back({topic.name,
                            {{0, {{1}}},
                             {1, {{2}}},
                             {2, std::nullopt},
                             {3, {{}}},
                             {4, {{1, 1}}},
                             {5, {{3, 2}}},
                             {8, {{1}}}}});
  request.topics.push_back({"absent", {{0, {{1}}}}});
  using Expected = std::pair<ErrorCode, std::optional<std::string>>;
  const std::string manual = "The manual partition assignment includes ";
  const auto bad = ErrorCode::INVALID_REPLICA_ASSIGNMENT;
  const std::vector<Expected> expected{
      {ErrorCode::NONE, std::nullopt},
      {bad, manual + "broker 2, but no such broker is registered."},
      {ErrorCode::NO_REASSIGNMENT_IN_PROGRESS, std::nullopt},
      {bad, manual + "an empty replica list."},
      {bad, manual + "the broker 1 more than once."},
      {bad, manual + "broker 2, but no such broker is registered."},
      {ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, "Unable to find partition " + topic.name + ":8."}};
  for (std::int16_t version = 0; version <= 1; ++version) {
    request.allow_replication_factor_change = version == 0;
    const auto answer = client.call<AlterPartitionReassignmentsResponse>(request, version);
    EXPECT_EQ(answer->error_code, 0);
    EXPECT_EQ(answer->error_message, std::nullopt);
    EXPECT_EQ(answer->allow_replication_factor_change, version == 0);
    ASSERT_EQ(answer->responses.size(), 2u);
    const auto& partitions = answer->responses[0].partitions;
    ASSERT_EQ(partitions.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(partitions[i].partition_index, request.topics[0].partitions[i].partition_index);
      EXPECT_EQ(partitions[i].error_code, code(expected[i].first)) << i;
      EXPECT_EQ(partitions[i].error_message, expected[i].second) << i;
    }
    EXPECT_EQ(answer->responses[1].partitions.at(0).error_message,
              "Unable to find a topic named absent.");
  }
}

TEST_F(ReplicasTest, NoReassignmentIsUnderWay) {
  const auto topic = create_topic();
  ListPartitionReassignmentsRequest request;
  for (const bool of_all : {true, false}) {
    request.topics.reset();
    if (!of_all) request.topics = {{topic.name, {0, 9}}, {"absent", {0}}};
    const auto answer = client.call<ListPartitionReassignmentsResponse>(request, 0);
    EXPECT_EQ(answer->error_code, 0);
    EXPECT_EQ(answer->error_message, std::nullopt);
    EXPECT_TRUE(answer->topics.empty());
  }
}

}  // namespace
}  // namespace fluxmq::api_tests
