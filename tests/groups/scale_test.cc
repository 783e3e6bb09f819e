// Many members in a group, and many groups.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "test_broker.h"
#include "test_member.h"

namespace fluxmq::groups_tests {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t ms_since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
}

class Scale : public ::testing::Test {
 protected:
  void SetUp() override {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    Client client(broker.port());
    find_coordinator(client);
    create_topic(client, topic, 1);
  }
  TestBroker broker{{"group.initial.rebalance.delay.ms=300"}};
  std::string topic = unique("topic");
};

TEST_F(Scale, AThousandMembersInOneGroup) {
  constexpr std::size_t kMembers = 1000;
  const auto group = unique("large");
  std::vector<TestMember> members;
  members.reserve(kMembers);
  for (std::size_t i = 0; i < kMembers; ++i) {
    members.emplace_back(broker.port(), group).session_timeout_ms = 60'000;
  }
  for (auto& member : members) member.ask_for_id();
  TestMember* leader = nullptr;
  for (std::int32_t generation = 1; generation <= 3; ++generation) {
    const auto begin = Clock::now();
    // A leader that joins again makes the others do so.
    if (leader != nullptr) {
      leader->send_join();
      auto& other = leader == &members[0] ? members[1] : members[0];
      wait_until([&] { return other.heartbeat() == ErrorCode::REBALANCE_IN_PROGRESS; });
    }
    for (auto& member : members) {
      if (&member != leader) member.send_join();
    }
    for (auto& member : members) {
      ASSERT_EQ(member.receive_join(), ErrorCode::NONE);
      ASSERT_EQ(member.generation_id, generation);
      if (member.is_leader) leader = &member;
    }
    ASSERT_NE(leader, nullptr);
    ASSERT_EQ(leader->members.size(), kMembers);
    const auto joined_ms = ms_since(begin);
    std::map<std::string, std::string> assignments;
    for (auto& member : members) assignments[member.member_id] = "for " + member.member_id;
    for (auto& member : members) {
      if (&member != leader) member.send_sync();
    }
    leader->send_sync(assignments);
    for (auto& member : members) {
      ASSERT_EQ(member.receive_sync(), ErrorCode::NONE);
      ASSERT_EQ(member.assignment, "for " + member.member_id);
    }
    std::printf("%zu members: joined in %lld ms, assigned in %lld ms\n", kMembers,
                static_cast<long long>(joined_ms), static_cast<long long>(ms_since(begin)));
  }
  Client client(broker.port());
  EXPECT_EQ(describe(client, group).member_ids.size(), kMembers);
}

TEST_F(Scale, TenThousandGroups) {
  constexpr int kGroups = 10'000;
  constexpr int kInFlight = 64;
  if (!broker.is_ours()) GTEST_SKIP();
  Client client(broker.port());
  // The log of each partition is open before it is measured.
  for (int i = 0; i < 500; ++i) {
    ASSERT_EQ(simple_commit(client, "warm" + std::to_string(i), topic, 0, i), ErrorCode::NONE);
  }
  const auto before_kib = broker.resident_kib();
  const auto begin = Clock::now();
  std::vector<std::string> names;
  for (int i = 0; i < kGroups; ++i) names.push_back("group" + std::to_string(i));
  for (int i = 0; i < kGroups + kInFlight; ++i) {
    if (i < kGroups) {
      protocol::OffsetCommitRequest request;
      request.group_id = names[static_cast<std::size_t>(i)];
      auto& asked = request.topics.emplace_back();
      asked.name = topic;
      asked.partitions.push_back({0, i, -1, -1, ""});
      client.send(request, 9);
    }
    if (i < kInFlight) continue;
    const auto response = client.receive<protocol::OffsetCommitResponse>(9);
    ASSERT_EQ(response->topics.at(0).partitions.at(0).error_code, 0);
  }
  const auto grown_kib = broker.resident_kib() - before_kib;
  std::printf("%d groups: committed in %lld ms, %lld KiB\n", kGroups,
              static_cast<long long>(ms_since(begin)), static_cast<long long>(grown_kib));
  EXPECT_EQ(committed(client, names[4711], topic, 0), 4711);
#if !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)  // they take memory of their own
  EXPECT_LT(grown_kib, 32 * 1024);
#endif
}

TEST(Limits, GroupsAndTheirMembersAreBounded) {
  TestBroker broker({"group.initial.rebalance.delay.ms=0", "group.max.count=1", "group.max.size=1",
                     "group.max.metadata.bytes=2000"});
  Client client(broker.port());
  find_coordinator(client);
  create_topic(client, "topic");
  TestMember member(broker.port(), "group");
  ASSERT_EQ(member.join(), ErrorCode::NONE);
  ASSERT_EQ(member.sync(), ErrorCode::NONE);
  EXPECT_EQ(TestMember(broker.port(), "group").join(), ErrorCode::GROUP_MAX_SIZE_REACHED);
  EXPECT_EQ(TestMember(broker.port(), "other").join(), ErrorCode::GROUP_MAX_SIZE_REACHED);
  EXPECT_EQ(simple_commit(client, "other", "topic", 0, 1), ErrorCode::INVALID_COMMIT_OFFSET_SIZE);
  ASSERT_EQ(member.leave(), ErrorCode::NONE);
  ASSERT_EQ(delete_group(client, "group"), ErrorCode::NONE);
  TestMember talkative(broker.port(), "other");
  talkative.metadata = std::string(3000, 'x');
  EXPECT_EQ(talkative.join(), ErrorCode::GROUP_MAX_SIZE_REACHED);
}

TEST(Limits, TheMemoryOfAllIsBounded) {
  TestBroker broker({"group.max.total.bytes=65536"});
  Client client(broker.port());
  find_coordinator(client);
  create_topic(client, "topic");
  const auto name = [](int i) { return "group" + std::to_string(i); };
  int groups = 0;
  while (simple_commit(client, name(groups), "topic", 0, 1, "note") == ErrorCode::NONE) ++groups;
  EXPECT_GT(groups, 30);
  EXPECT_LT(groups, 65);
  // Those that there are commit on, and one that goes makes room.
  EXPECT_EQ(simple_commit(client, name(0), "topic", 0, 2, "same"), ErrorCode::NONE);
  EXPECT_EQ(TestMember(broker.port(), "other").join(), ErrorCode::GROUP_MAX_SIZE_REACHED);
  ASSERT_EQ(delete_group(client, name(1)), ErrorCode::NONE);
  EXPECT_EQ(simple_commit(client, name(groups), "topic", 0, 1, "note"), ErrorCode::NONE);
}

}  // namespace
}  // namespace fluxmq::groups_tests
