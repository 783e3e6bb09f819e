#include "group.h"

#include <algorithm>
#include <utility>

#include "fluxmq/protocol/records/consumer_protocol.h"
#include "fluxmq/protocol/records/coordinator_record.h"

namespace fluxmq::api_groups {

std::string_view state_name(GroupState state) {
  switch (state) {
    case GroupState::kEmpty:
      return "Empty";
    case GroupState::kPreparingRebalance:
      return "PreparingRebalance";
    case GroupState::kCompletingRebalance:
      return "CompletingRebalance";
    case GroupState::kStable:
      return "Stable";
    case GroupState::kDead:
      break;
  }
  return "Dead";
}

const std::string& Member::metadata(std::string_view protocol_name) const {
  static const std::string none;
  const auto found = std::find_if(protocols.begin(), protocols.end(), [&](const auto& protocol) {
    return protocol.name == protocol_name;
  });
  return found == protocols.end() ? none : found->metadata;
}

std::size_t Member::metadata_bytes() const {
  std::size_t bytes = 0;
  for (const auto& protocol : protocols) bytes += protocol.name.size() + protocol.metadata.size();
  return bytes;
}

std::size_t Member::size_bytes() const {
  constexpr std::size_t kIdCopies = 4;  // in the group's maps, and with its deadline
  return kMemberBytes + kIdCopies * member_id.size() + 2 * group_instance_id.value_or("").size() +
         client_id.size() + client_host.size() + protocols.size() * sizeof(MemberProtocol) +
         metadata_bytes() + assignment.size();
}

void Group::become(GroupState state, std::int64_t now_ms) {
  previous_state_ = state_;
  state_ = state;
  state_timestamp_ms_ = now_ms;
}

void Group::next_generation(std::int64_t now_ms) {
  // Kafka's generations are Java ints, which wrap.
  generation_id_ = generation_id_ == INT32_MAX ? 0 : generation_id_ + 1;
  pending_syncs.clear();
  if (members_.empty()) {
    protocol_name_.reset();
    update_subscribed_topics();
    become(GroupState::kEmpty, now_ms);
  } else {
    protocol_name_ = select_protocol();
    update_subscribed_topics();
    become(GroupState::kCompletingRebalance, now_ms);
  }
}

void Group::restore(GroupState state, std::int32_t generation_id,
                    std::optional<std::string> protocol_type,
                    std::optional<std::string> protocol_name, std::optional<std::string> leader,
                    std::int64_t state_timestamp_ms) {
  state_ = state;
  generation_id_ = generation_id;
  protocol_type_ = std::move(protocol_type);
  protocol_name_ = std::move(protocol_name);
  if (leader && (members_.empty() || find(*leader) != nullptr)) leader_ = std::move(leader);
  state_timestamp_ms_ = state_timestamp_ms;
  update_subscribed_topics();
}

Member* Group::find(std::string_view member_id) {
  const auto found = members_by_id_.find(member_id);
  return found == members_by_id_.end() ? nullptr : &*found->second;
}

Member& Group::add(Member member, std::string_view protocol_type) {
  if (members_.empty()) protocol_type_ = protocol_type;
  remove_pending_join(member.member_id);
  Member& added = members_.emplace_back(std::move(member));
  members_by_id_.emplace(added.member_id, std::prev(members_.end()));
  if (added.group_instance_id) static_members_[*added.group_instance_id] = added.member_id;
  if (!leader_) leader_ = added.member_id;
  count(added);
  return added;
}

void Group::remove(std::string_view member_id) {
  remove_pending_join(member_id);
  const auto found = members_by_id_.find(member_id);
  if (found == members_by_id_.end()) return;
  const auto at = found->second;
  members_by_id_.erase(found);
  set_awaiting_join(*at, nullptr);
  discount(*at);
  if (at->group_instance_id) static_members_.erase(*at->group_instance_id);
  pending_syncs.erase(at->member_id);
  const bool was_leader = is_leader(at->member_id);
  members_.erase(at);
  if (!was_leader) return;
  if (members_.empty()) {
    leader_.reset();
  } else {
    leader_ = members_.front().member_id;
  }
}

Member& Group::rename(Member& member, std::string new_member_id) {
  const auto found = members_by_id_.find(member.member_id);
  const auto at = found->second;
  members_by_id_.erase(found);
  if (is_leader(member.member_id)) leader_ = new_member_id;
  pending_syncs.erase(member.member_id);
  discount(member);
  member.member_id = std::move(new_member_id);
  count(member);
  member.session = {};
  members_by_id_.emplace(member.member_id, at);
  static_members_[*member.group_instance_id] = member.member_id;
  return member;
}

void Group::set_protocols(Member& member, std::vector<MemberProtocol> protocols) {
  discount(member);
  member.protocols = std::move(protocols);
  count(member);
}

void Group::set_awaiting_join(Member& member, Waiter<JoinResult>* waiter) {
  if (member.awaiting_join != nullptr) --awaiting_join_count_;
  if (waiter != nullptr) ++awaiting_join_count_;
  member.awaiting_join = waiter;
}

void Group::set_assignment(Member& member, std::string assignment) {
  share_.grow(assignment.size());
  share_.shrink(member.assignment.size());
  member.assignment = std::move(assignment);
}

void Group::count(const Member& member) {
  for (const auto& protocol : member.protocols) ++protocol_counts_[protocol.name];
  metadata_bytes_ += member.metadata_bytes();
  share_.grow(member.size_bytes());
}

void Group::discount(const Member& member) {
  for (const auto& protocol : member.protocols) {
    const auto count = protocol_counts_.find(protocol.name);
    if (--count->second == 0) protocol_counts_.erase(count);
  }
  metadata_bytes_ -= member.metadata_bytes();
  share_.shrink(member.size_bytes());
}

Deadline& Group::add_pending_join(const std::string& member_id) {
  const auto [pending, is_new] = pending_joins_.try_emplace(member_id);
  if (is_new) share_.grow(kPendingMemberBytes + 2 * member_id.size());
  return pending->second;
}

Deadline* Group::pending_join(std::string_view member_id) {
  const auto found = pending_joins_.find(member_id);
  return found == pending_joins_.end() ? nullptr : &found->second;
}

void Group::remove_pending_join(std::string_view member_id) {
  const auto found = pending_joins_.find(member_id);
  if (found == pending_joins_.end()) return;
  share_.shrink(kPendingMemberBytes + 2 * member_id.size());
  pending_joins_.erase(found);
}

ErrorCode Group::validate_member(std::string_view member_id,
                                 const std::optional<std::string_view>& group_instance_id) const {
  if (group_instance_id) {
    const std::string* const known = static_member(*group_instance_id);
    if (known == nullptr) return ErrorCode::UNKNOWN_MEMBER_ID;
    if (*known != member_id) return ErrorCode::FENCED_INSTANCE_ID;
  }
  return members_by_id_.contains(member_id) ? ErrorCode::NONE : ErrorCode::UNKNOWN_MEMBER_ID;
}

const std::string* Group::static_member(std::string_view group_instance_id) const {
  const auto found = static_members_.find(std::string(group_instance_id));
  return found == static_members_.end() ? nullptr : &found->second;
}

bool Group::supports(std::string_view protocol_type,
                     const std::vector<MemberProtocol>& protocols) const {
  if (is(GroupState::kEmpty)) return !protocol_type.empty() && !protocols.empty();
  if (protocol_type_ != protocol_type) return false;
  return std::any_of(protocols.begin(), protocols.end(), [this](const auto& protocol) {
    const auto count = protocol_counts_.find(protocol.name);
    return members_.empty() || (count != protocol_counts_.end() &&
                                count->second == static_cast<std::int32_t>(members_.size()));
  });
}

std::string Group::select_protocol() const {
  std::map<std::string_view, std::size_t> votes;
  for (const Member& member : members_) {
    for (const auto& protocol : member.protocols) {
      const auto count = protocol_counts_.find(protocol.name);
      if (count->second != static_cast<std::int32_t>(members_.size())) continue;
      ++votes[count->first];
      break;
    }
  }
  const auto most = std::max_element(
      votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == votes.end() ? std::string() : std::string(most->first);
}

bool Group::elect_joined_leader() {
  if (!leader_) return false;
  const Member* const current = find(*leader_);
  if (current != nullptr && current->awaiting_join != nullptr) return true;
  const auto joined = std::find_if(members_.begin(), members_.end(), [](const Member& member) {
    return member.awaiting_join != nullptr;
  });
  if (joined == members_.end()) return false;
  leader_ = joined->member_id;
  return true;
}

std::int32_t Group::rebalance_timeout_ms() const {
  std::int32_t longest = 0;
  for (const Member& member : members_) longest = std::max(longest, member.rebalance_timeout_ms);
  return longest;
}

bool Group::is_subscribed_to(std::string_view topic) const {
  return subscribed_topics_ ? subscribed_topics_->contains(topic) : uses_consumer_protocol();
}

void Group::update_subscribed_topics() {
  subscribed_topics_.reset();
  if (!uses_consumer_protocol()) return;
  std::set<std::string, std::less<>> topics;
  if (!members_.empty() && !protocol_name_) return;
  try {
    for (const Member& member : members_) {
      auto reader =
          protocol::Reader::of_constant(protocol::as_bytes(member.metadata(*protocol_name_)));
      reader.read_int16();
      // Version 0 is the beginning of every later one.
      const auto subscription = protocol::decode<protocol::ConsumerProtocolSubscription>(reader, 0);
      for (const auto topic : subscription.topics) {
        if (!topics.contains(topic)) topics.emplace(topic);
      }
    }
  } catch (const protocol::DecodeError&) {
    return;  // not a consumer's after all; what it is subscribed to isn't known
  }
  subscribed_topics_ = std::move(topics);
}

}  // namespace fluxmq::api_groups
