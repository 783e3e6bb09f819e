// The classic group protocol, step by step: joins, assignments, commits and the passing of time.
#include <gtest/gtest.h>

#include <set>

#include "fake_surroundings.h"

namespace fluxmq::api_groups {
namespace {

TEST(Join, AsksForAKnownMemberIdFirst) {
  Scene scene;
  const auto first = scene.join(Scene::command());
  EXPECT_EQ(first->error(), ErrorCode::MEMBER_ID_REQUIRED);
  const std::string id = first->get().member_id;
  EXPECT_EQ(id, "client-uuid1");
  EXPECT_TRUE(scene.group->members().empty());

  const auto second = scene.join(Scene::command(id));
  EXPECT_FALSE(second->is_here());
  scene.advance(0);
  ASSERT_TRUE(second->is_here());
  const JoinResult& joined = second->get();
  EXPECT_EQ(joined.error, ErrorCode::NONE);
  EXPECT_EQ(joined.generation_id, 1);
  EXPECT_EQ(joined.leader, id);
  EXPECT_EQ(joined.member_id, id);
  EXPECT_EQ(joined.protocol_type, "consumer");
  EXPECT_EQ(joined.protocol_name, "range");
  ASSERT_EQ(joined.members.size(), 1u);
  EXPECT_EQ(joined.members[0].metadata, "subscription");
  EXPECT_TRUE(scene.group->is(GroupState::kCompletingRebalance));
}

TEST(Join, OldClientsJoinAtOnce) {
  Scene scene;
  auto command = Scene::command();
  command.requires_known_member_id = false;
  const auto joining = scene.join(command);
  scene.advance(0);
  EXPECT_EQ(joining->get().generation_id, 1);
}

struct Refusal {
  const char* what;
  std::string_view protocol_type;
  std::vector<MemberProtocol> protocols;
  ErrorCode expected;
};

TEST(Join, ProtocolsMustFitThoseOfTheGroup) {
  const Refusal cases[] = {
      {"the same", "consumer", {{"range", ""}}, ErrorCode::MEMBER_ID_REQUIRED},
      {"one in common", "consumer", {{"other", ""}, {"range", ""}}, ErrorCode::MEMBER_ID_REQUIRED},
      {"none in common", "consumer", {{"other", ""}}, ErrorCode::INCONSISTENT_GROUP_PROTOCOL},
      {"another type", "connect", {{"range", ""}}, ErrorCode::INCONSISTENT_GROUP_PROTOCOL},
      {"none", "consumer", {}, ErrorCode::INCONSISTENT_GROUP_PROTOCOL},
  };
  for (const auto& each : cases) {
    Scene scene;
    scene.stable_group(2);
    auto command = Scene::command();
    command.protocol_type = each.protocol_type;
    command.protocols = each.protocols;
    EXPECT_EQ(scene.join(command)->error(), each.expected) << each.what;
  }
  Scene scene;
  auto command = Scene::command();
  command.protocol_type = "";
  EXPECT_EQ(scene.join(command)->error(), ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
  command.protocol_type = "consumer";
  command.protocols.clear();
  EXPECT_EQ(scene.join(command)->error(), ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
}

TEST(Join, UnknownMembersAreToldSo) {
  Scene scene;
  scene.stable_group(1);
  const auto joining = scene.join(Scene::command("nobody"));
  EXPECT_EQ(joining->error(), ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(joining->get().member_id, "nobody");
}

TEST(Join, MostVotesChooseTheProtocol) {
  Scene scene;
  const auto a = scene.new_id(), b = scene.new_id(), c = scene.new_id();
  const auto with = [](const std::string& id, std::vector<MemberProtocol> protocols) {
    auto command = Scene::command(id);
    command.protocols = std::move(protocols);
    return command;
  };
  const auto first = scene.join(with(a, {{"x", "ax"}, {"y", "ay"}, {"z", ""}}));
  const auto second = scene.join(with(b, {{"y", "by"}, {"x", "bx"}}));
  scene.join(with(c, {{"z", ""}, {"y", "cy"}, {"x", "cx"}}));
  scene.advance(0);
  EXPECT_EQ(first->get().protocol_name, "y");  // z isn't everyone's, so c votes for y
  ASSERT_EQ(first->get().members.size(), 3u);
  EXPECT_EQ(first->get().members[2].metadata, "cy");
  EXPECT_TRUE(second->get().members.empty());
}

TEST(Join, TheFirstRebalanceWaitsForMore) {
  Scene scene({.initial_rebalance_delay_ms = 3000});
  const auto a = scene.new_id(), b = scene.new_id(), c = scene.new_id();
  auto command = Scene::command(a);
  command.rebalance_timeout_ms = 7000;
  const auto first = scene.join(command);
  scene.advance(2000);
  command.member_id = b;
  const auto second = scene.join(command);
  scene.advance(2000);  // 4 s: longer for b's sake
  EXPECT_FALSE(first->is_here());
  command.member_id = c;
  const auto third = scene.join(command);
  scene.advance(2999);  // 6,999 ms: and for c's, but not past the rebalance timeout
  EXPECT_FALSE(first->is_here());
  scene.advance(1);
  ASSERT_TRUE(first->is_here() && second->is_here() && third->is_here());
  EXPECT_EQ(first->get().members.size(), 3u);
}

TEST(Join, WithoutNewMembersTheDelayEnds) {
  Scene scene({.initial_rebalance_delay_ms = 3000});
  const auto id = scene.new_id();
  const auto joining = scene.join(Scene::command(id));
  scene.advance(2999);
  EXPECT_FALSE(joining->is_here());
  scene.advance(1);
  EXPECT_TRUE(joining->is_here());
}

TEST(Join, AMemberThatTriesAgainGetsTheSameAnswer) {
  Scene scene;
  const auto ids = scene.stable_group(2);
  const auto follower = scene.join(Scene::command(ids[1]));
  EXPECT_EQ(follower->get().generation_id, 1);
  EXPECT_TRUE(scene.group->is(GroupState::kStable));
  const auto leader = scene.join(Scene::command(ids[0]));  // wants a rebalance
  EXPECT_TRUE(scene.group->is(GroupState::kPreparingRebalance));
  const auto again = scene.join(Scene::command(ids[0]));
  EXPECT_EQ(leader->error(), ErrorCode::REBALANCE_IN_PROGRESS);  // overtaken
  scene.join(Scene::command(ids[1]));
  EXPECT_EQ(again->get().generation_id, 2);
  const auto lost_answer = scene.join(Scene::command(ids[0]));
  EXPECT_EQ(lost_answer->get().members.size(), 2u);
  EXPECT_EQ(scene.group->generation_id(), 2);
}

TEST(Join, AChangedSubscriptionRebalances) {
  for (const bool is_stable : {true, false}) {
    Scene scene;
    const auto ids = scene.stable_group(2);
    if (!is_stable) {
      scene.join(Scene::command(ids[0]));
      scene.join(Scene::command(ids[1]));
      ASSERT_TRUE(scene.group->is(GroupState::kCompletingRebalance));
    }
    const auto waiting_for_assignment = is_stable ? nullptr : scene.sync(ids[0]);
    auto command = Scene::command(ids[1]);
    command.protocols = {{"range", "something else"}};
    scene.join(command);
    EXPECT_TRUE(scene.group->is(GroupState::kPreparingRebalance));
    if (waiting_for_assignment != nullptr) {
      EXPECT_EQ(waiting_for_assignment->error(), ErrorCode::REBALANCE_IN_PROGRESS);
    }
  }
}

TEST(Join, AFullGroupTakesNoMore) {
  Scene scene({.initial_rebalance_delay_ms = 0, .max_size = 2});
  const auto ids = scene.stable_group(2);
  const auto one_more = scene.join(Scene::command());
  EXPECT_EQ(one_more->error(), ErrorCode::GROUP_MAX_SIZE_REACHED);
  EXPECT_EQ(one_more->get().member_id, "");
  EXPECT_FALSE(scene.join(Scene::command(ids[0]))->is_here());
  EXPECT_FALSE(scene.join(Scene::command(ids[0]))->is_here());  // it waits already
}

TEST(Join, WhatMembersTellIsBounded) {
  Scene scene({.initial_rebalance_delay_ms = 0, .max_metadata_bytes = 100});
  auto command = Scene::command();
  command.protocols = {{"range", std::string(96, 'x')}};
  EXPECT_EQ(scene.join(command)->error(), ErrorCode::GROUP_MAX_SIZE_REACHED);
  command.protocols = {{"range", std::string(95, 'x')}};
  EXPECT_EQ(scene.join(command)->error(), ErrorCode::MEMBER_ID_REQUIRED);
}

TEST(Join, IdsThatAreGivenOutAreBounded) {
  Scene scene({.initial_rebalance_delay_ms = 0, .max_pending_members = 1});
  const auto id = scene.new_id();
  EXPECT_EQ(scene.join(Scene::command())->error(), ErrorCode::GROUP_MAX_SIZE_REACHED);
  scene.join(Scene::command(id));
  EXPECT_EQ(scene.join(Scene::command())->error(), ErrorCode::MEMBER_ID_REQUIRED);
}

TEST(Join, WithoutRoomForMoreTheMembersThatThereAreGoOn) {
  Scene scene;
  const auto ids = scene.stable_group(2);
  scene.room_bytes = 0;
  EXPECT_EQ(scene.join(Scene::command())->error(), ErrorCode::GROUP_MAX_SIZE_REACHED);
  const auto leader = scene.join(Scene::command(ids[0]));
  scene.join(Scene::command(ids[1]));
  EXPECT_EQ(leader->get().generation_id, 2);
  const auto syncing = scene.sync(ids[0], {{ids[0], "for " + ids[0]}});
  scene.store();
  EXPECT_EQ(syncing->get().assignment, "for " + ids[0]);
}

TEST(Sync, IsAnsweredOnceTheAssignmentIsStored) {
  Scene scene;
  const auto leader = scene.new_id(), follower = scene.new_id();
  scene.join(Scene::command(leader));
  scene.join(Scene::command(follower));
  scene.advance(0);
  const auto follower_sync = scene.sync(follower);
  const auto leader_sync = scene.sync(leader, {{leader, "L"}, {follower, "F"}});
  EXPECT_FALSE(leader_sync->is_here() || follower_sync->is_here());
  EXPECT_EQ(scene.heartbeat(follower), ErrorCode::NONE);
  ASSERT_EQ(scene.records.size(), 1u);
  scene.store();
  EXPECT_EQ(leader_sync->get().assignment, "L");
  EXPECT_EQ(follower_sync->get().assignment, "F");
  EXPECT_EQ(follower_sync->get().protocol_name, "range");
  EXPECT_TRUE(scene.group->is(GroupState::kStable));
  EXPECT_EQ(scene.sync(follower)->get().assignment, "F");
}

TEST(Sync, AMemberThatTheLeaderForgotGetsAnEmptyAssignment) {
  Scene scene;
  const auto id = scene.new_id();
  scene.join(Scene::command(id));
  scene.advance(0);
  const auto sync = scene.sync(id);
  scene.store();
  EXPECT_EQ(sync->error(), ErrorCode::NONE);
  EXPECT_EQ(sync->get().assignment, "");
}

TEST(Sync, AnAssignmentThatCantBeStoredIsNone) {
  Scene scene;
  const auto leader = scene.new_id(), follower = scene.new_id();
  scene.join(Scene::command(leader));
  scene.join(Scene::command(follower));
  scene.advance(0);
  const auto follower_sync = scene.sync(follower);
  const auto leader_sync = scene.sync(leader, {{leader, "L"}});
  scene.store(ErrorCode::NOT_COORDINATOR);
  EXPECT_EQ(leader_sync->error(), ErrorCode::NOT_COORDINATOR);
  EXPECT_EQ(follower_sync->error(), ErrorCode::NOT_COORDINATOR);
  EXPECT_EQ(leader_sync->get().assignment, "");
  EXPECT_TRUE(scene.group->is(GroupState::kPreparingRebalance));
}

TEST(Sync, AnAssignmentThatIsTooLargeIsNone) {
  Scene scene({.initial_rebalance_delay_ms = 0, .max_metadata_bytes = 1000});
  const auto id = scene.new_id();
  scene.join(Scene::command(id));
  scene.advance(0);
  const auto syncing = scene.sync(id, {{id, std::string(1001, 'x')}});
  EXPECT_EQ(syncing->error(), ErrorCode::UNKNOWN_SERVER_ERROR);
  EXPECT_TRUE(scene.records.empty());
  EXPECT_TRUE(scene.group->is(GroupState::kPreparingRebalance));
}

TEST(Sync, AnAssignmentOfAnEarlierRebalanceIsNone) {
  Scene scene;
  const auto ids = scene.stable_group(2);
  scene.join(Scene::command(ids[0]));
  scene.join(Scene::command(ids[1]));
  const auto late = scene.sync(ids[0], {{ids[0], "late"}});
  auto command = Scene::command(ids[1]);
  command.protocols = {{"range", "changed"}};
  scene.join(command);
  EXPECT_EQ(late->error(), ErrorCode::REBALANCE_IN_PROGRESS);
  scene.store();
  EXPECT_TRUE(scene.group->is(GroupState::kPreparingRebalance));
  for (const auto& member : scene.group->members()) EXPECT_EQ(member.assignment, "");
}

TEST(Sync, IsCheckedAgainstTheGeneration) {
  Scene scene;
  const auto ids = scene.stable_group(1);
  EXPECT_EQ(scene.sync(ids[0], {}, 7)->error(), ErrorCode::ILLEGAL_GENERATION);
  EXPECT_EQ(scene.sync("nobody")->error(), ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(scene.sync(ids[0], {}, {}, "nobody")->error(), ErrorCode::UNKNOWN_MEMBER_ID);
  const auto with = [&](std::string_view type, std::string_view name) {
    SyncCommand command;
    command.member_id = ids[0];
    command.generation_id = 1;
    command.protocol_type = type;
    command.protocol_name = name;
    Reply<SyncResult> reply;
    scene.protocol.sync(scene.group, command, &reply);
    return reply.error();
  };
  EXPECT_EQ(with("consumer", "range"), ErrorCode::NONE);
  EXPECT_EQ(with("connect", "range"), ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
  EXPECT_EQ(with("consumer", "sticky"), ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
  scene.join(Scene::command(ids[0]));
  scene.join(Scene::command(scene.new_id()));
  EXPECT_EQ(scene.sync(ids[0])->error(), ErrorCode::REBALANCE_IN_PROGRESS);
}

TEST(Sync, WhoNeverAsksIsRemoved) {
  Scene scene;
  const auto a = scene.new_id(), b = scene.new_id();
  scene.join(Scene::command(a));
  scene.join(Scene::command(b));
  scene.advance(0);
  const auto sync = scene.sync(a, {});
  scene.store();
  EXPECT_EQ(sync->error(), ErrorCode::NONE);
  for (int i = 0; i < 12; ++i) {
    scene.advance(5000);
    scene.heartbeat(a);
    if (scene.heartbeat(b) == ErrorCode::UNKNOWN_MEMBER_ID) break;
  }
  EXPECT_EQ(scene.heartbeat(b), ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(scene.heartbeat(a), ErrorCode::REBALANCE_IN_PROGRESS);
}

TEST(Heartbeat, SaysWhereTheGroupStands) {
  Scene scene;
  const auto ids = scene.stable_group(1);
  EXPECT_EQ(scene.heartbeat(ids[0]), ErrorCode::NONE);
  EXPECT_EQ(scene.heartbeat("nobody"), ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(scene.protocol.heartbeat(scene.group, ids[0], {}, 9), ErrorCode::ILLEGAL_GENERATION);
  EXPECT_EQ(scene.protocol.heartbeat(scene.group, ids[0], "i", 1), ErrorCode::UNKNOWN_MEMBER_ID);
  const auto newcomer = scene.new_id();
  scene.join(Scene::command(newcomer));
  EXPECT_EQ(scene.heartbeat(ids[0]), ErrorCode::REBALANCE_IN_PROGRESS);
}

TEST(Time, AMemberThatIsntHeardOfIsRemoved) {
  Scene scene;
  const auto ids = scene.stable_group(2);
  for (int i = 0; i < 5; ++i) {
    scene.advance(6000);
    if (i < 1) scene.heartbeat(ids[1]);
    scene.heartbeat(ids[0]);
  }
  EXPECT_EQ(scene.heartbeat(ids[1]), ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(scene.heartbeat(ids[0]), ErrorCode::REBALANCE_IN_PROGRESS);
  const auto joining = scene.join(Scene::command(ids[0]));
  EXPECT_EQ(joining->get().generation_id, 2);
  EXPECT_EQ(joining->get().members.size(), 1u);
}

TEST(Time, HeartbeatsStartNoTimers) {
  Scene scene;
  const auto ids = scene.stable_group(1);
  for (int i = 0; i < 10'000; ++i) {
    scene.advance(1);
    scene.heartbeat(ids[0]);
  }
  EXPECT_LE(scene.wake_ups, 3);
}

TEST(Time, DeadlinesOfThoseWhoAreGoneAreLetGo) {
  Scene scene;
  const auto ids = scene.stable_group(1);
  for (int i = 0; i < 20'000; ++i) {
    scene.leave(scene.new_id());
    scene.protocol.sweep_deadlines();
  }
  EXPECT_LT(scene.queue.size(), 5000u);
  scene.advance(10'000);  // the one that counts is still there
  EXPECT_TRUE(scene.group->is(GroupState::kEmpty));
}

TEST(Time, TheLastMembersDeathIsStored) {
  Scene scene;
  scene.stable_group(2);
  scene.records.clear();
  scene.advance(10'001);
  EXPECT_TRUE(scene.group->is(GroupState::kPreparingRebalance) ||
              scene.group->is(GroupState::kEmpty));
  scene.advance(60'000);
  EXPECT_TRUE(scene.group->is(GroupState::kEmpty));
  EXPECT_EQ(scene.group->generation_id(), 2);
  EXPECT_FALSE(scene.group->protocol_name());
  EXPECT_EQ(scene.records.size(), 1u);
  scene.advance(300'000);                    // what the members left in the queue
  EXPECT_EQ(scene.queue.next_ms(), kNever);  // nothing is left to wake up for
}

TEST(Time, WhoDoesntJoinAgainIsLeftBehind) {
  Scene scene;
  const auto ids = scene.stable_group(3);
  const auto leaderless = scene.join(Scene::command(scene.new_id()));
  const auto second = scene.join(Scene::command(ids[1]));
  for (int i = 0; i < 12; ++i) {  // heartbeats keep the session, not the place
    EXPECT_FALSE(second->is_here());
    scene.heartbeat(ids[0]);
    scene.heartbeat(ids[2]);
    scene.advance(5000);
  }
  ASSERT_TRUE(second->is_here() && leaderless->is_here());
  EXPECT_EQ(second->get().members.size(), 2u);
  EXPECT_EQ(second->get().leader, ids[1]);  // the leader was one of the late
  EXPECT_EQ(scene.heartbeat(ids[0]), ErrorCode::UNKNOWN_MEMBER_ID);
}

TEST(Time, ANewMemberWaitsFiveMinutesAtMost) {
  Scene scene;
  const auto ids = scene.stable_group(1);
  auto command = Scene::command(ids[0]);
  command.rebalance_timeout_ms = 1'000'000;
  command.protocols = {{"range", "changed"}};
  scene.join(command);
  scene.stable_group(0);
  scene.sync(ids[0]);
  scene.store();
  const auto waiting = scene.join(Scene::command(scene.new_id()));
  for (int i = 0; i < 60 && !waiting->is_here(); ++i) {
    scene.heartbeat(ids[0]);
    scene.advance(5000);
  }
  ASSERT_TRUE(waiting->is_here());
  EXPECT_EQ(waiting->error(), ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(waiting->get().member_id, "");
}

TEST(Time, AnIdThatIsntUsedHoldsTheRebalanceUpForItsSession) {
  Scene scene;
  const auto ids = scene.stable_group(1);
  scene.new_id();
  const auto leader = scene.join(Scene::command(ids[0]));
  EXPECT_FALSE(leader->is_here());
  scene.advance(10'000);
  ASSERT_TRUE(leader->is_here());
  EXPECT_EQ(leader->get().generation_id, 2);
  EXPECT_EQ(scene.group->pending_join_count(), 0u);
}

TEST(Leave, TheOthersRebalance) {
  Scene scene;
  const auto ids = scene.stable_group(3);
  EXPECT_EQ(scene.leave(ids[1]), ErrorCode::NONE);
  EXPECT_EQ(scene.leave(ids[1]), ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(scene.heartbeat(ids[0]), ErrorCode::REBALANCE_IN_PROGRESS);
  const auto joining = scene.join(Scene::command(ids[0]));
  EXPECT_FALSE(joining->is_here());
  scene.leave(ids[2]);  // nobody is left to wait for
  EXPECT_EQ(joining->get().members.size(), 1u);
}

TEST(Leave, WaitingRequestsAreAnswered) {
  Scene scene;
  const auto ids = scene.stable_group(2);
  const auto joining = scene.join(Scene::command(ids[0]));
  scene.leave(ids[0]);
  EXPECT_EQ(joining->error(), ErrorCode::UNKNOWN_MEMBER_ID);

  Scene other;
  const auto leader = other.new_id(), follower = other.new_id();
  other.join(Scene::command(leader));
  other.join(Scene::command(follower));
  other.advance(0);
  const auto sync = other.sync(follower);
  other.leave(follower);
  EXPECT_EQ(sync->error(), ErrorCode::UNKNOWN_MEMBER_ID);
}

TEST(Leave, TheLastOnesLeaveAnEmptyGroup) {
  Scene scene;
  const auto ids = scene.stable_group(2);
  scene.records.clear();
  const auto errors = scene.protocol.leave(
      scene.group, {{ids[0], {}, {}}, {"nobody", {}, {}}, {ids[1], {}, "done"}});
  EXPECT_EQ(errors, (std::vector{ErrorCode::NONE, ErrorCode::UNKNOWN_MEMBER_ID, ErrorCode::NONE}));
  EXPECT_TRUE(scene.group->is(GroupState::kEmpty));
  EXPECT_EQ(scene.records.size(), 1u);
  EXPECT_FALSE(scene.group->leader());
}

TEST(Leave, APendingMemberGivesItsIdBack) {
  Scene scene;
  const auto ids = scene.stable_group(1);
  const auto pending = scene.new_id();
  EXPECT_EQ(scene.leave(pending), ErrorCode::NONE);
  EXPECT_EQ(scene.join(Scene::command(pending))->error(), ErrorCode::UNKNOWN_MEMBER_ID);
}

struct CommitCase {
  const char* what;
  GroupState state;
  bool as_member;
  std::int32_t generation_id;
  ErrorCode expected;
};

TEST(Commit, IsForMembersOfTheGenerationOrForNoOne) {
  const CommitCase cases[] = {
      {"a simple consumer", GroupState::kEmpty, false, -1, ErrorCode::NONE},
      {"a member that is gone", GroupState::kEmpty, true, 1, ErrorCode::UNKNOWN_MEMBER_ID},
      {"an old member's simple commit", GroupState::kEmpty, true, -1, ErrorCode::NONE},
      {"a member", GroupState::kStable, true, 1, ErrorCode::NONE},
      {"a stranger", GroupState::kStable, false, -1, ErrorCode::UNKNOWN_MEMBER_ID},
      {"another generation", GroupState::kStable, true, 0, ErrorCode::ILLEGAL_GENERATION},
      {"no generation", GroupState::kStable, true, -1, ErrorCode::ILLEGAL_GENERATION},
      {"before it rejoins", GroupState::kPreparingRebalance, true, 1, ErrorCode::NONE},
      {"before its assignment", GroupState::kCompletingRebalance, true, 2,
       ErrorCode::REBALANCE_IN_PROGRESS},
      {"a deleted group", GroupState::kDead, false, -1, ErrorCode::COORDINATOR_NOT_AVAILABLE},
  };
  for (const auto& each : cases) {
    Scene scene;
    const auto ids = scene.stable_group(1);
    switch (each.state) {
      case GroupState::kEmpty:
        scene.leave(ids[0]);
        break;
      case GroupState::kPreparingRebalance:
        scene.join(Scene::command(scene.new_id()));
        break;
      case GroupState::kCompletingRebalance:
        scene.join(Scene::command(ids[0]));
        break;
      default:
        if (each.state != scene.group->state()) scene.group->become(each.state, 0);
    }
    ASSERT_EQ(scene.group->state(), each.state) << each.what;
    EXPECT_EQ(scene.commit(each.as_member ? ids[0] : "", each.generation_id), each.expected)
        << each.what;
  }
}

TEST(Commit, KeepsTheSession) {
  Scene scene;
  const auto ids = scene.stable_group(1);
  for (int i = 0; i < 5; ++i) {
    scene.advance(9000);
    EXPECT_EQ(scene.commit(ids[0], 1), ErrorCode::NONE);
  }
}

TEST(Dead, ClientsLookForTheCoordinatorAgain) {
  Scene scene;
  scene.group->become(GroupState::kDead, 0);
  EXPECT_EQ(scene.join(Scene::command())->error(), ErrorCode::COORDINATOR_NOT_AVAILABLE);
  EXPECT_EQ(scene.join(Scene::command("x"))->error(), ErrorCode::COORDINATOR_NOT_AVAILABLE);
  EXPECT_EQ(scene.sync("x")->error(), ErrorCode::COORDINATOR_NOT_AVAILABLE);
  EXPECT_EQ(scene.heartbeat("x"), ErrorCode::COORDINATOR_NOT_AVAILABLE);
}

TEST(GiveUp, AnswersAllWhoWait) {
  Scene scene;
  const auto ids = scene.stable_group(2);
  const auto joining = scene.join(Scene::command(ids[0]));
  scene.protocol.give_up(*scene.group, ErrorCode::NOT_COORDINATOR);
  EXPECT_EQ(joining->error(), ErrorCode::NOT_COORDINATOR);
  EXPECT_EQ(joining->get().member_id, ids[0]);
}

TEST(Scale, AThousandMembersRebalance) {
  constexpr std::size_t kMembers = 1000;
  Scene scene;
  const auto ids = scene.stable_group(kMembers);
  ASSERT_TRUE(scene.group->is(GroupState::kStable));
  std::vector<Scene::JoinReply> joins;
  for (const auto& id : ids) joins.push_back(scene.join(Scene::command(id)));
  // The first, the leader, made it rebalance, and the last completed that.
  ASSERT_TRUE(joins.back()->is_here());
  EXPECT_EQ(scene.heartbeat(ids[500]), ErrorCode::NONE);
  EXPECT_EQ(joins[0]->get().members.size(), kMembers);
  EXPECT_EQ(scene.group->generation_id(), 2);
}

}  // namespace
}  // namespace fluxmq::api_groups
