#include "classic_protocol.h"

#include <algorithm>
#include <utility>

#include "fluxmq/host.h"

namespace fluxmq::api_groups {

namespace {

// A new member can't heartbeat before it knows its id, nor is its disconnect seen while its join is
// parked: it has this long, and is expected to try again (Kafka's own constant).
constexpr std::int64_t kNewMemberJoinTimeoutMs = 5 * 60 * 1000;

// Ids that are given out to clients that never come back live until their session ends; a flood of
// them must not fill the memory.
constexpr std::size_t kMaxPendingMembers = 100'000;

std::string_view or_not_provided(std::string_view reason) {
  return reason.empty() ? "not provided" : reason;
}

std::size_t bytes_of(const std::vector<MemberProtocol>& protocols) {
  std::size_t bytes = 0;
  for (const auto& protocol : protocols) bytes += protocol.name.size() + protocol.metadata.size();
  return bytes;
}

}  // namespace

// JoinGroup

void ClassicProtocol::join(const GroupPointer& group, JoinCommand command,
                           Waiter<JoinResult>* waiter) {
  if (!accepts(*group, command, group->find(command.member_id))) {
    remove_member(*group, command.member_id);
    refuse(waiter, ErrorCode::GROUP_MAX_SIZE_REACHED, {});
  } else if (command.member_id.empty()) {
    join_as_new(group, command, waiter);
  } else {
    join_again(group, command, waiter);
  }
}

bool ClassicProtocol::accepts(const Group& group, const JoinCommand& command,
                              const Member* member) const {
  const std::size_t had_bytes = member == nullptr ? 0 : member->metadata_bytes();
  if (group.metadata_bytes() - had_bytes + bytes_of(command.protocols) >
          limits_.max_metadata_bytes ||
      (command.member_id.empty() && group.pending_joins.size() >= kMaxPendingMembers)) {
    return false;
  }
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

void ClassicProtocol::join_as_new(const GroupPointer& group, JoinCommand& command,
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
      return replace_static_member(group, command, *group->find(*known), std::move(member_id),
                                   waiter);
    }
  } else if (command.requires_known_member_id) {
    Deadline& deadline = group->pending_joins[member_id];
    surroundings_.deadlines().set(deadline, surroundings_.now_ms() + command.session_timeout_ms,
                                  DeadlineKind::kSession, group, member_id);
    return refuse(waiter, ErrorCode::MEMBER_ID_REQUIRED, member_id);
  }
  add_member(group, command, std::move(member_id), waiter);
}

void ClassicProtocol::join_again(const GroupPointer& group, JoinCommand& command,
                                 Waiter<JoinResult>* waiter) {
  const auto member_id = command.member_id;
  if (group->is(GroupState::kDead)) {
    return refuse(waiter, ErrorCode::COORDINATOR_NOT_AVAILABLE, member_id);
  }
  if (!group->supports(command.protocol_type, command.protocols)) {
    return refuse(waiter, ErrorCode::INCONSISTENT_GROUP_PROTOCOL, member_id);
  }
  if (group->pending_joins.contains(member_id)) {
    // Static members never get an id first.
    if (command.group_instance_id) return refuse(waiter, ErrorCode::UNKNOWN_SERVER_ERROR, {});
    return add_member(group, command, std::string(member_id), waiter);
  }
  const ErrorCode error = group->validate_member(member_id, command.group_instance_id);
  if (error != ErrorCode::NONE) return refuse(waiter, error, member_id);
  join_known(group, command, *group->find(member_id), waiter);
}

void ClassicProtocol::join_known(const GroupPointer& group, JoinCommand& command, Member& member,
                                 Waiter<JoinResult>* waiter) {
  const bool has_changed = member.protocols != command.protocols;
  switch (group->state()) {
    case GroupState::kCompletingRebalance:
      // It may have missed the answer to its join: the same again.
      if (!has_changed) return surroundings_.answer(waiter, joined(*group, member));
      break;
    case GroupState::kStable:
      // A leader that joins again wants a rebalance: the topics may have changed.
      if (!has_changed && !group->is_leader(member.member_id)) {
        return surroundings_.answer(waiter, joined(*group, member));
      }
      break;
    case GroupState::kPreparingRebalance:
      break;
    default:
      return refuse(waiter, ErrorCode::UNKNOWN_MEMBER_ID, command.member_id);
  }
  update_member(*group, command, member, waiter);
  rebalance_or_complete_join(group, concat("member ", member.member_id, " joins again; reason: ",
                                           or_not_provided(command.reason)));
}

