// What was answered is there after a restart and after a kill -9; what was deleted is not.
#include <gtest/gtest.h>

#include <atomic>

#include "fluxmq/protocol/messages/list_groups.h"
#include "test_broker.h"
#include "test_member.h"

namespace fluxmq::groups_tests {
namespace {

class Durability : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    if (!broker.is_ours()) GTEST_SKIP() << "only a broker of ours is restarted";
    Client client(broker.port());
    find_coordinator(client);
    create_topic(client, "topic");
  }
  void restart() {
    broker.end(GetParam());
    broker.start();
    // Groups are read while the broker serves already; a list has those of all partitions.
    Client client(broker.port());
    wait_until([&] {
      const auto listed =
          client.ask<protocol::ListGroupsResponse>(protocol::ListGroupsRequest{}, 4);
      return error(listed->error_code) != ErrorCode::COORDINATOR_LOAD_IN_PROGRESS;
    });
  }

  TestBroker broker{{"group.initial.rebalance.delay.ms=0", "group.min.session.timeout.ms=1",
                     "offsets.retention.check.interval.ms=20", "shutdown.timeout.ms=100"}};
  std::string group = "group";
};

INSTANTIATE_TEST_SUITE_P(After, Durability, ::testing::Values(SIGTERM, SIGKILL),
                         [](const auto& info) {
                           return info.param == SIGKILL ? std::string("Kill9")
                                                        : std::string("Restart");
                         });

TEST_P(Durability, AGroupGoesOn) {
  TestMember first(broker.port(), group, "static");
  ASSERT_EQ(first.join(), ErrorCode::NONE);
  ASSERT_EQ(first.sync({{first.member_id, "all"}}), ErrorCode::NONE);
  TestMember second(broker.port(), group);
  std::thread joining([&] { EXPECT_EQ(second.join(), ErrorCode::NONE); });
  wait_until([&] { return first.heartbeat() == ErrorCode::REBALANCE_IN_PROGRESS; });
  ASSERT_EQ(first.join(), ErrorCode::NONE);
  joining.join();
  TestMember& leader = first.is_leader ? first : second;
  TestMember& follower = first.is_leader ? second : first;
  follower.send_sync();
  ASSERT_EQ(leader.sync({{first.member_id, "one"}, {second.member_id, "two"}}), ErrorCode::NONE);
  ASSERT_EQ(follower.receive_sync(), ErrorCode::NONE);
  ASSERT_EQ(second.commit("topic", 1, 77), ErrorCode::NONE);

  restart();
  Client client(broker.port());
  const auto described = describe(client, group);
  EXPECT_EQ(described.state, "Stable");
  EXPECT_EQ(described.protocol_name, "range");
  EXPECT_EQ(described.member_ids.size(), 2u);
  EXPECT_EQ(committed(client, group, "topic", 1), 77);

  // The members go on over new connections, in the same generation.
  TestMember again(broker.port(), group);
  again.member_id = second.member_id;
  again.generation_id = second.generation_id;
  EXPECT_EQ(again.heartbeat(), ErrorCode::NONE);
  EXPECT_EQ(again.commit("topic", 1, 78), ErrorCode::NONE);
  ASSERT_EQ(again.sync(), ErrorCode::NONE);
  EXPECT_EQ(again.assignment, "two");
  TestMember replaced(broker.port(), group, "static");
  ASSERT_EQ(replaced.join(), ErrorCode::NONE);
  EXPECT_EQ(replaced.generation_id, second.generation_id);
  EXPECT_NE(replaced.member_id, first.member_id);
}

TEST_P(Durability, MembersThatDiedMeanwhileAreRemoved) {
  TestMember member(broker.port(), group);
  member.session_timeout_ms = 200;
  ASSERT_EQ(member.join(), ErrorCode::NONE);
  ASSERT_EQ(member.sync(), ErrorCode::NONE);
  restart();
  Client client(broker.port());
  wait_until([&] { return describe(client, group).state != "Stable"; });
}

TEST_P(Durability, WhatWasDeletedStaysDeleted) {
  {
    Client client(broker.port());
    ASSERT_EQ(simple_commit(client, group, "topic", 0, 5), ErrorCode::NONE);
    ASSERT_EQ(simple_commit(client, "other", "topic", 0, 6), ErrorCode::NONE);
    ASSERT_EQ(delete_group(client, group), ErrorCode::NONE);
  }
  restart();
  Client client(broker.port());
  EXPECT_EQ(committed(client, group, "topic", 0), -1);
  wait_until([&] { return committed(client, "other", "topic", 0) == 6; });
  EXPECT_EQ(describe(client, group).error, ErrorCode::GROUP_ID_NOT_FOUND);
}

TEST_P(Durability, WhatExpiredStaysExpired) {
  {
    Client client(broker.port());
    protocol::OffsetCommitRequest request;
    request.group_id = group;
    request.retention_time_ms = 1;
    auto& asked = request.topics.emplace_back();
    asked.name = "topic";
    asked.partitions.push_back({0, 5, -1, -1, ""});
    const auto response = client.ask<protocol::OffsetCommitResponse>(request, 2);
    ASSERT_EQ(response->topics.at(0).partitions.at(0).error_code, 0);
    // With its last offset goes a group without members.
    wait_until([&] { return describe(client, group).error == ErrorCode::GROUP_ID_NOT_FOUND; });
  }
  restart();
  Client client(broker.port());
  EXPECT_EQ(committed(client, group, "topic", 0), -1);
}

