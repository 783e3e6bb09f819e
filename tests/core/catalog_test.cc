// Topics come, stay and go: over restarts, with Kafka's errors and messages.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "fluxmq/metadata_store.h"
#include "test_broker.h"

namespace fluxmq::testing {
namespace {

TEST(Catalog, KeepsTopicsOverARestart) {
  TestBroker broker;
  const std::string cluster_id(broker.catalog().cluster_id());
  EXPECT_EQ(cluster_id.size(), 22u);
  ASSERT_EQ(broker.create("orders", 3, {{"retention.ms", "5000"}}).error, ErrorCode::NONE);
  ASSERT_EQ(
      broker.create("__consumer_offsets", 2, {{"cleanup.policy", "compact"}}, FLUXMQ_INTERNAL_TOPIC)
          .error,
      ErrorCode::NONE);
  const auto id = broker.catalog().find("orders").id();
  broker.restart();
  EXPECT_EQ(broker.catalog().cluster_id(), cluster_id);
  const auto topic = broker.catalog().find("orders");
  ASSERT_TRUE(topic);
  EXPECT_EQ(topic.id(), id);
  EXPECT_EQ(topic.partition_count(), 3);
  EXPECT_EQ(topic.replication_factor(), 1);
  EXPECT_FALSE(topic.is_internal());
  EXPECT_TRUE(broker.catalog().find("__consumer_offsets").is_internal());
  EXPECT_EQ(broker.catalog().find(id).name(), "orders");
  EXPECT_TRUE(broker.catalog().partition(topic, 2));
  EXPECT_FALSE(broker.catalog().partition(topic, 3));
  EXPECT_FALSE(broker.catalog().partition(topic, -1));
  std::vector<std::string> names;
  broker.catalog().visit_topics(
      [&](const fluxmq_topic& visited) { names.emplace_back(view(visited.name)); });
  EXPECT_EQ(names, (std::vector<std::string>{"__consumer_offsets", "orders"}));
}

TEST(Catalog, TellsItsBroker) {
  TestBroker broker{{"broker.id", "7"}, {"broker.rack", "west"}};
  EXPECT_EQ(broker.table()->broker_id(broker.table()->self), 7);
  EXPECT_EQ(broker.table()->controller_id(broker.table()->self), 7);
  const auto brokers = broker.catalog().brokers();
  ASSERT_EQ(brokers.size(), 1u);
  EXPECT_EQ(brokers[0].broker_id, 7);
  EXPECT_EQ(view(brokers[0].rack), "west");
}

struct Refused {
  std::string name;
  std::int32_t partitions;
  std::int32_t replication_factor;
  ErrorCode error;
  std::string message;
};

TEST(Catalog, RefusesTopicsAsKafkaDoes) {
  TestBroker broker;
  ASSERT_EQ(broker.create("a.b").error, ErrorCode::NONE);
  const std::vector<Refused> refused{
      {"a.b", 1, 1, ErrorCode::TOPIC_ALREADY_EXISTS, "Topic 'a.b' already exists."},
      {"a_b", 1, 1, ErrorCode::INVALID_TOPIC_EXCEPTION,
       "Topic 'a_b' collides with existing topic: a.b"},
      {"", 1, 1, ErrorCode::INVALID_TOPIC_EXCEPTION,
       "Topic name is invalid: the empty string is not allowed"},
      {"..", 1, 1, ErrorCode::INVALID_TOPIC_EXCEPTION,
       "Topic name is invalid: '..' is not allowed"},
      {"bad name", 1, 1, ErrorCode::INVALID_TOPIC_EXCEPTION,
       "Topic name is invalid: 'bad name' contains one or more characters other than ASCII "
       "alphanumerics, '.', '_' and '-'"},
      {"x", 0, 1, ErrorCode::INVALID_PARTITIONS,
       "Number of partitions was set to an invalid non-positive value."},
      {"x", -2, 1, ErrorCode::INVALID_PARTITIONS,
       "Number of partitions was set to an invalid non-positive value."},
      {"x", 1, 0, ErrorCode::INVALID_REPLICATION_FACTOR,
       "Replication factor must be larger than 0, or -1 to use the default value."},
      {"x", 1, 2, ErrorCode::INVALID_REPLICATION_FACTOR,
       "Unable to replicate the partition 2 time(s): The target replication factor of 2 cannot be "
       "reached because only 1 broker(s) are registered or some brokers have all their log "
       "directories cordoned."},
      {"x", 1000000, 1, ErrorCode::POLICY_VIOLATION,
       "Excessively large number of partitions per request."},
      {"__cluster_metadata", 1, 1, ErrorCode::INVALID_REQUEST,
       "Creation of internal topic __cluster_metadata is prohibited."},
  };
  for (const auto& topic : refused) {
    const auto answer =
        broker.create(topic.name, topic.partitions, {}, 0, topic.replication_factor);
    EXPECT_EQ(answer.error, topic.error) << topic.name;
    EXPECT_EQ(answer.message, topic.message) << topic.name;
  }
  EXPECT_EQ(broker.create(std::string(250, 'a')).error, ErrorCode::INVALID_TOPIC_EXCEPTION);
  EXPECT_EQ(broker.create(std::string(249, 'a')).error, ErrorCode::NONE);
}

TEST(Catalog, ChecksManualAssignments) {
  TestBroker broker;
  struct Case {
    std::vector<std::int32_t> partitions;
    std::vector<std::vector<std::int32_t>> brokers;
    ErrorCode error;
    std::string message;
  };
  const auto invalid = ErrorCode::INVALID_REPLICA_ASSIGNMENT;
  const std::vector<Case> cases{
      {{0, 2}, {{1}, {1}}, invalid, "partitions should be a consecutive 0-based integer sequence"},
      {{0}, {{}}, invalid, "The manual partition assignment includes an empty replica list."},
      {{0},
       {{2}},
       invalid,
       "The manual partition assignment includes broker 2, but no such broker is registered."},
      {{0},
       {{1, 1}},
       invalid,
       "The manual partition assignment includes the broker 1 more than once."},
      {{0, 0}, {{1}, {1}}, invalid, "Found multiple manual partition assignments for partition 0"},
      {{1, 0}, {{1}, {1}}, ErrorCode::NONE, ""},
  };
  for (const auto& item : cases) {
    std::vector<std::int32_t> starts{0};
    std::vector<std::int32_t> brokers;
    for (const auto& list : item.brokers) {
      brokers.insert(brokers.end(), list.begin(), list.end());
      starts.push_back(static_cast<std::int32_t>(brokers.size()));
    }
    fluxmq_new_topic topic{};
    topic.size = sizeof(topic);
    topic.name = to_abi("assigned");
    topic.partition_count = topic.replication_factor = -1;
    topic.assigned_partitions = item.partitions.data();
    topic.assignment_starts = starts.data();
    topic.assigned_brokers = brokers.data();
    topic.assignment_count = item.partitions.size();
    const auto answer = broker.create(topic);
    EXPECT_EQ(answer.error, item.error);
    EXPECT_EQ(answer.message.value_or(""), item.message);
  }
  EXPECT_EQ(broker.catalog().find("assigned").partition_count(), 2);
}

TEST(Catalog, DefaultsComeFromTheBroker) {
  TestBroker broker{{"num.partitions", "6"}};
  ASSERT_EQ(broker.create("d", -1, {}, 0, -1).error, ErrorCode::NONE);
  EXPECT_EQ(broker.catalog().find("d").partition_count(), 6);
}

TEST(Catalog, ValidatesOnly) {
  TestBroker broker;
  EXPECT_EQ(broker.create("v", 2, {}, FLUXMQ_VALIDATE_ONLY).error, ErrorCode::NONE);
  EXPECT_FALSE(broker.catalog().find("v"));
}

TEST(Catalog, BoundsAllPartitions) {
  TestBroker broker{{"max.partitions", "10"}};
  EXPECT_EQ(broker.create("a", 8).error, ErrorCode::NONE);
  EXPECT_EQ(broker.create("b", 3).error, ErrorCode::POLICY_VIOLATION);
  EXPECT_EQ(broker.create("b", 2).error, ErrorCode::NONE);
  EXPECT_EQ(broker.create_partitions("b", 3).error, ErrorCode::POLICY_VIOLATION);
  EXPECT_EQ(broker.remove("a").error, ErrorCode::NONE);
  EXPECT_EQ(broker.create_partitions("b", 3).error, ErrorCode::NONE);
}

TEST(Catalog, PartitionsBeyondALoweredBoundCountNoMoreOnceTheyAreDeleted) {
  TestBroker broker;
  ASSERT_EQ(broker.create("a", 4).error, ErrorCode::NONE);
  ASSERT_EQ(broker.create("b", 4).error, ErrorCode::NONE);
  broker.restart({{"max.partitions", "3"}});
  EXPECT_EQ(broker.create("c", 1).error, ErrorCode::POLICY_VIOLATION);
  EXPECT_EQ(broker.remove("a").error, ErrorCode::NONE);
  EXPECT_EQ(broker.remove("b").error, ErrorCode::NONE);
  EXPECT_EQ(broker.create("c", 3).error, ErrorCode::NONE);
}

TEST(Catalog, AddsPartitions) {
  TestBroker broker;
  ASSERT_EQ(broker.create("grow", 2).error, ErrorCode::NONE);
  auto before = broker.catalog().find("grow");
  const auto first = broker.catalog().partition(before, 0);
  EXPECT_EQ(broker.create_partitions("grow", 2).message, "Topic already has 2 partition(s).");
  EXPECT_EQ(broker.create_partitions("grow", 1).message,
            "The topic grow currently has 2 partition(s); 1 would not be an increase.");
  EXPECT_EQ(broker.create_partitions("grow", 1).error, ErrorCode::INVALID_PARTITIONS);
  EXPECT_EQ(broker.create_partitions("none", 1).error, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
  EXPECT_EQ(broker.create_partitions("grow", 4, FLUXMQ_VALIDATE_ONLY).error, ErrorCode::NONE);
  EXPECT_EQ(broker.catalog().find("grow").partition_count(), 2);
  EXPECT_EQ(broker.create_partitions("grow", 4).error, ErrorCode::NONE);
  EXPECT_EQ(before.partition_count(), 2);  // a version never changes
  EXPECT_EQ(broker.catalog().partition(broker.catalog().find("grow"), 0), first);
  before = {};
  broker.restart();
  EXPECT_EQ(broker.catalog().find("grow").partition_count(), 4);
}

TEST(Catalog, DeletesTopicsWithTheirLogs) {
  TestBroker broker;
  ASSERT_EQ(broker.create("gone").error, ErrorCode::NONE);
  auto held = broker.partition("gone");
  EXPECT_EQ(held.append(produced_batch()).error, ErrorCode::NONE);
  std::promise<void> watched;
  const auto watch_id = held.partition.watch(
      1, FLUXMQ_READ_UNCOMMITTED,
      [](void* context) { static_cast<std::promise<void>*>(context)->set_value(); }, &watched);
  EXPECT_NE(watch_id, 0u);
  const auto id = held.topic->id();
  EXPECT_EQ(broker.remove("gone").error, ErrorCode::NONE);
  watched.get_future().wait();
  EXPECT_FALSE(held.partition.forget(watch_id));
  EXPECT_FALSE(broker.catalog().find("gone"));
  EXPECT_FALSE(broker.catalog().find(id));
  EXPECT_EQ(held.append(produced_batch()).error, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
  EXPECT_EQ(held.read(0).error, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
  held = {};
  // The name is free again, and the new topic is empty.
  ASSERT_EQ(broker.create("gone").error, ErrorCode::NONE);
  EXPECT_NE(broker.catalog().find("gone").id(), id);
  EXPECT_EQ(broker.partition("gone").append(produced_batch()).base_offset, 0);
  broker.restart();
  EXPECT_EQ(broker.partition("gone").base_offsets(), std::vector<std::int64_t>{0});
}

TEST(Catalog, DeletesWhileOthersReadAndWrite) {
  TestBroker broker;
  for (int round = 0; round < 20; ++round) {
    ASSERT_EQ(broker.create("busy", 2).error, ErrorCode::NONE);
    std::atomic<bool> gone{false};
    std::vector<std::thread> clients;
    for (int i = 0; i < 2; ++i) {
      clients.emplace_back([&, held = broker.partition("busy", i)] {
        while (!gone) {
          const auto appended = held.append(produced_batch());
          const auto read = held.read(0);
          const auto known = [](ErrorCode error) {
            return error == ErrorCode::NONE || error == ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
          };
          EXPECT_TRUE(known(appended.error));
          EXPECT_TRUE(known(read.error));
        }
      });
    }
    EXPECT_EQ(broker.partition("busy").append(produced_batch()).error, ErrorCode::NONE);
    EXPECT_EQ(broker.remove("busy").error, ErrorCode::NONE);
    gone = true;
    for (auto& client : clients) client.join();
  }
}

// What a crash right after the deletion's commit leaves: the log, and a note to remove it.
TEST(Catalog, FinishesADeletionThatACrashCutShort) {
  TestBroker broker;
  ASSERT_EQ(broker.create("half").error, ErrorCode::NONE);
  EXPECT_EQ(broker.partition("half").append(produced_batch()).error, ErrorCode::NONE);
  const auto id = broker.catalog().find("half").id().to_string();
  broker.stop();
  {
    FakeHost host({{"log.dirs", broker.data_folder()}});
    const LoadedPlugin storage(host, STORAGE_PLUGIN);
    MetadataTransaction transaction;
    transaction.remove("topic/half");
    transaction.put("deleted/" + id, "1 half 1\n");
    const auto operations = transaction.operations();
    Waiting<std::int16_t> committed;
    const auto* store = storage.query<fluxmq_metadata_store>(FLUXMQ_METADATA_STORE);
    store->commit(store->self, operations.data(), operations.size(), &set_error,
                  committed.context());
    ASSERT_EQ(committed.get(), 0);
  }
  broker.start();
  EXPECT_FALSE(broker.catalog().find("half"));
  ASSERT_EQ(broker.create("half").error, ErrorCode::NONE);  // once the old log is gone
  EXPECT_EQ(broker.partition("half").append(produced_batch()).base_offset, 0);
}

TEST(Catalog, ChangesOfOneTopicRunOneAfterTheOther) {
  TestBroker broker;
  constexpr int kThreads = 4;
  std::atomic<int> created{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 10; ++n) {
        if (broker.create("race" + std::to_string(n)).error == ErrorCode::NONE) ++created;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(created, 10);
}

TEST(Catalog, GivesOutEachProducerIdOnce) {
  TestBroker broker;
  std::set<std::int64_t> ids;
  for (int i = 0; i < 1500; ++i) EXPECT_TRUE(ids.insert(broker.allocate_producer_id()).second);
  EXPECT_EQ(*ids.begin(), 0);
  EXPECT_EQ(*ids.rbegin(), 1499);
  broker.crash();
  const auto next = broker.allocate_producer_id();
  EXPECT_EQ(next, 2000);
}

TEST(Catalog, SkipsProducerIdsThatAnotherBrokerGaveOut) {
  TestBroker broker;
  EXPECT_EQ(broker.allocate_producer_id(), 0);
  EXPECT_EQ(broker.skip_producer_ids(500).error, ErrorCode::NONE);
  EXPECT_GE(broker.allocate_producer_id(), 500);
  EXPECT_EQ(broker.skip_producer_ids(7'000'000).error, ErrorCode::NONE);
  EXPECT_EQ(broker.skip_producer_ids(10).error, ErrorCode::NONE);
  broker.crash();
  EXPECT_GE(broker.allocate_producer_id(), 7'000'000);
}

TEST(Catalog, TakesTopicsWithTheirIdAndLeaderEpoch) {
  TestBroker broker;
  fluxmq_new_topic topic{};
  topic.size = sizeof(topic);
  topic.name = to_abi(std::string_view("orders"));
  topic.partition_count = 2;
  topic.replication_factor = -1;
  topic.id = {{4, 2}};
  topic.leader_epoch = 9;
  ASSERT_EQ(broker.create(topic).error, ErrorCode::NONE);
  topic.name = to_abi(std::string_view("others"));
  EXPECT_EQ(broker.create(topic).error, ErrorCode::TOPIC_ALREADY_EXISTS);
  topic.size = offsetof(fluxmq_new_topic, id);
  EXPECT_EQ(broker.create(topic).error, ErrorCode::NONE)
      << "who doesn't know of ids gets a new one";
  broker.restart();
  EXPECT_EQ(to_abi(broker.catalog().find("orders").id()).bytes[1], 2);
  EXPECT_EQ(broker.partition("orders").partition.state().leader_epoch, 9);
  EXPECT_EQ(broker.partition("others").partition.state().leader_epoch, 0);
}

}  // namespace
}  // namespace fluxmq::testing
