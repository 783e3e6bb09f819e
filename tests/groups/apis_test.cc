// Every API of groups at every version, over sockets. FLUXMQ_TEST_BOOTSTRAP=PORT asks another
// broker the same.
#include <gtest/gtest.h>

#include <algorithm>

#include "fluxmq/protocol/messages/list_groups.h"
#include "fluxmq/protocol/messages/offset_delete.h"
#include "test_broker.h"
#include "test_member.h"

namespace fluxmq::groups_tests {
namespace {

using namespace protocol;

// Kafka 4 doesn't serve the oldest versions any more.
std::int16_t oldest(const TestBroker& broker, std::int16_t of_kafka) {
  return broker.is_ours() ? std::int16_t{0} : of_kafka;
}

class Apis : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    broker = new TestBroker({"group.initial.rebalance.delay.ms=0"});
    Client client(broker->port());
    find_coordinator(client);
    topic = new std::string(unique("topic"));
    topic_id = create_topic(client, *topic);
  }
  static void TearDownTestSuite() {
    delete broker;
    delete topic;
  }

  static TestBroker* broker;
  static std::string* topic;
  static Uuid topic_id;
  Client client{broker->port()};
  std::string group = unique("group");
};

TestBroker* Apis::broker = nullptr;
std::string* Apis::topic = nullptr;
Uuid Apis::topic_id;

TEST_F(Apis, FindCoordinator) {
  for (std::int16_t version = 0; version <= 6; ++version) {
    FindCoordinatorRequest request;
    request.key = group;
    request.coordinator_keys = {group, "another"};
    const auto response = client.ask<FindCoordinatorResponse>(request, version);
    if (version < 4) {
      EXPECT_EQ(response->error_code, 0);
      EXPECT_EQ(response->host, "127.0.0.1");
      EXPECT_EQ(response->port, broker->port());
      if (version > 0) {
        EXPECT_EQ(response->error_message, "NONE");
      }
      continue;
    }
    ASSERT_EQ(response->coordinators.size(), 2u);
    EXPECT_EQ(response->coordinators[1].key, "another");
    for (const auto& found : response->coordinators) {
      EXPECT_EQ(found.error_code, 0);
      EXPECT_EQ(found.node_id, 1);
      EXPECT_EQ(found.port, broker->port());
      EXPECT_EQ(found.error_message, "");
    }
  }
}

TEST_F(Apis, FindCoordinatorOfOtherTypes) {
  for (const std::int8_t type : {std::int8_t{1}, std::int8_t{2}, std::int8_t{9}}) {
    for (const std::int16_t version : {std::int16_t{3}, std::int16_t{6}}) {
      FindCoordinatorRequest request;
      request.key = "key";
      request.coordinator_keys = {"key"};
      request.key_type = type;
      const auto response = client.ask<FindCoordinatorResponse>(request, version);
      const bool is_old = version < 4;
      const auto code =
          error(is_old ? response->error_code : response->coordinators.at(0).error_code);
      // Kafka serves transactions: its coordinator isn't ready at first.
      if (type == 1 && !broker->is_ours()) continue;
      EXPECT_EQ(code, type == 1 ? ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED
                                : ErrorCode::INVALID_REQUEST);
      EXPECT_EQ(is_old ? response->port : response->coordinators.at(0).port, -1);
    }
  }
}