void ClassicProtocol::add_member(const GroupPointer& group, JoinCommand& command,
                                 std::string member_id, Waiter<JoinResult>* waiter) {
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
  extend_session(group, added, kNewMemberJoinTimeoutMs);
  rebalance_or_complete_join(
      group, concat("new member ", added.member_id, "; reason: ", or_not_provided(command.reason)));
}

void ClassicProtocol::update_member(Group& group, JoinCommand& command, Member& member,
                                    Waiter<JoinResult>* waiter) {
  group.set_protocols(member, std::move(command.protocols));
  member.rebalance_timeout_ms = command.rebalance_timeout_ms;
  member.session_timeout_ms = command.session_timeout_ms;
  // An earlier join of the same member, whose connection is probably gone.
  JoinResult overtaken;
  overtaken.error = ErrorCode::REBALANCE_IN_PROGRESS;
  overtaken.member_id = member.member_id;
  answer_join(group, member, std::move(overtaken));
  group.set_awaiting_join(member, waiter);
}

// Static members (KIP-345)

void ClassicProtocol::replace_static_member(const GroupPointer& group, JoinCommand& command,
                                            Member& member, std::string new_member_id,
                                            Waiter<JoinResult>* waiter) {
  JoinResult fenced_join;
  fenced_join.error = ErrorCode::FENCED_INSTANCE_ID;
  fenced_join.member_id = member.member_id;
  answer_join(*group, member, std::move(fenced_join));
  SyncResult fenced_sync;
  fenced_sync.error = ErrorCode::FENCED_INSTANCE_ID;
  answer_sync(member, std::move(fenced_sync));

  const std::string old_leader = group->leader().value_or("");
  Member before = member;
  group->rename(member, std::move(new_member_id));
  extend_session(group, member);
  update_member(*group, command, member, waiter);

  const auto reason = concat("static member ", *member.group_instance_id, " came as ",
                             member.member_id, "; reason: ", or_not_provided(command.reason));
  switch (group->state()) {
    case GroupState::kStable:
      if (group->protocol_name() == group->select_protocol()) {
        store_replaced_member(group, command, member, std::move(before), old_leader);
      } else {
        rebalance_or_complete_join(group, reason);
      }
      break;
    case GroupState::kCompletingRebalance:
      // The leader may be assigning to the old member id just now.
      prepare_rebalance(group, reason);
      break;
    default:
      complete_join_if_all_joined(group);
  }
}

// The group stays as it is, under another member id: no rebalance.
void ClassicProtocol::store_replaced_member(const GroupPointer& group, const JoinCommand& command,
                                            const Member& member, Member before,
                                            std::string old_leader) {
  surroundings_.write(group_record(*group),
                      [this, group, member_id = member.member_id, before = std::move(before),
                       old_leader = std::move(old_leader),
                       may_skip = command.supports_skipping_assignment](ErrorCode error) {
                        Member* const replaced = group->find(member_id);
                        // A rebalance that began meanwhile answers it.
                        if (replaced == nullptr || replaced->awaiting_join == nullptr ||
                            !group->is(GroupState::kStable)) {
                          return;
                        }
                        JoinResult result = joined(*group, *replaced);
                        result.error = error;
                        if (error != ErrorCode::NONE) {
                          result.member_id.clear();
                        } else if (may_skip) {
                          result.skip_assignment = group->is_leader(member_id);
                        }
                        if (error != ErrorCode::NONE || !may_skip) {
                          // An old client would assign if it heard that it leads.
                          result.leader = old_leader;
                          result.members.clear();
                        }
                        answer_join(*group, *replaced, std::move(result));
                        if (error == ErrorCode::NONE) return;
                        group->set_protocols(*replaced, before.protocols);
                        replaced->rebalance_timeout_ms = before.rebalance_timeout_ms;
                        replaced->session_timeout_ms = before.session_timeout_ms;
                        extend_session(group, group->rename(*replaced, before.member_id));
                      });
}

// The phases of a rebalance

void ClassicProtocol::rebalance_or_complete_join(const GroupPointer& group,
                                                 std::string_view reason) {
  if (group->is(GroupState::kPreparingRebalance)) {
    complete_join_if_all_joined(group);
  } else if (!group->is(GroupState::kDead)) {
    prepare_rebalance(group, reason);
  }
}

