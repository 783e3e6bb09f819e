// Static members (KIP-345): one that comes back under another member id takes its old place.
#include <gtest/gtest.h>

#include "fake_surroundings.h"

namespace fluxmq::api_groups {
namespace {

// A stable group of the instances "leader" and "follower".
struct StaticGroup : Scene {
  StaticGroup() {
    const auto first = join(static_command("leader"));
    const auto second = join(static_command("follower"));
    advance(0);
    leader = first->get().member_id;
    follower = second->get().member_id;
    sync(follower);
    sync(leader, {{leader, "L"}, {follower, "F"}});
    store();
    records.clear();
  }
  std::string leader;
  std::string follower;
};

TEST(StaticMember, NeedsNoIdFirst) {
  StaticGroup scene;
  EXPECT_EQ(scene.leader, "leader-uuid1");
  EXPECT_TRUE(scene.group->is(GroupState::kStable));
  EXPECT_EQ(scene.group->leader(), scene.leader);
}

TEST(StaticMember, AFollowerComesBackWithoutARebalance) {
  StaticGroup scene;
  const auto joining = scene.join(Scene::static_command("follower"));
  EXPECT_FALSE(joining->is_here());  // its new id isn't stored yet
  scene.store();
  ASSERT_TRUE(joining->is_here());
  const JoinResult& joined = joining->get();
  EXPECT_EQ(joined.error, ErrorCode::NONE);
  EXPECT_NE(joined.member_id, scene.follower);
  EXPECT_EQ(joined.generation_id, 1);
  EXPECT_EQ(joined.leader, scene.leader);
  EXPECT_FALSE(joined.skip_assignment);
  EXPECT_EQ(scene.sync(joined.member_id)->get().assignment, "F");
  EXPECT_TRUE(scene.group->is(GroupState::kStable));
}

TEST(StaticMember, TheOldProcessIsFenced) {
  StaticGroup scene;
  scene.join(Scene::static_command("follower"));
  scene.store();
  const auto& old = scene.follower;
  EXPECT_EQ(scene.protocol.heartbeat(scene.group, old, "follower", 1),
            ErrorCode::FENCED_INSTANCE_ID);
  EXPECT_EQ(scene.protocol.commit(scene.group, old, "follower", 1), ErrorCode::FENCED_INSTANCE_ID);
  EXPECT_EQ(scene.sync(old, {}, 1, "follower")->error(), ErrorCode::FENCED_INSTANCE_ID);
  EXPECT_EQ(scene.join(Scene::static_command("follower", old))->error(),
            ErrorCode::FENCED_INSTANCE_ID);
  EXPECT_EQ(scene.protocol.leave(scene.group, {{old, "follower", {}}}).front(),
            ErrorCode::FENCED_INSTANCE_ID);
  EXPECT_EQ(scene.heartbeat(old), ErrorCode::UNKNOWN_MEMBER_ID);
}

TEST(StaticMember, ALeaderThatComesBackSkipsTheAssignment) {
  StaticGroup scene;
  const auto joining = scene.join(Scene::static_command("leader"));
  scene.store();
  const JoinResult& joined = joining->get();
  EXPECT_EQ(joined.leader, joined.member_id);
  EXPECT_TRUE(joined.skip_assignment);
  EXPECT_EQ(joined.members.size(), 2u);
  EXPECT_EQ(scene.sync(joined.member_id)->get().assignment, "L");
}

TEST(StaticMember, AnOldClientsLeaderIsntToldThatItLeads) {
  StaticGroup scene;
  auto command = Scene::static_command("leader");
  command.supports_skipping_assignment = false;
  const auto joining = scene.join(command);
  scene.store();
  EXPECT_EQ(joining->get().leader, scene.leader);  // its id before
  EXPECT_TRUE(joining->get().members.empty());
  EXPECT_EQ(scene.group->leader(), joining->get().member_id);
}

TEST(StaticMember, ANewIdThatCantBeStoredIsTakenBack) {
  StaticGroup scene;
  auto command = Scene::static_command("follower");
  command.session_timeout_ms = 20'000;
  command.protocols = {{"range", "changed"}};
  const auto joining = scene.join(command);
  scene.store(ErrorCode::NOT_COORDINATOR);
  EXPECT_EQ(joining->error(), ErrorCode::NOT_COORDINATOR);
  EXPECT_EQ(joining->get().member_id, "");
  EXPECT_EQ(scene.heartbeat(scene.follower), ErrorCode::NONE);
  EXPECT_EQ(scene.group->find(scene.follower)->session_timeout_ms, 10'000);
  EXPECT_EQ(scene.group->find(scene.follower)->metadata("range"), "subscription");
  scene.advance(10'000);
  EXPECT_EQ(scene.heartbeat(scene.follower), ErrorCode::UNKNOWN_MEMBER_ID);
}

TEST(StaticMember, ARebalanceThatBeginsMeanwhileAnswersIt) {
  StaticGroup scene;
  const auto joining = scene.join(Scene::static_command("follower"));
  scene.join(Scene::static_command("leader", scene.leader));
  scene.store();
  ASSERT_TRUE(joining->is_here());
  EXPECT_EQ(joining->get().generation_id, 2);
}

TEST(StaticMember, ComingBackWhileTheLeaderAssignsRebalances) {
  StaticGroup scene;
  scene.join(Scene::static_command("leader", scene.leader));
  scene.join(Scene::static_command("follower", scene.follower));
  ASSERT_TRUE(scene.group->is(GroupState::kCompletingRebalance));
  const auto leader_sync = scene.sync(scene.leader, {{scene.leader, "L"}});
  const auto joining = scene.join(Scene::static_command("follower"));
  EXPECT_EQ(leader_sync->error(), ErrorCode::REBALANCE_IN_PROGRESS);
  EXPECT_FALSE(joining->is_here());
  scene.join(Scene::static_command("leader", scene.leader));
  EXPECT_EQ(joining->get().generation_id, 3);
}

TEST(StaticMember, AnotherProtocolRebalances) {
  StaticGroup scene;
  auto command = Scene::static_command("follower");
  command.protocols = {{"other", ""}};
  EXPECT_EQ(scene.join(command)->error(), ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
  command.protocols = {{"range", ""}, {"other", ""}};
  const auto joining = scene.join(command);
  scene.store();
  EXPECT_EQ(joining->get().generation_id, 1);  // range is chosen all the same
}

TEST(StaticMember, WaitingRequestsOfTheOldProcessAreFenced) {
  StaticGroup scene;
  const auto waiting = scene.join(Scene::static_command("leader", scene.leader));
  const auto joining = scene.join(Scene::static_command("leader"));
  EXPECT_EQ(waiting->error(), ErrorCode::FENCED_INSTANCE_ID);
  EXPECT_EQ(waiting->get().member_id, scene.leader);
  scene.join(Scene::static_command("follower", scene.follower));
  EXPECT_EQ(joining->get().generation_id, 2);
}

TEST(StaticMember, KeepsItsPlaceUntilItsSessionEnds) {
  StaticGroup scene;
  const auto third = scene.join(Scene::static_command("third"));
  scene.join(Scene::static_command("leader", scene.leader));
  for (int i = 0; i < 12; ++i) {  // the follower heartbeats, but doesn't join
    EXPECT_FALSE(third->is_here());
    scene.heartbeat(scene.follower);
    scene.advance(5000);
  }
  ASSERT_TRUE(third->is_here());
  EXPECT_EQ(scene.group->members().size(), 3u);
}

TEST(StaticMember, AnAdministratorRemovesItByItsInstance) {
  StaticGroup scene;
  const auto errors =
      scene.protocol.leave(scene.group, {{"", "follower", {}}, {"", "nobody", {}}, {"", {}, {}}});
  EXPECT_EQ(errors, (std::vector{ErrorCode::NONE, ErrorCode::UNKNOWN_MEMBER_ID,
                                 ErrorCode::UNKNOWN_MEMBER_ID}));
  EXPECT_EQ(scene.heartbeat(scene.follower), ErrorCode::UNKNOWN_MEMBER_ID);
}

TEST(Loaded, MembersHaveAWholeSession) {
  StaticGroup scene;
  const auto loaded = scene.new_group();
  Member member;
  member.member_id = "m";
  member.session_timeout_ms = 10'000;
  member.protocols = {{"range", ""}};
  loaded->add(member, "consumer");
  loaded->restore(GroupState::kStable, 5, "consumer", "range", "m", 0);
  scene.group = loaded;
  scene.protocol.begin_sessions(loaded);
  scene.advance(9'999);
  EXPECT_EQ(scene.heartbeat("m"), ErrorCode::NONE);
  EXPECT_EQ(loaded->generation_id(), 5);
  scene.advance(10'000);
  EXPECT_EQ(scene.heartbeat("m"), ErrorCode::UNKNOWN_MEMBER_ID);
}

TEST(Loaded, AGroupThatIsTooLargeNowRebalances) {
  Scene scene({.initial_rebalance_delay_ms = 0, .max_size = 1});
  for (const char* id : {"a", "b"}) {
    Member member;
    member.member_id = id;
    member.session_timeout_ms = member.rebalance_timeout_ms = 10'000;
    member.protocols = {{"range", ""}};
    scene.group->add(member, "consumer");
  }
  scene.group->restore(GroupState::kStable, 5, "consumer", "range", "a", 0);
  scene.protocol.begin_sessions(scene.group);
  EXPECT_TRUE(scene.group->is(GroupState::kPreparingRebalance));
}

}  // namespace
}  // namespace fluxmq::api_groups
