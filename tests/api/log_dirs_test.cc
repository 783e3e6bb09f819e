// A broker with two log.dirs, of which one fails: what clients are told of it, and that the other
// is served on.
#include <filesystem>
#include <thread>

#include "api_test.h"
#include "fluxmq/protocol/messages/alter_replica_log_dirs.h"
#include "fluxmq/protocol/messages/delete_records.h"
#include "fluxmq/protocol/messages/describe_log_dirs.h"
#include "fluxmq/protocol/messages/fetch.h"
#include "fluxmq/protocol/messages/incremental_alter_configs.h"

namespace fluxmq::api_tests {
namespace {

namespace fs = std::filesystem;

constexpr std::int8_t kBroker = 4;
constexpr std::int8_t kSet = 0, kDelete = 1;

class TwoLogDirs : public ::testing::Test {
 protected:
  TwoLogDirs()
      : settings_(with_broker_plugins({"log.dirs=" + path("one") + "," + path("two")})),
        broker_(std::make_unique<BrokerProcess>(settings_)),
        client_(std::make_unique<Client>(broker_->port())) {
    CreateTopicsRequest creation;
    creation.topics.push_back({"t", 2, 1, {}, {}});
    client_->call<CreateTopicsResponse>(creation, 4);
    for (const std::int32_t partition : {0, 1}) EXPECT_EQ(produce(partition), 0);
    on_two_ = fs::exists(path("two") + "/t-1") ? 1 : 0;
  }

  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
  void restart() {
    client_.reset();
    broker_.reset();
    broker_ = std::make_unique<BrokerProcess>(settings_);
    client_ = std::make_unique<Client>(broker_->port());
  }
  void set_min_free_bytes(std::optional<std::string_view> value) {
    IncrementalAlterConfigsRequest request;
    request.resources.push_back(
        {kBroker, "1", {{"storage.min.free.bytes", value ? kSet : kDelete, value}}});
    const auto answer = client_->call<IncrementalAlterConfigsResponse>(request, 1);
    EXPECT_EQ(answer->responses.at(0).error_code, 0);
  }
  // Each returns the error.
  std::int16_t produce(std::int32_t partition, std::string* message = nullptr) {
    auto batch = make_batch({"value"});
    ProduceRequest request;
    request.acks = -1;
    request.timeout_ms = 10'000;
    request.topic_data.emplace_back().name = "t";
    auto& data = request.topic_data[0].partition_data.emplace_back();
    data.index = partition;
    data.records.bytes = batch;
    const auto answer = client_->call<ProduceResponse>(request, 9);
    const auto& result = answer->responses.at(0).partition_responses.at(0);
    if (message != nullptr) *message = result.error_message.value_or("");
    return result.error_code;
  }
  std::int16_t fetch(std::int32_t partition) {
    FetchRequest request;
    request.max_bytes = 1 << 20;
    request.topics.emplace_back().topic = "t";
    auto& asked = request.topics[0].partitions.emplace_back();
    asked.partition = partition;
    asked.partition_max_bytes = 1 << 20;
    const auto answer = client_->call<FetchResponse>(request, 4);
    return answer->responses.at(0).partitions.at(0).error_code;
  }
  std::int16_t delete_first_record(std::int32_t partition) {
    DeleteRecordsRequest request;
    request.timeout_ms = 10'000;
    request.topics.push_back({"t", {{partition, 1}}});
    const auto answer = client_->call<DeleteRecordsResponse>(request, 2);
    return answer->topics.at(0).partitions.at(0).error_code;
  }

