#include "rebalance.h"

#include <algorithm>
#include <string>
#include <utility>

#include "fluxmq/host.h"

namespace fluxmq::api_groups {

namespace {

// While none of a group's static members joins, it looks again after their rebalance timeout; but
// one of 0 ms must not make it look all the time.
constexpr std::int32_t kMinJoinPhaseMs = 1000;

}  // namespace

void Rebalance::begin_or_go_on(const GroupPointer& group, std::string_view reason) {
  if (group->is(GroupState::kPreparingRebalance)) {
    complete_join_if_all_joined(group);
  } else if (!group->is(GroupState::kDead)) {
    begin(group, reason);
  }
}

void Rebalance::begin(const GroupPointer& group, std::string_view reason) {
  // Who waits for an assignment is to join again.
  if (group->is(GroupState::kCompletingRebalance)) {
    assign(group, ErrorCode::REBALANCE_IN_PROGRESS, {});
  }
  group->pending_syncs.clear();
  DeadlineQueue::cancel(group->sync_phase);

  surroundings_.note(concat("group ", group->group_id(), " rebalances after generation ",
                            group->generation_id(), ": ", reason));
  if (group->is(GroupState::kEmpty)) return begin_initial(group);
  group->become(GroupState::kPreparingRebalance, surroundings_.wall_time_ms());
  if (group->all_members_joined()) {
    complete_join(group);
  } else {
    surroundings_.deadlines().set(group->join_phase,
                                  surroundings_.now_ms() + group->rebalance_timeout_ms(),
                                  DeadlineKind::kJoinPhase, group);
  }
}

// The first rebalance waits for more members to come: each that does makes it wait longer, up to
// their rebalance timeout.
void Rebalance::begin_initial(const GroupPointer& group) {
  const std::int64_t delay_ms = limits_.initial_rebalance_delay_ms;
  const std::int64_t remaining_ms =
      std::max<std::int64_t>(group->rebalance_timeout_ms() - delay_ms, 0);
  group->become(GroupState::kPreparingRebalance, surroundings_.wall_time_ms());
  group->initial_delay = Group::InitialDelay{delay_ms, remaining_ms, false};
  surroundings_.deadlines().set(group->join_phase, surroundings_.now_ms() + delay_ms,
                                DeadlineKind::kJoinPhase, group);
}

void Rebalance::end_initial_delay(const GroupPointer& group) {
  auto& delay = *group->initial_delay;
  if (!delay.has_new_member || delay.remaining_ms == 0) return complete_join(group);
  const std::int64_t next_ms =
      std::min<std::int64_t>(limits_.initial_rebalance_delay_ms, delay.remaining_ms);
  delay = {next_ms, std::max<std::int64_t>(delay.remaining_ms - delay.delay_ms, 0), false};
  surroundings_.deadlines().set(group->join_phase, surroundings_.now_ms() + next_ms,
                                DeadlineKind::kJoinPhase, group);
}

void Rebalance::end_join_phase(const GroupPointer& group) {
  if (!group->is(GroupState::kPreparingRebalance)) return;
  group->initial_delay ? end_initial_delay(group) : complete_join(group);
}

void Rebalance::complete_join_if_all_joined(const GroupPointer& group) {
  // The first rebalance waits for its delay to end.
  if (group->is(GroupState::kPreparingRebalance) && group->previous_state() != GroupState::kEmpty &&
      group->all_members_joined()) {
    complete_join(group);
  }
}

void Rebalance::complete_join(const GroupPointer& group) {
  DeadlineQueue::cancel(group->join_phase);
  group->initial_delay.reset();
  leave_behind_who_did_not_join(*group);
  if (!group->elect_joined_leader() && !group->members().empty()) {
    // Static members alone, none of them here: until their sessions end.
    const auto wait_ms = std::max(group->rebalance_timeout_ms(), kMinJoinPhaseMs);
    surroundings_.deadlines().set(group->join_phase, surroundings_.now_ms() + wait_ms,
                                  DeadlineKind::kJoinPhase, group);
    return;
  }
  group->next_generation(surroundings_.wall_time_ms());
  if (!group->is(GroupState::kEmpty)) return tell_new_generation(group);
  surroundings_.note(
      concat("group ", group->group_id(), " generation ", group->generation_id(), " is empty"));
  // If this is lost the generation before comes back, without members that are alive.
  surroundings_.write(group_record(*group), [](ErrorCode) {});
}

void Rebalance::leave_behind_who_did_not_join(Group& group) {
  auto& members = group.members();
  for (auto at = members.begin(); at != members.end();) {
    const Member& member = *at++;
    if (member.awaiting_join != nullptr || member.group_instance_id) continue;
    surroundings_.note(concat("group ", group.group_id(), ": member ", member.member_id,
                              " didn't join in time, it is removed"));
    membership_.remove(group, std::string(member.member_id));
  }
}

void Rebalance::tell_new_generation(const GroupPointer& group) {
  surroundings_.note(concat("group ", group->group_id(), " generation ", group->generation_id(),
                            " has ", group->members().size(), " members"));
  for (Member& member : group->members()) {
    membership_.answer_join(*group, member, Membership::joined(*group, member));
    membership_.extend_session(group, member);
    member.is_new = false;
    group->pending_syncs.insert(member.member_id);
  }
  surroundings_.deadlines().set(group->sync_phase,
                                surroundings_.now_ms() + group->rebalance_timeout_ms(),
                                DeadlineKind::kSyncPhase, group);
}

void Rebalance::store_assignment(const GroupPointer& group, Assignments assignments) {
  if (!has_room_for(*group, assignments)) {
    // As Kafka answers a record that is too large.
    return end_assignment(group, ErrorCode::UNKNOWN_SERVER_ERROR, {});
  }
  CoordinatorRecord record = group_record(*group, assignments);
  auto stored = [this, group, generation_id = group->generation_id(),
                 assignments = std::move(assignments)](ErrorCode error) mutable {
    // Another rebalance may have begun meanwhile.
    if (!group->is(GroupState::kCompletingRebalance) || group->generation_id() != generation_id) {
      return;
    }
    end_assignment(group, error, std::move(assignments));
  };
  surroundings_.write(std::move(record), std::move(stored));
}

void Rebalance::end_assignment(const GroupPointer& group, ErrorCode error,
                               Assignments assignments) {
  assign(group, error, std::move(assignments));
  if (error == ErrorCode::NONE) {
    group->become(GroupState::kStable, surroundings_.wall_time_ms());
  } else {
    begin_or_go_on(group, "the assignment couldn't be stored");
  }
}

bool Rebalance::has_room_for(const Group& group, const Assignments& assignments) {
  std::size_t bytes = 0;
  std::size_t had_bytes = 0;
  for (const Member& member : group.members()) {
    had_bytes += member.assignment.size();
    const auto found = assignments.find(member.member_id);
    if (found != assignments.end()) bytes += found->second.size();
  }
  return bytes <= limits_.max_metadata_bytes &&
         (bytes <= had_bytes || surroundings_.has_room(bytes - had_bytes));
}

void Rebalance::assign(const GroupPointer& group, ErrorCode error, Assignments assignments) {
  for (Member& member : group->members()) {
    const auto found = assignments.find(member.member_id);
    const bool is_assigned = error == ErrorCode::NONE && found != assignments.end();
    group->set_assignment(member, is_assigned ? std::move(found->second) : std::string());
    if (member.awaiting_sync == nullptr) continue;
    SyncResult result;
    result.error = error;
    if (error == ErrorCode::NONE) {
      result.protocol_type = group->protocol_type();
      result.protocol_name = group->protocol_name();
      result.assignment = member.assignment;
    }
    membership_.answer_sync(member, std::move(result));
    // A session that ended while it waited here wasn't counted.
    membership_.extend_session(group, member);
  }
}

void Rebalance::received_sync(Group& group, std::string_view member_id) {
  group.pending_syncs.erase(std::string(member_id));
  if (group.pending_syncs.empty()) DeadlineQueue::cancel(group.sync_phase);
}

void Rebalance::end_sync_phase(const GroupPointer& group) {
  if (group->pending_syncs.empty() ||
      (!group->is(GroupState::kCompletingRebalance) && !group->is(GroupState::kStable))) {
    return;
  }
  const auto pending = group->pending_syncs;
  for (const auto& member_id : pending) membership_.remove(*group, member_id);
  begin(group, concat(pending.size(), " members didn't ask for their assignment"));
}

}  // namespace fluxmq::api_groups
