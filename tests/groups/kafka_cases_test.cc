// Cases of the classic protocol that Kafka's own tests hold, beyond those of protocol_test.cc and
// static_members_test.cc: group.max.size while members rejoin, pending members that hold a
// rebalance up, static members that don't come in time, mismatched instances, batched leaves.
#include <gtest/gtest.h>

#include "fake_surroundings.h"

namespace fluxmq::api_groups {
namespace {

constexpr ProtocolLimits kOfTwo{.initial_rebalance_delay_ms = 0, .max_size = 2};

// A stable group of static members "a" and "b"; the first leads.
struct StaticPair : Scene {
  explicit StaticPair(ProtocolLimits limits_of_groups = {.initial_rebalance_delay_ms = 0})
      : Scene(limits_of_groups) {
    const auto joining_a = join(static_command("a"));
    const auto joining_b = join(static_command("b"));
    advance(0);
    a = joining_a->get().member_id;
    b = joining_b->get().member_id;
    sync(b);
    sync(a, {{a, "A"}, {b, "B"}});
    store();
  }
  std::string a, b;
};

TEST(MaxSize, CountsStaticMembers) {
  StaticPair scene(kOfTwo);
  EXPECT_EQ(scene.join(Scene::static_command("c"))->error(), ErrorCode::GROUP_MAX_SIZE_REACHED);
  // Whoever is a member comes back.
  const auto again = scene.join(Scene::static_command("b", scene.b));
  EXPECT_EQ(again->error(), ErrorCode::NONE);
}

TEST(MaxSize, InAnEmptyGroupIdsAreGivenToAll) {
  Scene scene(kOfTwo);
  const auto a = scene.new_id(), b = scene.new_id(), c = scene.new_id();
  scene.join(Scene::command(a));
  scene.join(Scene::command(b));
  EXPECT_EQ(scene.join(Scene::command(c))->error(), ErrorCode::GROUP_MAX_SIZE_REACHED);
  EXPECT_EQ(scene.group->pending_join_count(), 0u);  // it doesn't hold the others up
}

TEST(MaxSize, TheLastToRejoinAreLeftOut) {
  Scene scene({.initial_rebalance_delay_ms = 0, .max_size = 3});
  const auto ids = scene.stable_group(3);
  scene.limits.max_size = 2;
  scene.protocol.begin_sessions(scene.group);  // as after a load
  ASSERT_TRUE(scene.group->is(GroupState::kPreparingRebalance));
  const auto first = scene.join(Scene::command(ids[2]));
  const auto second = scene.join(Scene::command(ids[0]));
  EXPECT_EQ(scene.join(Scene::command(ids[1]))->error(), ErrorCode::GROUP_MAX_SIZE_REACHED);
  EXPECT_EQ(scene.heartbeat(ids[1]), ErrorCode::UNKNOWN_MEMBER_ID);
  scene.advance(60'000);
  ASSERT_TRUE(first->is_here() && second->is_here());
  EXPECT_EQ(second->get().members.size(), 2u);
}

TEST(Pending, TheRebalanceWaitsForAnIdThatWasGivenOut) {
  for (const bool comes : {true, false}) {
    Scene scene;
    const auto ids = scene.stable_group(1);
    const auto pending = scene.new_id();
    const auto rejoining = scene.join(Scene::command(ids[0]));
    EXPECT_FALSE(rejoining->is_here());
    if (comes) {
      scene.join(Scene::command(pending));
    } else {
      scene.advance(10'000);  // its session
    }
    ASSERT_TRUE(rejoining->is_here());
    EXPECT_EQ(rejoining->get().members.size(), comes ? 2u : 1u);
  }
}

TEST(Pending, ItsLeaveLetsTheOthersGoOn) {
  Scene scene;
  const auto ids = scene.stable_group(1);
  const auto pending = scene.new_id();
  const auto rejoining = scene.join(Scene::command(ids[0]));
  EXPECT_FALSE(rejoining->is_here());
  const auto errors =
      scene.protocol.leave(scene.group, {{pending, {}, {}}, {"nobody", {}, {}}, {pending, {}, {}}});
  EXPECT_EQ(errors, (std::vector{ErrorCode::NONE, ErrorCode::UNKNOWN_MEMBER_ID,
                                 ErrorCode::UNKNOWN_MEMBER_ID}));
  EXPECT_EQ(rejoining->get().generation_id, 2);
}

TEST(Leave, AMemberAndAnIdInOneRequest) {
  Scene scene;
  const auto ids = scene.stable_group(2);
  const auto pending = scene.new_id();
  const auto rejoining = scene.join(Scene::command(ids[0]));
  EXPECT_EQ(scene.protocol.leave(scene.group, {{ids[1], {}, {}}, {pending, {}, {}}}),
            (std::vector{ErrorCode::NONE, ErrorCode::NONE}));
  EXPECT_EQ(rejoining->get().members.size(), 1u);
}

TEST(Leave, ABatchOfStaticMembers) {
  StaticPair scene;
  const auto errors = scene.protocol.leave(
      scene.group, {{scene.a, "b", {}}, {scene.b, "unknown", {}}, {scene.b, "b", {}}});
  EXPECT_EQ(errors, (std::vector{ErrorCode::FENCED_INSTANCE_ID, ErrorCode::UNKNOWN_MEMBER_ID,
                                 ErrorCode::NONE}));
  EXPECT_EQ(scene.heartbeat(scene.a), ErrorCode::REBALANCE_IN_PROGRESS);
  EXPECT_EQ(scene.protocol.leave(scene.group, {{"", "a", {}}, {"", "a", {}}}),
            (std::vector{ErrorCode::NONE, ErrorCode::UNKNOWN_MEMBER_ID}));
}

TEST(Instance, MustFitTheMember) {
  StaticPair scene;
  EXPECT_EQ(scene.join(Scene::static_command("a", scene.b))->error(),
            ErrorCode::FENCED_INSTANCE_ID);
  EXPECT_EQ(scene.join(Scene::static_command("unknown", scene.a))->error(),
            ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(scene.sync(scene.b, {}, {}, "a")->error(), ErrorCode::FENCED_INSTANCE_ID);
  EXPECT_EQ(scene.protocol.heartbeat(scene.group, scene.b, "a", 1), ErrorCode::FENCED_INSTANCE_ID);
  EXPECT_EQ(scene.protocol.commit(scene.group, scene.b, "a", 1), ErrorCode::FENCED_INSTANCE_ID);
  EXPECT_EQ(scene.protocol.commit(scene.group, scene.b, "unknown", 1),
            ErrorCode::UNKNOWN_MEMBER_ID);
  // Without an instance a static member is a member all the same.
  EXPECT_EQ(scene.protocol.heartbeat(scene.group, scene.b, {}, 1), ErrorCode::NONE);
}

TEST(Instance, AKnownIdRejoinsAsAnyOther) {
  StaticPair scene;
  const auto follower = scene.join(Scene::static_command("b", scene.b));
  EXPECT_EQ(follower->get().generation_id, 1);  // nothing has changed
  const auto leader = scene.join(Scene::static_command("a", scene.a));
  EXPECT_FALSE(leader->is_here());
  scene.join(Scene::static_command("b", scene.b));
  EXPECT_EQ(leader->get().generation_id, 2);
  EXPECT_FALSE(leader->get().skip_assignment);
}

TEST(Instance, ALeaderThatIsLateLosesItsLead) {
  StaticPair scene;
  auto changed = Scene::static_command("b", scene.b);
  changed.protocols = {{"range", "changed"}};
  const auto follower = scene.join(changed);
  for (int i = 0; i < 12; ++i) {
    scene.heartbeat(scene.a);
    scene.advance(5000);
  }
  ASSERT_TRUE(follower->is_here());
  EXPECT_EQ(follower->get().leader, scene.b);
  EXPECT_EQ(follower->get().members.size(), 2u);  // it stays a member, though not heard
}

TEST(Instance, OneThatNeverJoinsIsRemovedByItsSession) {
  StaticPair scene;
  auto changed = Scene::static_command("b", scene.b);
  changed.protocols = {{"range", "changed"}};
  const auto follower = scene.join(changed);
  scene.advance(10'000);
  ASSERT_TRUE(follower->is_here());
  EXPECT_EQ(follower->get().members.size(), 1u);
}

TEST(Instance, NobodyJoinsInTime) {
  StaticPair scene;
  scene.protocol.leave(scene.group, {{"", "a", {}}});
  ASSERT_TRUE(scene.group->is(GroupState::kPreparingRebalance));
  for (int i = 0; i < 24; ++i) {  // two rebalance timeouts: its session is all that it has
    EXPECT_EQ(scene.heartbeat(scene.b), ErrorCode::REBALANCE_IN_PROGRESS);
    scene.advance(5000);
  }
  EXPECT_EQ(scene.group->generation_id(), 1);
  const auto late = scene.join(Scene::static_command("b", scene.b));
  EXPECT_EQ(late->get().generation_id, 2);
}

TEST(Instance, WithoutTimeToJoinItIsNotLookedForAllTheTime) {
  StaticPair scene;
  auto command = Scene::static_command("b");
  command.rebalance_timeout_ms = 0;  // its next process has no patience
  scene.join(command);
  scene.store();
  const auto before = scene.wake_ups;
  scene.protocol.leave(scene.group, {{"", "a", {}}});
  scene.advance(9'000);
  EXPECT_LT(scene.wake_ups - before, 20);
  EXPECT_TRUE(scene.group->is(GroupState::kPreparingRebalance));
  scene.advance(1'000);  // its session
  EXPECT_TRUE(scene.group->is(GroupState::kEmpty));
}

TEST(Instance, AFollowerThatWaitsForItsAssignmentIsFenced) {
  StaticPair scene;
  scene.join(Scene::static_command("a", scene.a));
  scene.join(Scene::static_command("b", scene.b));
  const auto syncing = scene.sync(scene.b);
  const auto again = scene.join(Scene::static_command("b"));
  EXPECT_EQ(syncing->error(), ErrorCode::FENCED_INSTANCE_ID);
  EXPECT_FALSE(again->is_here());
  EXPECT_TRUE(scene.group->is(GroupState::kPreparingRebalance));
}

TEST(Instance, GetsAnotherIdEachTime) {
  StaticPair scene;
  const auto first = scene.join(Scene::static_command("b"));
  scene.store();
  const auto second = scene.join(Scene::static_command("b"));
  scene.store();
  EXPECT_NE(first->get().member_id, second->get().member_id);
  EXPECT_NE(first->get().member_id, scene.b);
  EXPECT_EQ(scene.group->members().size(), 2u);
}

TEST(Rebalance, APartialGenerationGoesOnWithThoseWhoSync) {
  Scene scene;
  const auto leader = scene.new_id(), follower = scene.new_id();
  scene.join(Scene::command(leader));
  scene.join(Scene::command(follower));
  scene.advance(0);
  // The leader never hands in the assignment: who waited is told to join again.
  const auto syncing = scene.sync(follower);
  scene.advance(10'000);  // the leader's session
  EXPECT_EQ(syncing->error(), ErrorCode::REBALANCE_IN_PROGRESS);
  const auto rejoined = scene.join(Scene::command(follower));
  EXPECT_EQ(rejoined->get().leader, follower);
  EXPECT_EQ(rejoined->get().generation_id, 2);
}

TEST(Rebalance, ALateSyncGetsTheAssignment) {
  Scene scene;
  const auto leader = scene.new_id(), follower = scene.new_id();
  scene.join(Scene::command(leader));
  scene.join(Scene::command(follower));
  scene.advance(0);
  scene.sync(leader, {{leader, "L"}, {follower, "F"}});
  scene.store();
  EXPECT_EQ(scene.sync(follower)->get().assignment, "F");
  for (int i = 0; i < 13; ++i) {  // past the rebalance timeout: nobody is missed
    scene.heartbeat(leader);
    scene.heartbeat(follower);
    scene.advance(5000);
  }
  EXPECT_TRUE(scene.group->is(GroupState::kStable));
}

TEST(Join, InAnEmptyGroupAnOldIdIsUnknown) {
  Scene scene;
  const auto ids = scene.stable_group(1);
  scene.leave(ids[0]);
  ASSERT_TRUE(scene.group->is(GroupState::kEmpty));
  EXPECT_EQ(scene.join(Scene::command(ids[0]))->error(), ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(scene.heartbeat(ids[0]), ErrorCode::UNKNOWN_MEMBER_ID);
  EXPECT_EQ(scene.sync(ids[0])->error(), ErrorCode::UNKNOWN_MEMBER_ID);
}

TEST(Join, APendingIdIsNoInstances) {
  Scene scene;
  const auto id = scene.new_id();
  EXPECT_EQ(scene.join(Scene::static_command("instance", id))->error(),
            ErrorCode::UNKNOWN_SERVER_ERROR);
}

}  // namespace
}  // namespace fluxmq::api_groups