  const kernel_tests::TemporaryFolder folder_;
  const std::vector<std::string> settings_;
  std::unique_ptr<BrokerProcess> broker_;
  std::unique_ptr<Client> client_;
  std::int32_t on_two_ = -1;  // the partition whose log lies there
};

TEST_F(TwoLogDirs, AreBothDescribed) {
  DescribeLogDirsRequest all;
  all.topics.reset();
  const auto answer = client_->call<DescribeLogDirsResponse>(all, 4);
  ASSERT_EQ(answer->results.size(), 2u);
  std::size_t number = 0;
  for (const auto* name : {"one", "two"}) {
    const auto& log_dir = answer->results[number++];
    EXPECT_EQ(log_dir.error_code, 0);
    EXPECT_EQ(log_dir.log_dir, path(name));
    ASSERT_EQ(log_dir.topics.size(), 1u);
    ASSERT_EQ(log_dir.topics[0].partitions.size(), 1u);
    EXPECT_GT(log_dir.topics[0].partitions[0].partition_size, 0);
  }
  EXPECT_EQ(answer->results[1].topics[0].partitions[0].partition_index, on_two_);

  // Nothing is moved.
  AlterReplicaLogDirsRequest move;
  move.dirs.push_back({answer->results[1].log_dir, {{"t", {0, 1}}}});
  const auto moved = client_->call<AlterReplicaLogDirsResponse>(move, 2);
  for (const auto& [partition, error] : moved->results.at(0).partitions) {
    EXPECT_EQ(error, partition == on_two_ ? 0 : code(ErrorCode::INVALID_REQUEST));
  }
}

TEST_F(TwoLogDirs, OneThatFailsIsOfflineAndTheOtherServes) {
  const auto obstacle = path("two") + "/log-start-offset-checkpoint.tmp";
  fs::create_directory(obstacle);  // the checkpoint can't be written
  const auto failed = code(ErrorCode::KAFKA_STORAGE_ERROR);
  EXPECT_EQ(delete_first_record(on_two_), failed);
  EXPECT_EQ(produce(on_two_), failed);
  EXPECT_EQ(fetch(on_two_), failed);
  EXPECT_EQ(delete_first_record(1 - on_two_), 0);
  EXPECT_EQ(produce(1 - on_two_), 0);

  DescribeLogDirsRequest all;
  all.topics.reset();
  const auto described = client_->call<DescribeLogDirsResponse>(all, 4);
  ASSERT_EQ(described->results.size(), 2u);
  EXPECT_EQ(described->results[0].error_code, 0);
  EXPECT_EQ(described->results[1].error_code, failed);
  EXPECT_EQ(described->results[1].log_dir, path("two"));
  EXPECT_TRUE(described->results[1].topics.empty());

  MetadataRequest metadata;
  metadata.topics.emplace().emplace_back().name = "t";
  const auto told = client_->call<MetadataResponse>(metadata, 9);
  for (const auto& partition : told->topics.at(0).partitions) {
    const bool is_offline = partition.partition_index == on_two_;
    EXPECT_EQ(partition.error_code,
              is_offline ? code(ErrorCode::LEADER_NOT_AVAILABLE) : code(ErrorCode::NONE));
    EXPECT_EQ(partition.leader_id, is_offline ? -1 : 1);
    EXPECT_EQ(partition.replica_nodes, std::vector<std::int32_t>{1});
    EXPECT_EQ(partition.offline_replicas.size(), is_offline ? 1u : 0u);
  }

  fs::remove(obstacle);  // repaired
  restart();
  for (const std::int32_t partition : {0, 1}) {
    EXPECT_EQ(produce(partition), 0);
    EXPECT_EQ(delete_first_record(partition), 0);
  }
}

// The reserve is more than there is.
TEST_F(TwoLogDirs, TheReserveStopsProduceAndNothingElse) {
  const auto failed = code(ErrorCode::KAFKA_STORAGE_ERROR);
  set_min_free_bytes("4000000000000000000");
  std::string message;
  while (produce(0, &message) != failed) std::this_thread::yield();
  EXPECT_NE(message.find("too little free space"), std::string::npos) << message;
  EXPECT_EQ(fetch(0), 0);
  EXPECT_EQ(delete_first_record(0), 0);
  CreateTopicsRequest creation;
  creation.topics.push_back({"another", 1, 1, {}, {}});
  EXPECT_EQ(client_->call<CreateTopicsResponse>(creation, 4)->topics.at(0).error_code, 0);
  DescribeLogDirsRequest all;
  const auto described = client_->call<DescribeLogDirsResponse>(all, 4);
  for (const auto& log_dir : described->results) EXPECT_EQ(log_dir.error_code, 0);
  set_min_free_bytes(std::nullopt);
  while (produce(0) != 0) std::this_thread::yield();
}

}  // namespace
}  // namespace fluxmq::api_tests