TEST_P(Durability, CommitsThatWereAnsweredAreThere) {
  constexpr int kCommitters = 4;
  std::atomic<std::int64_t> answered[kCommitters] = {-1, -1, -1, -1};  // -1: none yet
  for (int round = 1; round <= 3; ++round) {
    std::vector<std::thread> committers;
    std::atomic<int> under_way = 0;
    for (int i = 0; i < kCommitters; ++i) {
      committers.emplace_back([&, i] {
        try {
          Client client(broker.port());
          for (std::int64_t offset = answered[i] + 1;; ++offset) {
            if (simple_commit(client, "group" + std::to_string(i % 2), "topic", i / 2, offset) ==
                ErrorCode::NONE) {
              answered[i] = offset;
            }
            if (offset % 20 == 0) ++under_way;
          }
        } catch (const std::exception&) {
          // The broker is gone.
        }
      });
    }
    wait_until([&] { return under_way > 2 * kCommitters; });
    broker.end(GetParam());
    for (auto& committer : committers) committer.join();
    broker.start();
    Client client(broker.port());
    for (int i = 0; i < kCommitters; ++i) {
      const auto id = "group" + std::to_string(i % 2);
      wait_until(
          [&] { return describe(client, id).error != ErrorCode::COORDINATOR_LOAD_IN_PROGRESS; });
      EXPECT_GE(committed(client, id, "topic", i / 2), answered[i]) << "round " << round;
    }
  }
}

TEST(Compaction, LeavesGroupsAndOffsetsAsTheyAre) {
  TestBroker broker({"group.initial.rebalance.delay.ms=0", "offsets.topic.num.partitions=1",
                     "offsets.topic.segment.bytes=1048576", "log.cleaner.backoff.ms=20",
                     "log.cleaner.min.cleanable.ratio=0.01"});
  if (!broker.is_ours()) GTEST_SKIP();
  constexpr std::int64_t kCommits = 900;
  const std::string note(4000, 'x');
  {
    Client client(broker.port());
    find_coordinator(client);
    create_topic(client, "topic");
    TestMember member(broker.port(), "members");
    ASSERT_EQ(member.join(), ErrorCode::NONE);
    ASSERT_EQ(member.sync({{member.member_id, "all"}}), ErrorCode::NONE);
    ASSERT_EQ(simple_commit(client, "deleted", "topic", 0, 1), ErrorCode::NONE);
    ASSERT_EQ(delete_group(client, "deleted"), ErrorCode::NONE);
    for (std::int64_t i = 1; i <= kCommits; ++i) {
      ASSERT_EQ(simple_commit(client, "group", "topic", 0, i, note), ErrorCode::NONE);
    }
    wait_until([&] { return broker.log_bytes("__consumer_offsets-0") < 2 * 1024 * 1024; });
  }
  broker.end(SIGKILL);
  broker.start();
  Client client(broker.port());
  wait_until(
      [&] { return describe(client, "members").error != ErrorCode::COORDINATOR_LOAD_IN_PROGRESS; });
  EXPECT_EQ(committed(client, "group", "topic", 0), kCommits);
  EXPECT_EQ(committed(client, "deleted", "topic", 0), -1);
  EXPECT_EQ(describe(client, "deleted").error, ErrorCode::GROUP_ID_NOT_FOUND);
  EXPECT_EQ(describe(client, "members").state, "Stable");
}

TEST_F(Durability, WhoWaitsForItsAssignmentIsAnsweredAtTheEnd) {
  TestMember first(broker.port(), group), second(broker.port(), group);
  ASSERT_EQ(first.join(), ErrorCode::NONE);
  second.ask_for_id();
  second.send_join();
  wait_until([&] { return first.heartbeat() == ErrorCode::REBALANCE_IN_PROGRESS; });
  ASSERT_EQ(first.join(), ErrorCode::NONE);
  ASSERT_EQ(second.receive_join(), ErrorCode::NONE);
  TestMember& follower = first.is_leader ? second : first;
  TestMember again(broker.port(), group);
  again.member_id = follower.member_id;
  again.generation_id = follower.generation_id;
  follower.send_sync();
  again.send_sync();
  // One of them overtakes the other, and waits.
  wait_until([&] { return follower.client.has_answer() || again.client.has_answer(); });
  TestMember& waiting = follower.client.has_answer() ? again : follower;
  broker.end(SIGTERM);
  EXPECT_EQ(waiting.receive_sync(), ErrorCode::NOT_COORDINATOR);
  EXPECT_EQ(broker.log().find("not answered within"), std::string::npos);
}

TEST_F(Durability, WhoWaitsIsAnsweredAtTheEnd) {
  TestMember first(broker.port(), group);
  ASSERT_EQ(first.join(), ErrorCode::NONE);
  ASSERT_EQ(first.sync(), ErrorCode::NONE);
  TestMember waiting(broker.port(), group);
  std::thread joining([&] { EXPECT_EQ(waiting.join(), ErrorCode::NOT_COORDINATOR); });
  wait_until([&] { return first.heartbeat() == ErrorCode::REBALANCE_IN_PROGRESS; });
  broker.end(SIGTERM);
  joining.join();
  // It wasn't waited for: the end would have said so after shutdown.timeout.ms.
  EXPECT_EQ(broker.log().find("not answered within"), std::string::npos);
}

}  // namespace
}  // namespace fluxmq::groups_tests
