// Joining: what JoinGroup does to a group. Who is new gets a member id, first of all (KIP-394);
// who is known joins again; who comes in the name of a static member takes its place.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "membership.h"
#include "protocol_limits.h"
#include "rebalance.h"
#include "static_members.h"
#include "surroundings.h"

namespace fluxmq::api_groups {

class Joining {
 public:
  Joining(Surroundings& surroundings, const ProtocolLimits& limits, Membership& membership,
          Rebalance& rebalance)
      : surroundings_(surroundings),
        limits_(limits),
        membership_(membership),
        rebalance_(rebalance),
        static_members_(surroundings, membership, rebalance) {}

  // The waiter is answered now or later.
  void join(const GroupPointer& group, JoinCommand command, Waiter<JoinResult>* waiter);

 private:
  bool accepts(const Group& group, const JoinCommand& command, const Member* member) const;
  bool has_room_for(const Group& group, const JoinCommand& command, const Member* member) const;
  void join_as_new(const GroupPointer& group, JoinCommand& command, Waiter<JoinResult>* waiter);
  void join_again(const GroupPointer& group, JoinCommand& command, Waiter<JoinResult>* waiter);
  void join_known(const GroupPointer& group, JoinCommand& command, Member& member,
                  Waiter<JoinResult>* waiter);
  void give_id(const GroupPointer& group, const JoinCommand& command, std::string member_id,
               Waiter<JoinResult>* waiter);
  void add_member(const GroupPointer& group, JoinCommand& command, std::string member_id,
                  Waiter<JoinResult>* waiter);
  void refuse(Waiter<JoinResult>* waiter, ErrorCode error, std::string_view member_id);

  Surroundings& surroundings_;
  const ProtocolLimits& limits_;
  Membership& membership_;
  Rebalance& rebalance_;
  StaticMembers static_members_;
};

}  // namespace fluxmq::api_groups