void ClassicProtocol::prepare_rebalance(const GroupPointer& group, std::string_view reason) {
  // Who waits for an assignment is to join again.
  if (group->is(GroupState::kCompletingRebalance)) {
    assign(group, ErrorCode::REBALANCE_IN_PROGRESS, {});
  }
  group->pending_syncs.clear();
  DeadlineQueue::cancel(group->sync_phase);

  surroundings_.note(concat("group ", group->group_id(), " rebalances after generation ",
                            group->generation_id(), ": ", reason));
  const std::int64_t now_ms = surroundings_.now_ms();
  if (group->is(GroupState::kEmpty)) {
    const std::int64_t delay_ms = limits_.initial_rebalance_delay_ms;
    const std::int64_t remaining_ms =
        std::max<std::int64_t>(group->rebalance_timeout_ms() - delay_ms, 0);
    group->become(GroupState::kPreparingRebalance, surroundings_.wall_time_ms());
    group->initial_delay = Group::InitialDelay{delay_ms, remaining_ms, false};
    surroundings_.deadlines().set(group->join_phase, now_ms + delay_ms, DeadlineKind::kJoinPhase,
                                  group);
    return;
  }
  group->become(GroupState::kPreparingRebalance, surroundings_.wall_time_ms());
  if (group->all_members_joined()) {
    complete_join(group);
  } else {
    surroundings_.deadlines().set(group->join_phase, now_ms + group->rebalance_timeout_ms(),
                                  DeadlineKind::kJoinPhase, group);
  }
}

void ClassicProtocol::end_initial_delay(const GroupPointer& group) {
  auto& delay = *group->initial_delay;
  if (!delay.has_new_member || delay.remaining_ms == 0) return complete_join(group);
  const std::int64_t next_ms =
      std::min<std::int64_t>(limits_.initial_rebalance_delay_ms, delay.remaining_ms);
  delay = {next_ms, std::max<std::int64_t>(delay.remaining_ms - delay.delay_ms, 0), false};
  surroundings_.deadlines().set(group->join_phase, surroundings_.now_ms() + next_ms,
                                DeadlineKind::kJoinPhase, group);
}

void ClassicProtocol::complete_join_if_all_joined(const GroupPointer& group) {
  // The first rebalance waits for its delay to end.
  if (group->is(GroupState::kPreparingRebalance) && group->previous_state() != GroupState::kEmpty &&
      group->all_members_joined()) {
    complete_join(group);
  }
}

void ClassicProtocol::complete_join(const GroupPointer& group) {
  DeadlineQueue::cancel(group->join_phase);
  group->initial_delay.reset();
  auto& members = group->members();
  for (auto at = members.begin(); at != members.end();) {
    const Member& member = *at++;
    if (member.awaiting_join == nullptr && !member.group_instance_id) {
      surroundings_.note(concat("group ", group->group_id(), ": member ", member.member_id,
                                " didn't join in time, it is removed"));
      remove_member(*group, std::string(member.member_id));
    }
  }
  if (!group->elect_joined_leader() && !members.empty()) {
    // Static members alone, none of them here: until their sessions end.
    surroundings_.deadlines().set(group->join_phase,
                                  surroundings_.now_ms() + group->rebalance_timeout_ms(),
                                  DeadlineKind::kJoinPhase, group);
    return;
  }
  group->next_generation(surroundings_.wall_time_ms());
  if (group->is(GroupState::kEmpty)) {
    surroundings_.note(
        concat("group ", group->group_id(), " generation ", group->generation_id(), " is empty"));
    // If this is lost the generation before comes back, without members that are alive.
    surroundings_.write(group_record(*group), [](ErrorCode) {});
    return;
  }
  surroundings_.note(concat("group ", group->group_id(), " generation ", group->generation_id(),
                            " has ", members.size(), " members"));
  for (Member& member : members) {
    answer_join(*group, member, joined(*group, member));
    extend_session(group, member);
    member.is_new = false;
    group->pending_syncs.insert(member.member_id);
  }
  surroundings_.deadlines().set(group->sync_phase,
                                surroundings_.now_ms() + group->rebalance_timeout_ms(),
                                DeadlineKind::kSyncPhase, group);
}

// SyncGroup

