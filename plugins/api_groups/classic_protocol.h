// ClassicProtocol: what JoinGroup, SyncGroup, Heartbeat, LeaveGroup and the passing of time do to a
// group. Pure of I/O: the log, the answers and the clock are its Surroundings.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deadlines.h"
#include "group.h"
#include "records.h"

namespace fluxmq::api_groups {

// Gets what became of a write; an error is already one for clients.
using WriteDone = std::function<void(ErrorCode)>;

class Surroundings {
 public:
  virtual std::int64_t now_ms() = 0;        // for deadlines: never set back
  virtual std::int64_t wall_time_ms() = 0;  // for records
  virtual std::string random_uuid() = 0;
  virtual DeadlineQueue& deadlines() = 0;
  // `done` is called after the call, once the record is durable or failed.
  virtual void write(CoordinatorRecord record, WriteDone done) = 0;
  virtual void answer(Waiter<JoinResult>* waiter, JoinResult result) = 0;
  virtual void answer(Waiter<SyncResult>* waiter, SyncResult result) = 0;
  virtual void note(std::string_view event) = 0;  // for operators

 protected:
  ~Surroundings() = default;
};

struct ProtocolLimits {
  std::int32_t initial_rebalance_delay_ms = 3000;
  std::int32_t max_size = INT32_MAX;                  // members of a group
  std::size_t max_metadata_bytes = 64 * 1024 * 1024;  // what they tell and are told
};

struct JoinCommand {
  std::string_view member_id;
  std::optional<std::string_view> group_instance_id;
  std::string_view client_id;
  std::string_view client_host;
  std::int32_t session_timeout_ms = 0;
  std::int32_t rebalance_timeout_ms = 0;
  std::string_view protocol_type;
  std::vector<MemberProtocol> protocols;
  std::string_view reason;
  bool requires_known_member_id = false;      // JoinGroup 4+ (KIP-394)
  bool supports_skipping_assignment = false;  // JoinGroup 9+ (KIP-814)
};

struct SyncCommand {
  std::string_view member_id;
  std::optional<std::string_view> group_instance_id;
  std::int32_t generation_id = -1;
  std::optional<std::string_view> protocol_type;
  std::optional<std::string_view> protocol_name;
  Assignments assignments;
};

struct LeaveCommand {
  std::string_view member_id;
  std::optional<std::string_view> group_instance_id;
  std::string_view reason;
};

class ClassicProtocol {
 public:
  using GroupPointer = std::shared_ptr<Group>;

  ClassicProtocol(Surroundings& surroundings, const ProtocolLimits& limits)
      : surroundings_(surroundings), limits_(limits) {}

  // Each waiter is answered now or later.
  void join(const GroupPointer& group, JoinCommand command, Waiter<JoinResult>* waiter);
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
  // A group that was read from the log: its members have a whole session to show themselves.
  void begin_sessions(const GroupPointer& group);
  // Answers all who wait: this broker doesn't coordinate the group any more.
  void give_up(Group& group, ErrorCode error);

 private:
  bool accepts(const Group& group, const JoinCommand& command, const Member* member) const;
  void join_as_new(const GroupPointer& group, JoinCommand& command, Waiter<JoinResult>* waiter);
  void join_again(const GroupPointer& group, JoinCommand& command, Waiter<JoinResult>* waiter);
  void join_known(const GroupPointer& group, JoinCommand& command, Member& member,
                  Waiter<JoinResult>* waiter);
  void add_member(const GroupPointer& group, JoinCommand& command, std::string member_id,
                  Waiter<JoinResult>* waiter);
  void update_member(Group& group, JoinCommand& command, Member& member,
                     Waiter<JoinResult>* waiter);
  void replace_static_member(const GroupPointer& group, JoinCommand& command, Member& member,
                             std::string new_member_id, Waiter<JoinResult>* waiter);
  void store_replaced_member(const GroupPointer& group, const JoinCommand& command,
                             const Member& member, Member before, std::string old_leader);
  void store_assignment(const GroupPointer& group, SyncCommand command);

  void rebalance_or_complete_join(const GroupPointer& group, std::string_view reason);
  void prepare_rebalance(const GroupPointer& group, std::string_view reason);
  void complete_join_if_all_joined(const GroupPointer& group);
  void complete_join(const GroupPointer& group);
  void end_initial_delay(const GroupPointer& group);
  void expire_session(const GroupPointer& group, const std::string& member_id);
  void expire_sync_phase(const GroupPointer& group);
  void assign(const GroupPointer& group, ErrorCode error, Assignments assignments);
  void remove_member(Group& group, std::string_view member_id);
  void received_sync(Group& group, std::string_view member_id);
  void extend_session(const GroupPointer& group, Member& member, std::int64_t timeout_ms);
  void extend_session(const GroupPointer& group, Member& member) {
    extend_session(group, member, member.session_timeout_ms);
  }

  void refuse(Waiter<JoinResult>* waiter, ErrorCode error, std::string_view member_id);
  void answer_join(Group& group, Member& member, JoinResult result);
  void answer_sync(Member& member, SyncResult result);
  static JoinResult joined(const Group& group, const Member& member);
  static std::vector<JoinResult::Member> told_to_leader(const Group& group);

  Surroundings& surroundings_;
  const ProtocolLimits& limits_;
};

}  // namespace fluxmq::api_groups
