// StaticMembers: an instance that comes back without its member id (KIP-345) takes the place of the
// process before it, which is fenced. A stable group stays as it is, under the new member id.
#pragma once
#include <string>

#include "membership.h"
#include "rebalance.h"
#include "surroundings.h"

namespace fluxmq::api_groups {

class StaticMembers {
 public:
  StaticMembers(Surroundings& surroundings, Membership& membership, Rebalance& rebalance)
      : surroundings_(surroundings), membership_(membership), rebalance_(rebalance) {}

  void replace(const GroupPointer& group, JoinCommand& command, Member& member,
               std::string new_member_id, Waiter<JoinResult>* waiter);

 private:
  // What a member was, if its new id can't be stored.
  struct Before {
    std::string member_id;
    std::vector<MemberProtocol> protocols;
    std::int32_t rebalance_timeout_ms;
    std::int32_t session_timeout_ms;
    std::string leader;  // of the group
  };

  void store(const GroupPointer& group, const std::string& member_id, bool may_skip_assignment,
             Before before);
  void stored(const GroupPointer& group, Member& member, bool may_skip_assignment,
              const Before& before);
  void take_back(const GroupPointer& group, Member& member, const Before& before, ErrorCode error);

  Surroundings& surroundings_;
  Membership& membership_;
  Rebalance& rebalance_;
};

}  // namespace fluxmq::api_groups