void ClassicProtocol::sync(const GroupPointer& group, SyncCommand command,
                           Waiter<SyncResult>* waiter) {
  const auto differs = [](const auto& said, const auto& known) {
    return said && known && *said != *known;
  };
  SyncResult result;
  result.error = group->validate_member(command.member_id, command.group_instance_id);
  if (group->is(GroupState::kEmpty)) {
    result.error = ErrorCode::UNKNOWN_MEMBER_ID;
  } else if (group->is(GroupState::kDead)) {
    result.error = ErrorCode::COORDINATOR_NOT_AVAILABLE;
  } else if (result.error != ErrorCode::NONE) {
    // as validate_member says
  } else if (command.generation_id != group->generation_id()) {
    result.error = ErrorCode::ILLEGAL_GENERATION;
  } else if (differs(command.protocol_type, group->protocol_type()) ||
             differs(command.protocol_name, group->protocol_name())) {
    result.error = ErrorCode::INCONSISTENT_GROUP_PROTOCOL;
  } else if (group->is(GroupState::kPreparingRebalance)) {
    result.error = ErrorCode::REBALANCE_IN_PROGRESS;
  }
  if (result.error != ErrorCode::NONE) return surroundings_.answer(waiter, std::move(result));

  Member& member = *group->find(command.member_id);
  received_sync(*group, member.member_id);
  if (group->is(GroupState::kStable)) {
    result.protocol_type = group->protocol_type();
    result.protocol_name = group->protocol_name();
    result.assignment = member.assignment;
    return surroundings_.answer(waiter, std::move(result));
  }
  SyncResult overtaken;
  overtaken.error = ErrorCode::REBALANCE_IN_PROGRESS;
  answer_sync(member, std::move(overtaken));
  member.awaiting_sync = waiter;
  if (group->is_leader(member.member_id)) store_assignment(group, std::move(command));
}

void ClassicProtocol::store_assignment(const GroupPointer& group, SyncCommand command) {
  CoordinatorRecord record = group_record(*group, command.assignments);
  surroundings_.write(std::move(record), [this, group, generation_id = group->generation_id(),
                                          assignments =
                                              std::move(command.assignments)](ErrorCode error) {
    // Another rebalance may have begun meanwhile.
    if (!group->is(GroupState::kCompletingRebalance) || group->generation_id() != generation_id) {
      return;
    }
    assign(group, error, assignments);
    if (error == ErrorCode::NONE) {
      group->become(GroupState::kStable, surroundings_.wall_time_ms());
    } else {
      rebalance_or_complete_join(group, "the assignment couldn't be stored");
    }
  });
}

void ClassicProtocol::assign(const GroupPointer& group, ErrorCode error, Assignments assignments) {
  for (Member& member : group->members()) {
    const auto found = assignments.find(member.member_id);
    member.assignment.clear();
    if (error == ErrorCode::NONE && found != assignments.end()) {
      member.assignment = std::move(found->second);
    }
    if (member.awaiting_sync == nullptr) continue;
    SyncResult result;
    result.error = error;
    if (error == ErrorCode::NONE) {
      result.protocol_type = group->protocol_type();
      result.protocol_name = group->protocol_name();
      result.assignment = member.assignment;
    }
    answer_sync(member, std::move(result));
    // A session that ended while it waited here wasn't counted.
    extend_session(group, member);
  }
}

void ClassicProtocol::received_sync(Group& group, std::string_view member_id) {
  group.pending_syncs.erase(std::string(member_id));
  if (group.pending_syncs.empty()) DeadlineQueue::cancel(group.sync_phase);
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
  extend_session(group, *group->find(member_id));
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
    } else if (!group->pending_joins.contains(member_id)) {
      error = group->validate_member(member_id, leaving.group_instance_id);
    }
    errors.push_back(error);
    if (error != ErrorCode::NONE) continue;
    why = concat("member ", member_id, " left; reason: ", or_not_provided(leaving.reason));
    remove_member(*group, member_id);
  }
  if (!why.empty() && !group->is(GroupState::kEmpty)) rebalance_or_complete_join(group, why);
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
  if (Member* const member = group->find(member_id)) extend_session(group, *member);
  return ErrorCode::NONE;
}

// Time

void ClassicProtocol::meet(const DeadlineQueue::Entry& entry) {
  const GroupPointer group = entry.group.lock();
  if (group == nullptr) return;
  Deadline* deadline = nullptr;
  switch (entry.kind) {
    case DeadlineKind::kJoinPhase:
      deadline = &group->join_phase;
      break;
    case DeadlineKind::kSyncPhase:
      deadline = &group->sync_phase;
      break;
    case DeadlineKind::kSession:
      if (Member* const member = group->find(entry.member_id)) {
        deadline = &member->session;
      } else if (const auto pending = group->pending_joins.find(entry.member_id);
                 pending != group->pending_joins.end()) {
        deadline = &pending->second;
      }
      break;
  }
  if (deadline == nullptr ||
      !surroundings_.deadlines().is_met(*deadline, entry, surroundings_.now_ms()) ||
      group->is(GroupState::kDead)) {
    return;
  }
  switch (entry.kind) {
    case DeadlineKind::kJoinPhase:
      if (!group->is(GroupState::kPreparingRebalance)) return;
      return group->initial_delay ? end_initial_delay(group) : complete_join(group);
    case DeadlineKind::kSyncPhase:
      return expire_sync_phase(group);
    case DeadlineKind::kSession:
      return expire_session(group, entry.member_id);
  }
}

