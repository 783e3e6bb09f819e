// ClassicProtocol: what JoinGroup, SyncGroup, Heartbeat, LeaveGroup and the passing of time do to a
// group. JoinGroup has a file of its own (joining.h), and so have the phases of a rebalance.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "joining.h"
#include "membership.h"
#include "rebalance.h"
#include "surroundings.h"

namespace fluxmq::api_groups {

class ClassicProtocol {
 public:
  ClassicProtocol(Surroundings& surroundings, const ProtocolLimits& limits)
      : surroundings_(surroundings),
        limits_(limits),
        membership_(surroundings),
        rebalance_(surroundings, membership_, limits),
        joining_(surroundings, limits, membership_, rebalance_) {}
  ClassicProtocol(const ClassicProtocol&) = delete;
  ClassicProtocol& operator=(const ClassicProtocol&) = delete;

  // Each waiter is answered now or later.
  void join(const GroupPointer& group, JoinCommand command, Waiter<JoinResult>* waiter) {
    joining_.join(group, std::move(command), waiter);
  }
  void sync(const GroupPointer& group, SyncCommand command, Waiter<SyncResult>* waiter);
  ErrorCode heartbeat(const GroupPointer& group, std::string_view member_id,
                      const std::optional<std::string_view>& group_instance_id,
                      std::int32_t generation_id);
  // One code each, in their order.
  std::vector<ErrorCode> leave(const GroupPointer& group, const std::vector<LeaveCommand>& members);
  // Whether offsets may be committed in the name of a member, or by one who isn't any. A member is
  // heard of by that.
  ErrorCode commit(const GroupPointer& group, std::string_view member_id,
                   const std::optional<std::string_view>& group_instance_id,
                   std::int32_t generation_id);

  void meet(const DeadlineQueue::Entry& entry);
  // Lets go of queued deadlines whose members or groups are gone, if they have become many.
  void sweep_deadlines();
  // A group that was read from the log: its members have a whole session to show themselves.
  void begin_sessions(const GroupPointer& group);
  // Answers all who wait: this broker doesn't coordinate the group any more.
  void give_up(Group& group, ErrorCode error) { membership_.answer_all(group, error); }

 private:
  static ErrorCode check(const Group& group, const SyncCommand& command);
  // Null if what it was set for is gone.
  static Deadline* deadline_of(const DeadlineQueue::Entry& entry);
  void end_session(const GroupPointer& group, const std::string& member_id);

  Surroundings& surroundings_;
  const ProtocolLimits& limits_;
  Membership membership_;
  Rebalance rebalance_;
  Joining joining_;
};

}  // namespace fluxmq::api_groups
