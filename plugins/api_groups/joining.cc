#include "joining.h"

#include <utility>

#include "fluxmq/host.h"

namespace fluxmq::api_groups {

namespace {

// A new member can't heartbeat before it knows its id, nor is its disconnect seen while its join is
// parked: it has this long, and is expected to try again (Kafka's own constant).
constexpr std::int64_t kNewMemberJoinTimeoutMs = 5 * 60 * 1000;

std::size_t bytes_of(const std::vector<MemberProtocol>& protocols) {
  std::size_t bytes = 0;
  for (const auto& protocol : protocols) bytes += protocol.name.size() + protocol.metadata.size();
  return bytes;
}

}  // namespace

void Joining::join(const GroupPointer& group, JoinCommand command, Waiter<JoinResult>* waiter) {
  if (!accepts(*group, command, group->find(command.member_id))) {
    membership_.remove(*group, command.member_id);
    refuse(waiter, ErrorCode::GROUP_MAX_SIZE_REACHED, {});
  } else if (command.member_id.empty()) {
    join_as_new(group, command, waiter);
  } else {
    join_again(group, command, waiter);
  }
}

bool Joining::has_room_for(const Group& group, const JoinCommand& command,
                           const Member* member) const {
  const std::size_t had_bytes = member == nullptr ? 0 : member->metadata_bytes();
  const std::size_t bytes = bytes_of(command.protocols);
  if (group.metadata_bytes() - had_bytes + bytes > limits_.max_metadata_bytes) return false;
  if (command.member_id.empty() && group.pending_join_count() >= limits_.max_pending_members) {
    return false;
  }
  if (member == nullptr) return surroundings_.has_room(kMemberBytes + bytes);
  return bytes <= had_bytes || surroundings_.has_room(bytes - had_bytes);
}

bool Joining::accepts(const Group& group, const JoinCommand& command, const Member* member) const {
  if (!has_room_for(group, command, member)) return false;
  const auto max_size = static_cast<std::size_t>(limits_.max_size);
  switch (group.state()) {
    case GroupState::kPreparingRebalance:
      // Who has joined already counts, not who was there before: a group that is too large loses
      // those who come last.
      return (member != nullptr && member->awaiting_join != nullptr) ||
             group.awaiting_join_count() < max_size;
    case GroupState::kCompletingRebalance:
    case GroupState::kStable:
      return member != nullptr || group.members().size() < max_size;
    default:
      return true;
  }
}

void Joining::join_as_new(const GroupPointer& group, JoinCommand& command,
                          Waiter<JoinResult>* waiter) {
  if (group->is(GroupState::kDead)) {
    return refuse(waiter, ErrorCode::COORDINATOR_NOT_AVAILABLE, {});
  }
  if (!group->supports(command.protocol_type, command.protocols)) {
    return refuse(waiter, ErrorCode::INCONSISTENT_GROUP_PROTOCOL, {});
  }
  const auto prefix = command.group_instance_id.value_or(command.client_id);
  std::string member_id = concat(prefix, "-", surroundings_.random_uuid());
  if (command.group_instance_id) {
    if (const auto* known = group->static_member(*command.group_instance_id)) {
      return static_members_.replace(group, command, *group->find(*known), std::move(member_id),
                                     waiter);
    }
  } else if (command.requires_known_member_id) {
    return give_id(group, command, std::move(member_id), waiter);
  }
  add_member(group, command, std::move(member_id), waiter);
}

// It is to join again, with that id, while a session lasts.
void Joining::give_id(const GroupPointer& group, const JoinCommand& command, std::string member_id,
                      Waiter<JoinResult>* waiter) {
  Deadline& deadline = group->add_pending_join(member_id);
  surroundings_.deadlines().set(deadline, surroundings_.now_ms() + command.session_timeout_ms,
                                DeadlineKind::kSession, group, member_id);
  refuse(waiter, ErrorCode::MEMBER_ID_REQUIRED, member_id);
}

void Joining::join_again(const GroupPointer& group, JoinCommand& command,
                         Waiter<JoinResult>* waiter) {
  const auto member_id = command.member_id;
  if (group->is(GroupState::kDead)) {
    return refuse(waiter, ErrorCode::COORDINATOR_NOT_AVAILABLE, member_id);
  }
  if (!group->supports(command.protocol_type, command.protocols)) {
    return refuse(waiter, ErrorCode::INCONSISTENT_GROUP_PROTOCOL, member_id);
  }
  if (group->is_pending_join(member_id)) {
    // Static members never get an id first.
    if (command.group_instance_id) return refuse(waiter, ErrorCode::UNKNOWN_SERVER_ERROR, {});
    return add_member(group, command, std::string(member_id), waiter);
  }
  const ErrorCode error = group->validate_member(member_id, command.group_instance_id);
  if (error != ErrorCode::NONE) return refuse(waiter, error, member_id);
  join_known(group, command, *group->find(member_id), waiter);
}

void Joining::join_known(const GroupPointer& group, JoinCommand& command, Member& member,
                         Waiter<JoinResult>* waiter) {
  const bool has_changed = member.protocols != command.protocols;
  switch (group->state()) {
    case GroupState::kCompletingRebalance:
      // It may have missed the answer to its join: the same again.
      if (!has_changed) return surroundings_.answer(waiter, Membership::joined(*group, member));
      break;
    case GroupState::kStable:
      // A leader that joins again wants a rebalance: the topics may have changed.
      if (!has_changed && !group->is_leader(member.member_id)) {
        return surroundings_.answer(waiter, Membership::joined(*group, member));
      }
      break;
    case GroupState::kPreparingRebalance:
      break;
    default:
      return refuse(waiter, ErrorCode::UNKNOWN_MEMBER_ID, command.member_id);
  }
  membership_.rejoin(*group, command, member, waiter);
  rebalance_.begin_or_go_on(group, concat("member ", member.member_id, " joins again; reason: ",
                                          or_not_provided(command.reason)));
}

void Joining::add_member(const GroupPointer& group, JoinCommand& command, std::string member_id,
                         Waiter<JoinResult>* waiter) {
  if (group->initial_delay) group->initial_delay->has_new_member = true;
  Member member;
  member.member_id = std::move(member_id);
  member.group_instance_id = command.group_instance_id;
  member.client_id = command.client_id;
  member.client_host = command.client_host;
  member.rebalance_timeout_ms = command.rebalance_timeout_ms;
  member.session_timeout_ms = command.session_timeout_ms;
  member.protocols = std::move(command.protocols);
  member.is_new = true;
  Member& added = group->add(std::move(member), command.protocol_type);
  group->set_awaiting_join(added, waiter);
  membership_.extend_session(group, added, kNewMemberJoinTimeoutMs);
  rebalance_.begin_or_go_on(
      group, concat("new member ", added.member_id, "; reason: ", or_not_provided(command.reason)));
}

void Joining::refuse(Waiter<JoinResult>* waiter, ErrorCode error, std::string_view member_id) {
  JoinResult result;
  result.error = error;
  result.member_id = member_id;
  surroundings_.answer(waiter, std::move(result));
}

}  // namespace fluxmq::api_groups