void ClassicProtocol::expire_session(const GroupPointer& group, const std::string& member_id) {
  if (const Member* const member = group->find(member_id)) {
    const bool is_waiting = member->awaiting_join != nullptr || member->awaiting_sync != nullptr;
    // Who waits for the others is alive; a new member's wait is limited all the same.
    if (is_waiting && !member->is_new) return;
    surroundings_.note(concat("group ", group->group_id(), ": member ", member_id,
                              " wasn't heard of for its session timeout, it is removed"));
  }
  const bool was_member = group->find(member_id) != nullptr;
  remove_member(*group, member_id);
  if (group->is(GroupState::kPreparingRebalance)) {
    if (group->all_members_joined()) complete_join(group);
  } else if (was_member) {
    rebalance_or_complete_join(group, "a member's session ended");
  }
}

void ClassicProtocol::expire_sync_phase(const GroupPointer& group) {
  if (group->pending_syncs.empty() ||
      (!group->is(GroupState::kCompletingRebalance) && !group->is(GroupState::kStable))) {
    return;
  }
  const auto pending = group->pending_syncs;
  for (const auto& member_id : pending) remove_member(*group, member_id);
  prepare_rebalance(group, concat(pending.size(), " members didn't ask for their assignment"));
}

void ClassicProtocol::begin_sessions(const GroupPointer& group) {
  for (Member& member : group->members()) extend_session(group, member);
  if (group->members().size() > static_cast<std::size_t>(limits_.max_size)) {
    prepare_rebalance(group, "it has more members than group.max.size");
  }
}

void ClassicProtocol::extend_session(const GroupPointer& group, Member& member,
                                     std::int64_t timeout_ms) {
  surroundings_.deadlines().set(member.session, surroundings_.now_ms() + timeout_ms,
                                DeadlineKind::kSession, group, member.member_id);
}

// Answers

void ClassicProtocol::give_up(Group& group, ErrorCode error) {
  for (Member& member : group.members()) {
    JoinResult join_result;
    join_result.error = error;
    join_result.member_id = member.member_id;
    answer_join(group, member, std::move(join_result));
    SyncResult sync_result;
    sync_result.error = error;
    answer_sync(member, std::move(sync_result));
  }
}

void ClassicProtocol::remove_member(Group& group, std::string_view member_id) {
  if (Member* const member = group.find(member_id)) {
    JoinResult join_result;
    join_result.error = ErrorCode::UNKNOWN_MEMBER_ID;
    answer_join(group, *member, std::move(join_result));
    SyncResult sync_result;
    sync_result.error = ErrorCode::UNKNOWN_MEMBER_ID;
    answer_sync(*member, std::move(sync_result));
  }
  group.remove(member_id);
}

void ClassicProtocol::refuse(Waiter<JoinResult>* waiter, ErrorCode error,
                             std::string_view member_id) {
  JoinResult result;
  result.error = error;
  result.member_id = member_id;
  surroundings_.answer(waiter, std::move(result));
}

void ClassicProtocol::answer_join(Group& group, Member& member, JoinResult result) {
  if (member.awaiting_join == nullptr) return;
  surroundings_.answer(member.awaiting_join, std::move(result));
  group.set_awaiting_join(member, nullptr);
}

void ClassicProtocol::answer_sync(Member& member, SyncResult result) {
  if (member.awaiting_sync == nullptr) return;
  surroundings_.answer(std::exchange(member.awaiting_sync, nullptr), std::move(result));
}

JoinResult ClassicProtocol::joined(const Group& group, const Member& member) {
  JoinResult result;
  result.generation_id = group.generation_id();
  result.protocol_type = group.protocol_type();
  result.protocol_name = group.protocol_name();
  result.leader = group.leader().value_or("");
  result.member_id = member.member_id;
  if (group.is_leader(member.member_id)) result.members = told_to_leader(group);
  return result;
}

std::vector<JoinResult::Member> ClassicProtocol::told_to_leader(const Group& group) {
  std::vector<JoinResult::Member> members;
  members.reserve(group.members().size());
  for (const Member& member : group.members()) {
    members.push_back({member.member_id, member.group_instance_id,
                       member.metadata(group.protocol_name().value_or(""))});
  }
  return members;
}

}  // namespace fluxmq::api_groups