// A group of two from its first member to its deletion.
void live(const TestBroker& broker, Client& client, const std::string& topic, Versions versions) {
  const auto group = unique("life");
  TestMember a(broker.port(), group, {}, versions);
  ASSERT_EQ(a.join(), ErrorCode::NONE);
  EXPECT_EQ(a.generation_id, 1);
  EXPECT_TRUE(a.is_leader);
  EXPECT_EQ(a.members, std::vector{a.member_id});
  EXPECT_EQ(a.commit(topic, 0, 5), ErrorCode::REBALANCE_IN_PROGRESS);
  ASSERT_EQ(a.sync({{a.member_id, "all"}}), ErrorCode::NONE);
  EXPECT_EQ(a.assignment, "all");
  EXPECT_EQ(a.heartbeat(), ErrorCode::NONE);
  EXPECT_EQ(describe(client, group).state, "Stable");

  TestMember b(broker.port(), group, {}, versions);
  std::thread joining([&] { EXPECT_EQ(b.join(), ErrorCode::NONE); });
  wait_until([&] { return a.heartbeat() == ErrorCode::REBALANCE_IN_PROGRESS; });
  EXPECT_EQ(a.commit(topic, 0, 6), ErrorCode::NONE);
  EXPECT_EQ(a.sync(), ErrorCode::REBALANCE_IN_PROGRESS);
  ASSERT_EQ(a.join(), ErrorCode::NONE);
  joining.join();
  EXPECT_EQ(a.generation_id, 2);
  EXPECT_EQ(b.generation_id, 2);
  EXPECT_NE(a.is_leader, b.is_leader);
  TestMember& leader = a.is_leader ? a : b;
  TestMember& follower = a.is_leader ? b : a;
  EXPECT_EQ(leader.members.size(), 2u);
  EXPECT_EQ(describe(client, group).state, "CompletingRebalance");

  follower.send_sync();
  ASSERT_EQ(leader.sync({{a.member_id, "half a"}, {b.member_id, "half b"}}), ErrorCode::NONE);
  ASSERT_EQ(follower.receive_sync(), ErrorCode::NONE);
  EXPECT_EQ(a.assignment, "half a");
  EXPECT_EQ(b.assignment, "half b");
  EXPECT_EQ(b.commit(topic, 0, 7), ErrorCode::NONE);
  EXPECT_EQ(committed(client, group, topic, 0), 7);
  const auto described = describe(client, group);
  EXPECT_EQ(described.protocol_name, "range");
  EXPECT_EQ(described.member_ids.size(), 2u);
  EXPECT_EQ(delete_group(client, group), ErrorCode::NON_EMPTY_GROUP);

  a.generation_id = 1;
  EXPECT_EQ(a.heartbeat(), ErrorCode::ILLEGAL_GENERATION);
  EXPECT_EQ(a.sync(), ErrorCode::ILLEGAL_GENERATION);
  EXPECT_EQ(a.commit(topic, 0, 8), ErrorCode::ILLEGAL_GENERATION);
  EXPECT_EQ(a.leave(), ErrorCode::NONE);
  EXPECT_EQ(a.leave(), ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(b.heartbeat(), ErrorCode::REBALANCE_IN_PROGRESS);
  EXPECT_EQ(b.leave(), ErrorCode::NONE);
  EXPECT_EQ(describe(client, group).state, "Empty");
  EXPECT_EQ(committed(client, group, topic, 0), 7);
  EXPECT_EQ(delete_group(client, group), ErrorCode::NONE);
  EXPECT_EQ(describe(client, group).error, ErrorCode::GROUP_ID_NOT_FOUND);
  EXPECT_EQ(committed(client, group, topic, 0), -1);
}

TEST_F(Apis, AGroupsLifeAtEveryVersion) {
  for (std::int16_t step = 0; step <= 10; ++step) {
    SCOPED_TRACE(step);
    Versions versions;
    versions.join = std::min<std::int16_t>(step, 9);
    versions.sync = std::min<std::int16_t>(step, 5);
    versions.heartbeat = std::min<std::int16_t>(step, 4);
    versions.leave = std::min<std::int16_t>(step, 5);
    versions.commit = std::clamp<std::int16_t>(step, oldest(*broker, 2), 9);
    if (versions.commit == 0) versions.commit = 1;  // 0 knows no members
    live(*broker, client, *topic, versions);
  }
}

TEST_F(Apis, AStaticMemberComesBack) {
  for (std::int16_t version = 5; version <= 9; ++version) {
    SCOPED_TRACE(version);
    const auto id = unique("static");
    Versions versions;
    versions.join = version;
    TestMember before(broker->port(), id, "instance", versions);
    ASSERT_EQ(before.join(), ErrorCode::NONE);
    ASSERT_EQ(before.sync({{before.member_id, "mine"}}), ErrorCode::NONE);
    TestMember after(broker->port(), id, "instance", versions);
    ASSERT_EQ(after.join(), ErrorCode::NONE);
    EXPECT_EQ(after.generation_id, 1);
    EXPECT_NE(after.member_id, before.member_id);
    EXPECT_EQ(after.is_leader, version == 9);
    ASSERT_EQ(after.sync(), ErrorCode::NONE);
    EXPECT_EQ(after.assignment, "mine");
    EXPECT_EQ(before.heartbeat(), ErrorCode::FENCED_INSTANCE_ID);
    EXPECT_EQ(before.commit(*topic, 0, 1), ErrorCode::FENCED_INSTANCE_ID);
    EXPECT_EQ(before.join(), ErrorCode::FENCED_INSTANCE_ID);
    EXPECT_EQ(before.leave(), ErrorCode::FENCED_INSTANCE_ID);
    EXPECT_EQ(after.leave(), ErrorCode::NONE);
  }
}

TEST_F(Apis, JoinGroupRefuses) {
  for (std::int16_t version = 0; version <= 9; ++version) {
    SCOPED_TRACE(version);
    const auto ask = [&](auto change) {
      JoinGroupRequest request;
      request.group_id = group;
      request.session_timeout_ms = 10'000;
      request.rebalance_timeout_ms = 10'000;
      request.protocol_type = "consumer";
      request.protocols.push_back({"range", {}});
      change(request);
      const auto response = client.ask<JoinGroupResponse>(request, version);
      EXPECT_EQ(response->generation_id, -1);
      EXPECT_EQ(response->member_id, request.member_id);
      EXPECT_EQ(response->leader, "");
      EXPECT_EQ(response->protocol_name.has_value(), version < 7);
      return error(response->error_code);
    };
    EXPECT_EQ(ask([](auto& request) { request.group_id = ""; }), ErrorCode::INVALID_GROUP_ID);
    EXPECT_EQ(ask([](auto& request) { request.session_timeout_ms = 5'999; }),
              ErrorCode::INVALID_SESSION_TIMEOUT);
    EXPECT_EQ(ask([](auto& request) { request.session_timeout_ms = 1'800'001; }),
              ErrorCode::INVALID_SESSION_TIMEOUT);
    EXPECT_EQ(ask([](auto& request) { request.member_id = "nobody"; }),
              ErrorCode::UNKNOWN_MEMBER_ID);
    EXPECT_EQ(ask([](auto& request) { request.protocols.clear(); }),
              ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
    EXPECT_EQ(ask([](auto& request) { request.protocol_type = ""; }),
              ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
  }
}

TEST_F(Apis, RequestsForGroupsThatArentThere) {
  for (std::int16_t version = 0; version <= 5; ++version) {
    SCOPED_TRACE(version);
    for (const auto& [id, expected] : {std::pair{group, ErrorCode::UNKNOWN_MEMBER_ID},
                                       std::pair{std::string(), ErrorCode::INVALID_GROUP_ID}}) {
      SyncGroupRequest sync;
      sync.group_id = id;
      sync.member_id = "nobody";
      sync.protocol_type = "consumer";
      sync.protocol_name = "range";
      EXPECT_EQ(error(client.ask<SyncGroupResponse>(sync, version)->error_code), expected);
      if (version >= 5) {
        sync.protocol_name.reset();
        EXPECT_EQ(error(client.ask<SyncGroupResponse>(sync, version)->error_code),
                  ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
      }
      if (version <= 4) {
        HeartbeatRequest heartbeat;
        heartbeat.group_id = id;
        heartbeat.member_id = "nobody";
        EXPECT_EQ(error(client.ask<HeartbeatResponse>(heartbeat, version)->error_code), expected);
      }
      LeaveGroupRequest leave;
      leave.group_id = id;
      leave.member_id = "nobody";
      leave.members.push_back({"nobody", std::nullopt, std::nullopt});
      const auto left = client.ask<LeaveGroupResponse>(leave, version);
      if (version < 3 || id.empty()) {
        EXPECT_EQ(error(left->error_code), expected);
        EXPECT_TRUE(left->members.empty());
      } else {
        EXPECT_EQ(left->error_code, 0);
        EXPECT_EQ(error(left->members.at(0).error_code), expected);
      }
    }
  }
}

TEST_F(Apis, OffsetCommitAndFetch) {
  for (std::int16_t version = oldest(*broker, 2); version <= 10; ++version) {
    SCOPED_TRACE(version);
    OffsetCommitRequest request;
    request.group_id = group;
    const auto metadata = "note " + std::to_string(version);
    auto& known = request.topics.emplace_back();
    known.name = *topic;
    known.topic_id = topic_id;
    known.partitions.push_back({0, 100 + version, 7, -1, metadata});
    known.partitions.push_back({9, 1, -1, -1, ""});
    auto& unknown = request.topics.emplace_back();
    unknown.name = "nowhere";
    unknown.topic_id.bytes[3] = 1;
    unknown.partitions.push_back({0, 1, -1, -1, ""});
    const auto response = client.ask<OffsetCommitResponse>(request, version);
    ASSERT_EQ(response->topics.size(), 2u);
    const auto& answered = response->topics[0].partitions;
    ASSERT_EQ(answered.size(), 2u);  // what is refused at once comes first
    EXPECT_EQ(answered[0].partition_index, 9);
    EXPECT_EQ(error(answered[0].error_code), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    EXPECT_EQ(answered[1].error_code, 0);
    EXPECT_EQ(error(response->topics[1].partitions[0].error_code),
              version < 10 ? ErrorCode::UNKNOWN_TOPIC_OR_PARTITION : ErrorCode::UNKNOWN_TOPIC_ID);
    if (version < 10) {
      EXPECT_EQ(response->topics[0].name, *topic);
    }
    if (version >= 10) {
      EXPECT_EQ(response->topics[0].topic_id, topic_id);
    }

    OffsetFetchRequest fetch;
    fetch.group_id = group;
    fetch.topics->push_back({*topic, {0, 1}});
    auto& group_fetch = fetch.groups.emplace_back();
    group_fetch.group_id = group;
    group_fetch.topics->push_back({*topic, topic_id, {0, 1}});
    const auto fetch_version = std::max(version, oldest(*broker, 1));
    const auto fetched = client.ask<OffsetFetchResponse>(fetch, fetch_version);
    const auto check = [&](const auto& topics) {
      ASSERT_EQ(topics.size(), 1u);
      const auto& partitions = topics[0].partitions;
      ASSERT_EQ(partitions.size(), 2u);
      EXPECT_EQ(partitions[0].committed_offset, 100 + version);
      EXPECT_EQ(partitions[0].metadata, metadata);
      EXPECT_EQ(partitions[0].committed_leader_epoch, version >= 6 ? 7 : -1);
      EXPECT_EQ(partitions[1].committed_offset, -1);
      EXPECT_EQ(partitions[1].metadata, "");
      EXPECT_EQ(partitions[1].error_code, 0);
    };
    if (fetch_version < 8) {
      check(fetched->topics);
    } else {
      ASSERT_EQ(fetched->groups.size(), 1u);
      EXPECT_EQ(fetched->groups[0].group_id, group);
      check(fetched->groups[0].topics);
    }
  }
}

TEST_F(Apis, OffsetFetchOfAllTopics) {
  ASSERT_EQ(simple_commit(client, group, *topic, 1, 11), ErrorCode::NONE);
  for (std::int16_t version = 2; version <= 10; ++version) {
    SCOPED_TRACE(version);
    OffsetFetchRequest request;
    request.group_id = group;
    request.topics.reset();
    const auto unknown = group + "-unknown";
    for (const std::string_view id : {std::string_view(group), std::string_view(unknown)}) {
      auto& asked = request.groups.emplace_back();
      asked.group_id = id;
      asked.topics.reset();
    }
    const auto response = client.ask<OffsetFetchResponse>(request, version);
    if (version < 8) {
      ASSERT_EQ(response->topics.size(), 1u);
      EXPECT_EQ(response->topics[0].partitions.at(0).committed_offset, 11);
      continue;
    }
    ASSERT_EQ(response->groups.size(), 2u);
    ASSERT_EQ(response->groups[0].topics.size(), 1u);
    EXPECT_EQ(response->groups[0].topics[0].partitions.at(0).committed_offset, 11);
    if (version == 10) {
      EXPECT_EQ(response->groups[0].topics[0].topic_id, topic_id);
    }
    EXPECT_TRUE(response->groups[1].topics.empty());
    EXPECT_EQ(response->groups[1].error_code, 0);
  }
}

TEST_F(Apis, OffsetFetchOfAnUnknownTopicId) {
  OffsetFetchRequest request;
  auto& asked = request.groups.emplace_back();
  asked.group_id = group;
  auto& topic_asked = asked.topics->emplace_back();
  topic_asked.topic_id.bytes[5] = 1;
  topic_asked.partition_indexes = {3};
  const auto response = client.ask<OffsetFetchResponse>(request, 10);
  const auto& partition = response->groups.at(0).topics.at(0).partitions.at(0);
  EXPECT_EQ(error(partition.error_code), ErrorCode::UNKNOWN_TOPIC_ID);
  EXPECT_EQ(partition.committed_offset, -1);
}

TEST_F(Apis, OffsetMetadataIsBounded) {
  EXPECT_EQ(simple_commit(client, group, *topic, 0, 1, std::string(4096, 'x')), ErrorCode::NONE);
  EXPECT_EQ(simple_commit(client, group, *topic, 0, 2, std::string(4097, 'x')),
            ErrorCode::OFFSET_METADATA_TOO_LARGE);
  EXPECT_EQ(committed(client, group, *topic, 0), 1);
}

TEST_F(Apis, OffsetCommitOfAGenerationThatIsntThere) {
  OffsetCommitRequest request;
  request.group_id = group;
  request.generation_id_or_member_epoch = 3;
  request.member_id = "nobody";
  auto& asked = request.topics.emplace_back();
  asked.name = *topic;
  asked.topic_id = topic_id;
  asked.partitions.push_back({0, 1, -1, -1, ""});
  for (std::int16_t version = std::max<std::int16_t>(oldest(*broker, 2), 1); version <= 10;
       ++version) {
    const auto response = client.ask<OffsetCommitResponse>(request, version);
    EXPECT_EQ(error(response->topics.at(0).partitions.at(0).error_code),
              version < 9 ? ErrorCode::ILLEGAL_GENERATION : ErrorCode::GROUP_ID_NOT_FOUND);
  }
}

TEST_F(Apis, OffsetsThatExpireByThemselves) {
  // Versions 2 to 4 say how long an offset is kept; the check that deletes it comes later.
  for (std::int16_t version = 2; version <= 4; ++version) {
    OffsetCommitRequest request;
    request.group_id = group;
    request.retention_time_ms = 3'600'000;
    auto& asked = request.topics.emplace_back();
    asked.name = *topic;
    asked.partitions.push_back({0, version, -1, -1, ""});
    const auto response = client.ask<OffsetCommitResponse>(request, version);
    EXPECT_EQ(response->topics.at(0).partitions.at(0).error_code, 0);
    EXPECT_EQ(committed(client, group, *topic, 0), version);
  }
}

TEST_F(Apis, DescribeGroups) {
  ASSERT_EQ(simple_commit(client, group, *topic, 0, 1), ErrorCode::NONE);
  const auto unknown = group + "-unknown";
  for (std::int16_t version = 0; version <= 6; ++version) {
    SCOPED_TRACE(version);
    DescribeGroupsRequest request;
    request.groups = {group, unknown};
    request.include_authorized_operations = true;
    const auto response = client.ask<DescribeGroupsResponse>(request, version);
    ASSERT_EQ(response->groups.size(), 2u);
    for (const auto& told : response->groups) {
      const bool is_known = told.group_id == group;
      const bool has_error = !is_known && version >= 6;
      EXPECT_EQ(told.group_state, is_known ? "Empty" : "Dead");
      EXPECT_EQ(error(told.error_code),
                has_error ? ErrorCode::GROUP_ID_NOT_FOUND : ErrorCode::NONE);
      if (has_error) {
        EXPECT_EQ(told.error_message, "Group " + unknown + " not found.");
      }
      if (version >= 3) {
        // Read, delete, describe, and the two for configs.
        EXPECT_EQ(told.authorized_operations, has_error ? INT32_MIN : 3400);
      }
    }
  }
}

TEST_F(Apis, ListGroups) {
  ASSERT_EQ(simple_commit(client, group, *topic, 0, 1), ErrorCode::NONE);
  const auto list = [&](std::int16_t version, std::vector<std::string_view> states = {},
                        std::vector<std::string_view> types = {}) {
    ListGroupsRequest request;
    request.states_filter = std::move(states);
    request.types_filter = std::move(types);
    const auto response = client.ask<ListGroupsResponse>(request, version);
    EXPECT_EQ(response->error_code, 0);
    const auto found = std::find_if(response->groups.begin(), response->groups.end(),
                                    [&](const auto& listed) { return listed.group_id == group; });
    if (found == response->groups.end()) return false;
    EXPECT_EQ(found->protocol_type, "");
    if (version >= 4) {
      EXPECT_EQ(found->group_state, "Empty");
    }
    if (version >= 5) {
      EXPECT_EQ(found->group_type, "classic");
    }
    return true;
  };
  for (std::int16_t version = 0; version <= 5; ++version) EXPECT_TRUE(list(version));
  EXPECT_TRUE(list(5, {"empty"}));
  EXPECT_TRUE(list(5, {"Stable", "EMPTY"}, {"Classic"}));
  EXPECT_FALSE(list(5, {"Stable"}));
  EXPECT_FALSE(list(5, {"nonsense"}));
  EXPECT_FALSE(list(5, {}, {"consumer"}));
  EXPECT_FALSE(list(5, {}, {"nonsense"}));
}

TEST_F(Apis, DeleteGroups) {
  for (std::int16_t version = 0; version <= 2; ++version) {
    ASSERT_EQ(simple_commit(client, group, *topic, 0, 1), ErrorCode::NONE);
    DeleteGroupsRequest request;
    const auto unknown = group + "-unknown";
    request.groups_names = {group, unknown, group};
    const auto response = client.ask<DeleteGroupsResponse>(request, version);
    ASSERT_EQ(response->results.size(), 2u);  // a name that is said twice counts once
    for (const auto& result : response->results) {
      EXPECT_EQ(error(result.error_code),
                result.group_id == group ? ErrorCode::NONE : ErrorCode::GROUP_ID_NOT_FOUND);
    }
    EXPECT_EQ(committed(client, group, *topic, 0), -1);
  }
}

TEST_F(Apis, OffsetDelete) {
  const auto ask = [&](std::string_view group_id) {
    OffsetDeleteRequest request;
    request.group_id = group_id;
    auto& known = request.topics.emplace_back();
    known.name = *topic;
    known.partitions = {{0}, {1}, {9}};
    auto& unknown = request.topics.emplace_back();
    unknown.name = "nowhere";
    unknown.partitions = {{0}};
    return client.ask<OffsetDeleteResponse>(request, 0);
  };
  EXPECT_EQ(error(ask("")->error_code), ErrorCode::INVALID_GROUP_ID);
  EXPECT_EQ(error(ask(group)->error_code), ErrorCode::GROUP_ID_NOT_FOUND);
  ASSERT_EQ(simple_commit(client, group, *topic, 0, 1), ErrorCode::NONE);
  const auto response = ask(group);
  EXPECT_EQ(response->error_code, 0);
  ASSERT_EQ(response->topics.size(), 2u);
  std::map<int, ErrorCode> errors;
  for (const auto& partition : response->topics[0].partitions) {
    errors[partition.partition_index] = error(partition.error_code);
  }
  EXPECT_EQ(errors[0], ErrorCode::NONE);
  EXPECT_EQ(errors[1], ErrorCode::NONE);
  EXPECT_EQ(errors[9], ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
  EXPECT_EQ(error(response->topics[1].partitions.at(0).error_code),
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
  EXPECT_EQ(committed(client, group, *topic, 0), -1);
}

TEST_F(Apis, OffsetDeleteOfASubscribedTopic) {
  TestMember member(broker->port(), group);
  member.metadata = subscription({*topic});
  ASSERT_EQ(member.join(), ErrorCode::NONE);
  ASSERT_EQ(member.sync(), ErrorCode::NONE);
  OffsetDeleteRequest request;
  request.group_id = group;
  auto& asked = request.topics.emplace_back();
  asked.name = *topic;
  asked.partitions = {{0}};
  const auto response = client.ask<OffsetDeleteResponse>(request, 0);
  EXPECT_EQ(error(response->topics.at(0).partitions.at(0).error_code),
            ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC);
}

TEST_F(Apis, OffsetsGoWithTheirTopic) {
  const auto name = unique("short-lived");
  create_topic(client, name);
  ASSERT_EQ(simple_commit(client, group, name, 0, 5), ErrorCode::NONE);
  ASSERT_EQ(simple_commit(client, group, *topic, 0, 6), ErrorCode::NONE);
  delete_topic(client, name);
  wait_until([&] { return committed(client, group, name, 0) == -1; });
  create_topic(client, name);
  EXPECT_EQ(committed(client, group, name, 0), -1);
  EXPECT_EQ(committed(client, group, *topic, 0), 6);
}

}  // namespace
}  // namespace fluxmq::groups_tests
