// Group: members of a classic group, what they support and wait for, and the state they are in.
// It does nothing by itself; classic_protocol.h says what requests and time do to it.
#pragma once
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "budget.h"
#include "deadlines.h"
#include "fluxmq/protocol/errors.h"
#include "offsets.h"
#include "waiter.h"

namespace fluxmq::api_groups {

using protocol::ErrorCode;

enum class GroupState : std::uint8_t {
  kEmpty,
  kPreparingRebalance,   // members join
  kCompletingRebalance,  // members wait for the leader's assignment
  kStable,
  kDead,  // its deletion is on the way to the log
};

std::string_view state_name(GroupState state);

// A name that a member can be assigned by (an assignor, for consumers), and what it tells the
// leader.
struct MemberProtocol {
  std::string name;
  std::string metadata;

  friend bool operator==(const MemberProtocol&, const MemberProtocol&) = default;
};

struct JoinResult {
  struct Member {
    std::string member_id;
    std::optional<std::string> group_instance_id;
    std::string metadata;
  };

  ErrorCode error = ErrorCode::NONE;
  std::int32_t generation_id = -1;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name;
  std::string leader;
  bool skip_assignment = false;
  std::string member_id;
  std::vector<Member> members;
};

struct SyncResult {
  ErrorCode error = ErrorCode::NONE;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name;
  std::string assignment;
};

struct Member {
  std::string member_id;
  std::optional<std::string> group_instance_id;
  std::string client_id;
  std::string client_host;
  std::int32_t rebalance_timeout_ms = 0;
  std::int32_t session_timeout_ms = 0;
  std::vector<MemberProtocol> protocols;  // the one it likes best first; no name twice
  std::string assignment;

  bool is_new = false;  // hasn't seen the answer that tells it its id
  Waiter<JoinResult>* awaiting_join = nullptr;
  Waiter<SyncResult>* awaiting_sync = nullptr;
  Deadline session;

  const std::string& metadata(std::string_view protocol_name) const;
  std::size_t metadata_bytes() const;
  // All that is kept of it.
  std::size_t size_bytes() const;
};

class Group {
 public:
  Group(std::string_view group_id, std::int64_t state_timestamp_ms, Budget* budget = nullptr)
      : offsets(budget),
        group_id_(group_id),
        state_timestamp_ms_(state_timestamp_ms),
        share_(budget) {
    share_.grow(kGroupBytes + group_id.size());
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  const std::string& group_id() const { return group_id_; }
  GroupState state() const { return state_; }
  bool is(GroupState state) const { return state_ == state; }
  GroupState previous_state() const { return previous_state_; }
  std::int64_t state_timestamp_ms() const { return state_timestamp_ms_; }  // -1: unknown
  std::int32_t generation_id() const { return generation_id_; }
  const std::optional<std::string>& protocol_type() const { return protocol_type_; }
  const std::optional<std::string>& protocol_name() const { return protocol_name_; }
  const std::optional<std::string>& leader() const { return leader_; }
  bool is_leader(std::string_view member_id) const { return leader_ == member_id; }

  void become(GroupState state, std::int64_t now_ms);
  // The members that are there make the next generation: CompletingRebalance, or Empty.
  void next_generation(std::int64_t now_ms);
  // As it was when its record was written.
  void restore(GroupState state, std::int32_t generation_id,
               std::optional<std::string> protocol_type, std::optional<std::string> protocol_name,
               std::optional<std::string> leader, std::int64_t state_timestamp_ms);

  std::list<Member>& members() { return members_; }
  const std::list<Member>& members() const { return members_; }
  Member* find(std::string_view member_id);
  Member& add(Member member, std::string_view protocol_type);
  // Whoever waits in its name must have been answered.
  void remove(std::string_view member_id);
  // Another process took over a static member's place.
  Member& rename(Member& member, std::string new_member_id);
  void set_protocols(Member& member, std::vector<MemberProtocol> protocols);
  void set_assignment(Member& member, std::string assignment);
  void set_awaiting_join(Member& member, Waiter<JoinResult>* waiter);

  // NONE, UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID.
  ErrorCode validate_member(std::string_view member_id,
                            const std::optional<std::string_view>& group_instance_id) const;
  // Null if the instance is no member.
  const std::string* static_member(std::string_view group_instance_id) const;
  bool supports(std::string_view protocol_type, const std::vector<MemberProtocol>& protocols) const;
  // The one that most members like best of those that all have.
  std::string select_protocol() const;

  std::size_t awaiting_join_count() const { return awaiting_join_count_; }
  bool all_members_joined() const {
    return members_.size() == awaiting_join_count_ && pending_joins_.empty();
  }
  // Makes a member leader that joined, if the leader didn't. False: there is none.
  bool elect_joined_leader();
  std::int32_t rebalance_timeout_ms() const;

  bool uses_consumer_protocol() const { return protocol_type_ == "consumer"; }
  bool knows_subscribed_topics() const { return subscribed_topics_.has_value(); }
  // A group of consumers whose subscriptions can't be read counts as subscribed to everything.
  bool is_subscribed_to(std::string_view topic) const;
  // What its members told and were told.
  std::size_t metadata_bytes() const { return metadata_bytes_; }

  // Ids that were given out and not used yet (KIP-394), with the end of their sessions.
  Deadline& add_pending_join(const std::string& member_id);
  Deadline* pending_join(std::string_view member_id);
  bool is_pending_join(std::string_view member_id) const {
    return pending_joins_.contains(member_id);
  }
  std::size_t pending_join_count() const { return pending_joins_.size(); }
  // Members that haven't asked for their assignment yet.
  std::unordered_set<std::string> pending_syncs;

  Deadline join_phase;
  Deadline sync_phase;
  // The first rebalance of a group waits for more members to come, up to `remaining_ms`.
  struct InitialDelay {
    std::int64_t delay_ms;
    std::int64_t remaining_ms;
    bool has_new_member;
  };
  std::optional<InitialDelay> initial_delay;

  GroupOffsets offsets;
  std::int32_t pending_commits = 0;  // on the way to the log

 private:
  void count(const Member& member);
  void discount(const Member& member);
  void remove_pending_join(std::string_view member_id);
  void update_subscribed_topics();

  std::string group_id_;
  GroupState state_ = GroupState::kEmpty;
  GroupState previous_state_ = GroupState::kDead;
  std::int64_t state_timestamp_ms_;
  std::int32_t generation_id_ = 0;
  std::optional<std::string> protocol_type_;
  std::optional<std::string> protocol_name_;
  std::optional<std::string> leader_;

  std::list<Member> members_;  // the oldest first
  std::unordered_map<std::string_view, std::list<Member>::iterator> members_by_id_;
  std::unordered_map<std::string, std::string> static_members_;    // member ids by instance id
  std::unordered_map<std::string, std::int32_t> protocol_counts_;  // how many members have it
  std::map<std::string, Deadline, std::less<>> pending_joins_;
  std::size_t awaiting_join_count_ = 0;
  std::size_t metadata_bytes_ = 0;
  std::optional<std::set<std::string, std::less<>>> subscribed_topics_;
  Share share_;
};

}  // namespace fluxmq::api_groups
