#include "membership.h"

#include <utility>

namespace fluxmq::api_groups {

JoinResult Membership::joined(const Group& group, const Member& member) {
  JoinResult result;
  result.generation_id = group.generation_id();
  result.protocol_type = group.protocol_type();
  result.protocol_name = group.protocol_name();
  result.leader = group.leader().value_or("");
  result.member_id = member.member_id;
  if (group.is_leader(member.member_id)) result.members = told_to_leader(group);
  return result;
}

std::vector<JoinResult::Member> Membership::told_to_leader(const Group& group) {
  std::vector<JoinResult::Member> members;
  members.reserve(group.members().size());
  for (const Member& member : group.members()) {
    members.push_back({member.member_id, member.group_instance_id,
                       member.metadata(group.protocol_name().value_or(""))});
  }
  return members;
}

void Membership::answer_join(Group& group, Member& member, JoinResult result) {
  if (member.awaiting_join == nullptr) return;
  surroundings_.answer(member.awaiting_join, std::move(result));
  group.set_awaiting_join(member, nullptr);
}

void Membership::answer_join(Group& group, Member& member, ErrorCode error) {
  JoinResult result;
  result.error = error;
  // Who isn't a member any more has no id.
  if (error != ErrorCode::UNKNOWN_MEMBER_ID) result.member_id = member.member_id;
  answer_join(group, member, std::move(result));
}

void Membership::answer_sync(Member& member, SyncResult result) {
  if (member.awaiting_sync == nullptr) return;
  surroundings_.answer(std::exchange(member.awaiting_sync, nullptr), std::move(result));
}

void Membership::answer_sync(Member& member, ErrorCode error) {
  SyncResult result;
  result.error = error;
  answer_sync(member, std::move(result));
}

void Membership::answer_all(Group& group, ErrorCode error) {
  for (Member& member : group.members()) {
    answer_join(group, member, error);
    answer_sync(member, error);
  }
}

void Membership::rejoin(Group& group, JoinCommand& command, Member& member,
                        Waiter<JoinResult>* waiter) {
  group.set_protocols(member, std::move(command.protocols));
  member.rebalance_timeout_ms = command.rebalance_timeout_ms;
  member.session_timeout_ms = command.session_timeout_ms;
  // An earlier join of the same member, whose connection is probably gone.
  answer_join(group, member, ErrorCode::REBALANCE_IN_PROGRESS);
  group.set_awaiting_join(member, waiter);
}

void Membership::remove(Group& group, std::string_view member_id) {
  if (Member* const member = group.find(member_id)) {
    answer_join(group, *member, ErrorCode::UNKNOWN_MEMBER_ID);
    answer_sync(*member, ErrorCode::UNKNOWN_MEMBER_ID);
  }
  group.remove(member_id);
}

void Membership::extend_session(const GroupPointer& group, Member& member,
                                std::int64_t timeout_ms) {
  surroundings_.deadlines().set(member.session, surroundings_.now_ms() + timeout_ms,
                                DeadlineKind::kSession, group, member.member_id);
}

}  // namespace fluxmq::api_groups
