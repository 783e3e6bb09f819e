#include "classic_protocol.h"

#include <utility>

#include "fluxmq/host.h"

namespace fluxmq::api_groups {

// SyncGroup

ErrorCode ClassicProtocol::check(const Group& group, const SyncCommand& command) {
  const auto differs = [](const auto& said, const auto& known) {
    return said && known && *said != *known;
  };
  if (group.is(GroupState::kEmpty)) return ErrorCode::UNKNOWN_MEMBER_ID;
  if (group.is(GroupState::kDead)) return ErrorCode::COORDINATOR_NOT_AVAILABLE;
  const ErrorCode error = group.validate_member(command.member_id, command.group_instance_id);
  if (error != ErrorCode::NONE) return error;
  if (command.generation_id != group.generation_id()) return ErrorCode::ILLEGAL_GENERATION;
  if (differs(command.protocol_type, group.protocol_type()) ||
      differs(command.protocol_name, group.protocol_name())) {
    return ErrorCode::INCONSISTENT_GROUP_PROTOCOL;
  }
  return group.is(GroupState::kPreparingRebalance) ? ErrorCode::REBALANCE_IN_PROGRESS
                                                   : ErrorCode::NONE;
}

void ClassicProtocol::sync(const GroupPointer& group, SyncCommand command,
                           Waiter<SyncResult>* waiter) {
  SyncResult result;
  result.error = check(*group, command);
  if (result.error != ErrorCode::NONE) return surroundings_.answer(waiter, std::move(result));

  Member& member = *group->find(command.member_id);
  rebalance_.received_sync(*group, member.member_id);
  if (group->is(GroupState::kStable)) {
    result.protocol_type = group->protocol_type();
    result.protocol_name = group->protocol_name();
    result.assignment = member.assignment;
    return surroundings_.answer(waiter, std::move(result));
  }
  // An earlier sync of the same member, whose connection is probably gone.
  membership_.answer_sync(member, ErrorCode::REBALANCE_IN_PROGRESS);
  member.awaiting_sync = waiter;
  if (group->is_leader(member.member_id)) {
    rebalance_.store_assignment(group, std::move(command.assignments));
  }
}

// Heartbeat, LeaveGroup, OffsetCommit

ErrorCode ClassicProtocol::heartbeat(const GroupPointer& group, std::string_view member_id,
                                     const std::optional<std::string_view>& group_instance_id,
                                     std::int32_t generation_id) {
  if (group->is(GroupState::kDead)) return ErrorCode::COORDINATOR_NOT_AVAILABLE;
  const ErrorCode error = group->validate_member(member_id, group_instance_id);
  if (error != ErrorCode::NONE) return error;
  if (generation_id != group->generation_id()) return ErrorCode::ILLEGAL_GENERATION;
  if (group->is(GroupState::kEmpty)) return ErrorCode::UNKNOWN_MEMBER_ID;
  membership_.extend_session(group, *group->find(member_id));
  return group->is(GroupState::kPreparingRebalance) ? ErrorCode::REBALANCE_IN_PROGRESS
                                                    : ErrorCode::NONE;
}

std::vector<ErrorCode> ClassicProtocol::leave(const GroupPointer& group,
                                              const std::vector<LeaveCommand>& members) {
  std::vector<ErrorCode> errors;
  errors.reserve(members.size());
  std::string why;
  for (const auto& leaving : members) {
    std::string member_id(leaving.member_id);
    ErrorCode error = ErrorCode::NONE;
    if (member_id.empty()) {
      // An administrator removes a static member by its instance id.
      const std::string* known = nullptr;
      if (leaving.group_instance_id) known = group->static_member(*leaving.group_instance_id);
      if (known == nullptr) {
        error = ErrorCode::UNKNOWN_MEMBER_ID;
      } else {
        member_id = *known;
      }
    } else if (!group->is_pending_join(member_id)) {
      error = group->validate_member(member_id, leaving.group_instance_id);
    }
    errors.push_back(error);
    if (error != ErrorCode::NONE) continue;
    why = concat("member ", member_id, " left; reason: ", or_not_provided(leaving.reason));
    membership_.remove(*group, member_id);
  }
  if (!why.empty() && !group->is(GroupState::kEmpty)) rebalance_.begin_or_go_on(group, why);
  return errors;
}

ErrorCode ClassicProtocol::commit(const GroupPointer& group, std::string_view member_id,
                                  const std::optional<std::string_view>& group_instance_id,
                                  std::int32_t generation_id) {
  if (group->is(GroupState::kDead)) return ErrorCode::COORDINATOR_NOT_AVAILABLE;
  if (generation_id < 0 && group->is(GroupState::kEmpty)) return ErrorCode::NONE;
  const bool is_member = generation_id >= 0 || !member_id.empty() || group_instance_id;
  if (is_member) {
    const ErrorCode error = group->validate_member(member_id, group_instance_id);
    if (error != ErrorCode::NONE) return error;
    if (generation_id != group->generation_id()) return ErrorCode::ILLEGAL_GENERATION;
  } else if (!group->is(GroupState::kEmpty)) {
    return ErrorCode::UNKNOWN_MEMBER_ID;
  }
  if (group->is(GroupState::kCompletingRebalance)) return ErrorCode::REBALANCE_IN_PROGRESS;
  if (Member* const member = group->find(member_id)) membership_.extend_session(group, *member);
  return ErrorCode::NONE;
}

// Time

void ClassicProtocol::meet(const DeadlineQueue::Entry& entry) {
  const GroupPointer group = entry.group.lock();
  Deadline* const deadline = deadline_of(entry);
  if (deadline == nullptr ||
      !surroundings_.deadlines().is_met(*deadline, entry, surroundings_.now_ms()) ||
      group->is(GroupState::kDead)) {
    return;
  }
  switch (entry.kind) {
    case DeadlineKind::kJoinPhase:
      return rebalance_.end_join_phase(group);
    case DeadlineKind::kSyncPhase:
      return rebalance_.end_sync_phase(group);
    case DeadlineKind::kSession:
      return end_session(group, entry.member_id);
  }
}

Deadline* ClassicProtocol::deadline_of(const DeadlineQueue::Entry& entry) {
  const GroupPointer group = entry.group.lock();
  if (group == nullptr) return nullptr;
  switch (entry.kind) {
    case DeadlineKind::kJoinPhase:
      return &group->join_phase;
    case DeadlineKind::kSyncPhase:
      return &group->sync_phase;
    case DeadlineKind::kSession:
      break;
  }
  if (Member* const member = group->find(entry.member_id)) return &member->session;
  return group->pending_join(entry.member_id);
}

void ClassicProtocol::sweep_deadlines() {
  surroundings_.deadlines().sweep([](const DeadlineQueue::Entry& entry) {
    const Deadline* const deadline = deadline_of(entry);
    return deadline != nullptr && deadline->queued_ms == entry.at_ms;
  });
}

void ClassicProtocol::end_session(const GroupPointer& group, const std::string& member_id) {
  const Member* const member = group->find(member_id);
  if (member != nullptr) {
    const bool is_waiting = member->awaiting_join != nullptr || member->awaiting_sync != nullptr;
    // Who waits for the others is alive; a new member's wait is limited all the same.
    if (is_waiting && !member->is_new) return;
    surroundings_.note(concat("group ", group->group_id(), ": member ", member_id,
                              " wasn't heard of for its session timeout, it is removed"));
  }
  membership_.remove(*group, member_id);
  if (group->is(GroupState::kPreparingRebalance)) {
    if (group->all_members_joined()) rebalance_.complete_join(group);
  } else if (member != nullptr) {
    rebalance_.begin_or_go_on(group, "a member's session ended");
  }
}

void ClassicProtocol::begin_sessions(const GroupPointer& group) {
  for (Member& member : group->members()) membership_.extend_session(group, member);
  if (group->members().size() > static_cast<std::size_t>(limits_.max_size)) {
    rebalance_.begin(group, "it has more members than group.max.size");
  }
}

}  // namespace fluxmq::api_groups
