// Membership: what a member is entitled to while it is one: an answer to the join or sync that
// waits in its name, and a session that lasts from one sign of life to the next.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "surroundings.h"

namespace fluxmq::api_groups {

using GroupPointer = std::shared_ptr<Group>;

class Membership {
 public:
  explicit Membership(Surroundings& surroundings) : surroundings_(surroundings) {}

  // What a member hears that is in the present generation.
  static JoinResult joined(const Group& group, const Member& member);

  // Nothing happens if the member doesn't wait.
  void answer_join(Group& group, Member& member, JoinResult result);
  void answer_join(Group& group, Member& member, ErrorCode error);
  void answer_sync(Member& member, SyncResult result);
  void answer_sync(Member& member, ErrorCode error);
  // All who wait.
  void answer_all(Group& group, ErrorCode error);

  // It joins once more: what it says now counts.
  void rejoin(Group& group, JoinCommand& command, Member& member, Waiter<JoinResult>* waiter);
  // Whoever waits in its name hears UNKNOWN_MEMBER_ID.
  void remove(Group& group, std::string_view member_id);

  void extend_session(const GroupPointer& group, Member& member, std::int64_t timeout_ms);
  void extend_session(const GroupPointer& group, Member& member) {
    extend_session(group, member, member.session_timeout_ms);
  }

 private:
  static std::vector<JoinResult::Member> told_to_leader(const Group& group);

  Surroundings& surroundings_;
};

}  // namespace fluxmq::api_groups
