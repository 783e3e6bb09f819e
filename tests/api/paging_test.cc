// DescribeTopicPartitions: topics by name, in pages.
#include "api_test.h"
#include "fluxmq/protocol/messages/describe_topic_partitions.h"

namespace fluxmq::api_tests {
namespace {

using Request = DescribeTopicPartitionsRequest;
using Response = DescribeTopicPartitionsResponse;

// What a page says in short: "a:0,1 b:0 | b:1" is topic a, the first partition of b, and the
// cursor.
std::string brief(const Response& page) {
  std::string text;
  for (const auto& topic : page.topics) {
    text += std::string(*topic.name) + ":";
    if (topic.error_code != 0) text += "error " + std::to_string(topic.error_code);
    for (const auto& partition : topic.partitions) {
      if (&partition != topic.partitions.data()) text += ",";
      text += std::to_string(partition.partition_index);
    }
    text += " ";
  }
  if (!page.next_cursor) return text + "|";
  return text + "| " + std::string(page.next_cursor->topic_name) + ":" +
         std::to_string(page.next_cursor->partition_index);
}

// A broker with the topics a (2 partitions), aut (4), b (3) and c (1), and no others.
class PagingTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    broker_ = std::make_unique<BrokerProcess>(
        with_broker_plugins({"max.request.partition.size.limit=6"}));
    CreateTopicsRequest creation;
    creation.topics = {
        {"c", 1, 1, {}, {}}, {"b", 3, 1, {}, {}}, {"aut", 4, 1, {}, {}}, {"a", 2, 1, {}, {}}};
    const auto created = Client(broker_->port()).call<CreateTopicsResponse>(creation, 7);
    for (const auto& topic : created->topics) EXPECT_EQ(topic.error_code, 0);
  }
  static void TearDownTestSuite() { broker_.reset(); }

  PagingTest() : client(broker_->port()) {}

  std::string page(std::vector<std::string_view> names, std::int32_t limit,
                   std::optional<Request::Cursor> cursor = std::nullopt) {
    Request request;
    for (const auto name : names) request.topics.push_back({name});
    request.response_partition_limit = limit;
    request.cursor = cursor;
    return brief(*client.call<Response>(request, 0));
  }

  Client client;

 private:
  static inline std::unique_ptr<BrokerProcess> broker_;
};

TEST_F(PagingTest, TellsEverythingOfAPartition) {
  Request request;
  request.topics = {{"c"}};
  const auto answer = client.call<Response>(request, 0);
  const auto& topic = answer->topics.at(0);
  EXPECT_FALSE(topic.topic_id.is_zero());
  EXPECT_FALSE(topic.is_internal);
  EXPECT_EQ(topic.topic_authorized_operations, 3576);
  const auto& partition = topic.partitions.at(0);
  const std::vector<std::int32_t> itself{1};
  EXPECT_EQ(partition.error_code, 0);
  EXPECT_EQ(partition.leader_id, 1);
  EXPECT_EQ(partition.leader_epoch, 0);
  EXPECT_EQ(partition.replica_nodes, itself);
  EXPECT_EQ(partition.isr_nodes, itself);
  EXPECT_TRUE(partition.eligible_leader_replicas->empty());
  EXPECT_TRUE(partition.last_known_elr->empty());
  EXPECT_TRUE(partition.offline_replicas.empty());
}

TEST_F(PagingTest, NamesAreSortedAndToldOnce) {
  EXPECT_EQ(page({"b", "a", "nope", "b", "no name"}, 100),
            "a:0,1 b:0,1,2 no name:error 17 nope:error 3 |");
}

TEST_F(PagingTest, AllTopicsInPages) {
  EXPECT_EQ(page({}, 2), "a:0,1 | aut:0");
  EXPECT_EQ(page({}, 2, Request::Cursor{"aut", 0}), "aut:0,1 | aut:2");
  EXPECT_EQ(page({}, 2, Request::Cursor{"aut", 2}), "aut:2,3 | b:0");
  EXPECT_EQ(page({}, 3, Request::Cursor{"b", 1}), "b:1,2 c:0 |");
  // Whole topics up to the limit end with the next one's beginning.
  EXPECT_EQ(page({}, 6), "a:0,1 aut:0,1,2,3 | b:0");
  // A cursor's topic, or its partition, may have gone meanwhile.
  EXPECT_EQ(page({}, 2, Request::Cursor{"aa", 1}), "aut:0,1 | aut:2");
  EXPECT_EQ(page({}, 2, Request::Cursor{"b", 9}), "b: c:0 |");
  EXPECT_EQ(page({}, 2, Request::Cursor{"zz", 0}), "|");
}

TEST_F(PagingTest, NamedTopicsInPages) {
  EXPECT_EQ(page({"a", "nope", "b"}, 3), "a:0,1 b:0 | b:1");
  EXPECT_EQ(page({"a", "nope", "b"}, 3, Request::Cursor{"b", 1}), "b:1,2 nope:error 3 |");
  EXPECT_EQ(page({"b", "nope", "zope"}, 3), "b:0,1,2 | nope:0");
}

TEST_F(PagingTest, LimitsAreTheBrokersAtMostAndOneAtLeast) {
  EXPECT_EQ(page({}, 1'000'000), "a:0,1 aut:0,1,2,3 | b:0");
  EXPECT_EQ(page({}, INT32_MAX), page({}, 6));
  EXPECT_EQ(page({"a"}, 0), "a:0 | a:1");
  EXPECT_EQ(page({"a"}, INT32_MIN), "a:0 | a:1");
}

TEST_F(PagingTest, ImpossibleCursors) {
  EXPECT_EQ(page({"b", "a"}, 2, Request::Cursor{"aut", 0}), "b:error 42 a:error 42 |");
  EXPECT_EQ(page({"b"}, 2, Request::Cursor{"b", -1}), "b:error 42 |");
  EXPECT_EQ(page({}, 2, Request::Cursor{"b", -1}), "|");
  EXPECT_EQ(page({"b"}, 2, Request::Cursor{"b", INT32_MAX}), "b: |");
}

}  // namespace
}  // namespace fluxmq::api_tests
