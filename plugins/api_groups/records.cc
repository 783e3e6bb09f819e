#include "records.h"

#include "fluxmq/protocol/records/coordinator_record.h"
#include "fluxmq/protocol/records/group_coordinator.h"

namespace fluxmq::api_groups {

namespace {

// As Kafka 4.3 writes them: offsets with topic ids, but one that expires by itself in the only
// version that can say so.
constexpr std::int16_t kGroupValueVersion = 3;
constexpr std::int16_t kOffsetValueVersion = 4;
constexpr std::int16_t kExpiringOffsetValueVersion = 1;

std::string text_of(const protocol::Writer& writer) {
  return std::string(protocol::as_text(writer.bytes()));
}

template <class Key>
std::string key_bytes(const Key& key) {
  protocol::Writer writer;
  protocol::encode_key(writer, key);
  return text_of(writer);
}

template <class Value>
std::string value_bytes(const Value& value, std::int16_t version) {
  protocol::Writer writer;
  protocol::encode_value(writer, value, version);
  return text_of(writer);
}

std::string group_key(std::string_view group_id) {
  return key_bytes(protocol::GroupMetadataKey{group_id});
}

// assignment_of(member) -> std::string_view
template <class AssignmentOf>
CoordinatorRecord make_group_record(const Group& group, AssignmentOf assignment_of) {
  protocol::GroupMetadataValue value;
  value.protocol_type = group.protocol_type() ? std::string_view(*group.protocol_type()) : "";
  value.generation = group.generation_id();
  value.protocol = group.protocol_name();
  value.leader = group.leader();
  value.current_state_timestamp = group.state_timestamp_ms();
  value.members.reserve(group.members().size());
  for (const Member& member : group.members()) {
    auto& written = value.members.emplace_back();
    written.member_id = member.member_id;
    written.group_instance_id = member.group_instance_id;
    written.client_id = member.client_id;
    written.client_host = member.client_host;
    written.rebalance_timeout = member.rebalance_timeout_ms;
    written.session_timeout = member.session_timeout_ms;
    if (group.protocol_name()) {
      written.subscription = protocol::as_bytes(member.metadata(*group.protocol_name()));
    }
    written.assignment = protocol::as_bytes(assignment_of(member));
  }
  return {group_key(group.group_id()), value_bytes(value, kGroupValueVersion)};
}

}  // namespace

CoordinatorRecord group_record(const Group& group, const Assignments& assignments) {
  return make_group_record(group, [&](const Member& member) -> std::string_view {
    const auto found = assignments.find(member.member_id);
    return found == assignments.end() ? std::string_view() : found->second;
  });
}

CoordinatorRecord group_record(const Group& group) {
  return make_group_record(
      group, [](const Member& member) -> std::string_view { return member.assignment; });
}

CoordinatorRecord group_tombstone(std::string_view group_id) {
  return {group_key(group_id), std::nullopt};
}

CoordinatorRecord offset_record(std::string_view group_id, std::string_view topic,
                                std::int32_t partition, const OffsetAndMetadata& committed) {
  protocol::OffsetCommitValue value;
  value.offset = committed.offset;
  value.leader_epoch = committed.leader_epoch;
  value.metadata = committed.metadata;
  value.commit_timestamp = committed.commit_timestamp_ms;
  value.expire_timestamp = committed.expire_timestamp_ms;
  value.topic_id = committed.topic_id;
  const bool expires_by_itself = committed.expire_timestamp_ms != -1;
  return {
      key_bytes(protocol::OffsetCommitKey{group_id, topic, partition}),
      value_bytes(value, expires_by_itself ? kExpiringOffsetValueVersion : kOffsetValueVersion)};
}

CoordinatorRecord offset_tombstone(std::string_view group_id, std::string_view topic,
                                   std::int32_t partition) {
  return {key_bytes(protocol::OffsetCommitKey{group_id, topic, partition}), std::nullopt};
}

}  // namespace fluxmq::api_groups
