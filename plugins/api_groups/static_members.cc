#include "static_members.h"

#include <utility>

#include "fluxmq/host.h"

namespace fluxmq::api_groups {

void StaticMembers::replace(const GroupPointer& group, JoinCommand& command, Member& member,
                            std::string new_member_id, Waiter<JoinResult>* waiter) {
  membership_.answer_join(*group, member, ErrorCode::FENCED_INSTANCE_ID);
  membership_.answer_sync(member, ErrorCode::FENCED_INSTANCE_ID);
  Before before{member.member_id, member.protocols, member.rebalance_timeout_ms,
                member.session_timeout_ms, group->leader().value_or("")};
  group->rename(member, std::move(new_member_id));
  membership_.extend_session(group, member);
  membership_.rejoin(*group, command, member, waiter);

  const auto reason = concat("static member ", *member.group_instance_id, " came as ",
                             member.member_id, "; reason: ", or_not_provided(command.reason));
  switch (group->state()) {
    case GroupState::kStable:
      if (group->protocol_name() == group->select_protocol()) {
        store(group, member.member_id, command.supports_skipping_assignment, std::move(before));
      } else {
        rebalance_.begin_or_go_on(group, reason);
      }
      break;
    case GroupState::kCompletingRebalance:
      // The leader may be assigning to the old member id just now.
      rebalance_.begin(group, reason);
      break;
    default:
      rebalance_.complete_join_if_all_joined(group);
  }
}

void StaticMembers::store(const GroupPointer& group, const std::string& member_id,
                          bool may_skip_assignment, Before before) {
  surroundings_.write(group_record(*group), [this, group, member_id, may_skip_assignment,
                                             before = std::move(before)](ErrorCode error) {
    Member* const member = group->find(member_id);
    // A rebalance that began meanwhile answers it.
    if (member == nullptr || member->awaiting_join == nullptr || !group->is(GroupState::kStable)) {
      return;
    }
    if (error == ErrorCode::NONE) {
      stored(group, *member, may_skip_assignment, before);
    } else {
      take_back(group, *member, before, error);
    }
  });
}

void StaticMembers::stored(const GroupPointer& group, Member& member, bool may_skip_assignment,
                           const Before& before) {
  JoinResult result = Membership::joined(*group, member);
  if (may_skip_assignment) {
    result.skip_assignment = group->is_leader(member.member_id);
  } else {
    // An old client would assign if it heard that it leads.
    result.leader = before.leader;
    result.members.clear();
  }
  membership_.answer_join(*group, member, std::move(result));
}

void StaticMembers::take_back(const GroupPointer& group, Member& member, const Before& before,
                              ErrorCode error) {
  JoinResult result = Membership::joined(*group, member);
  result.error = error;
  result.member_id.clear();
  result.leader = before.leader;
  result.members.clear();
  membership_.answer_join(*group, member, std::move(result));
  group->set_protocols(member, before.protocols);
  member.rebalance_timeout_ms = before.rebalance_timeout_ms;
  member.session_timeout_ms = before.session_timeout_ms;
  membership_.extend_session(group, group->rename(member, before.member_id));
}

}  // namespace fluxmq::api_groups
