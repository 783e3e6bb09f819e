// Rebalance: the phases by which a group comes to its next generation. First its members join
// (PreparingRebalance), then they wait for their leader's assignment (CompletingRebalance), then
// the group is Stable. Each phase has a deadline, after which those who are missing are left out.
#pragma once
#include <cstdint>
#include <string_view>

#include "membership.h"
#include "protocol_limits.h"
#include "surroundings.h"

namespace fluxmq::api_groups {

class Rebalance {
 public:
  Rebalance(Surroundings& surroundings, Membership& membership, const ProtocolLimits& limits)
      : surroundings_(surroundings), membership_(membership), limits_(limits) {}

  // A member came, went or changed: a rebalance begins, or the present one goes on if it waited for
  // no one else.
  void begin_or_go_on(const GroupPointer& group, std::string_view reason);
  void begin(const GroupPointer& group, std::string_view reason);
  void complete_join_if_all_joined(const GroupPointer& group);
  void complete_join(const GroupPointer& group);

  // The leader's assignment; the members get theirs once it is stored.
  void store_assignment(const GroupPointer& group, Assignments assignments);
  // A member has asked for its assignment.
  void received_sync(Group& group, std::string_view member_id);

  void end_join_phase(const GroupPointer& group);
  void end_sync_phase(const GroupPointer& group);

 private:
  void begin_initial(const GroupPointer& group);
  void end_initial_delay(const GroupPointer& group);
  void leave_behind_who_did_not_join(Group& group);
  void tell_new_generation(const GroupPointer& group);
  void end_assignment(const GroupPointer& group, ErrorCode error, Assignments assignments);
  bool has_room_for(const Group& group, const Assignments& assignments);
  void assign(const GroupPointer& group, ErrorCode error, Assignments assignments);

  Surroundings& surroundings_;
  Membership& membership_;
  const ProtocolLimits& limits_;
};

}  // namespace fluxmq::api_groups
