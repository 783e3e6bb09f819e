#include "group_table.h"

#include <utility>

#include "fluxmq/protocol/records/coordinator_record.h"
#include "fluxmq/protocol/records/group_coordinator.h"

namespace fluxmq::api_groups {

namespace {

using protocol::Bytes;
using protocol::GroupMetadataKey;
using protocol::GroupMetadataValue;
using protocol::LegacyOffsetCommitKey;
using protocol::OffsetCommitKey;
using protocol::OffsetCommitValue;
using protocol::Reader;

std::optional<std::string> owned(const std::optional<std::string_view>& text) {
  if (!text) return std::nullopt;
  return std::string(*text);
}

Member restored_member(const GroupMetadataValue::MemberMetadata& written,
                       std::string_view protocol_name) {
  Member member;
  member.member_id = written.member_id;
  member.group_instance_id = owned(written.group_instance_id);
  member.client_id = written.client_id;
  member.client_host = written.client_host;
  member.session_timeout_ms = written.session_timeout;
  member.rebalance_timeout_ms =
      written.rebalance_timeout == -1 ? written.session_timeout : written.rebalance_timeout;
  // The others that it supports aren't kept.
  member.protocols.push_back(
      {std::string(protocol_name), std::string(protocol::as_text(written.subscription))});
  member.assignment = protocol::as_text(written.assignment);
  return member;
}

}  // namespace

std::shared_ptr<Group> GroupTable::find(std::string_view group_id) const {
  const auto found = groups_.find(std::string(group_id));
  return found == groups_.end() ? nullptr : found->second;
}

std::shared_ptr<Group> GroupTable::create_new(std::string_view group_id, std::int64_t now_ms) {
  const bool has_room =
      budget_.groups < budget_.max_groups && budget_.has_room(kGroupBytes + group_id.size());
  return has_room ? create(group_id, now_ms) : nullptr;
}

std::shared_ptr<Group> GroupTable::create(std::string_view group_id, std::int64_t now_ms) {
  auto group = std::make_shared<Group>(group_id, now_ms, &budget_);
  auto& place = groups_[std::string(group_id)];
  if (place == nullptr) ++budget_.groups;
  place = group;
  return group;
}

void GroupTable::remove(std::string_view group_id) {
  if (groups_.erase(std::string(group_id)) > 0) --budget_.groups;
}

bool GroupTable::replay(Bytes key, std::optional<Bytes> value) {
  Reader reader = Reader::of_constant(key);
  switch (protocol::read_record_type(reader)) {
    case LegacyOffsetCommitKey::record_type:
    case OffsetCommitKey::record_type:
      replay_offset(reader, value);
      return true;
    case GroupMetadataKey::record_type:
      replay_group(reader, value);
      return true;
    default:
      return false;
  }
}

void GroupTable::replay_offset(Reader& key_reader, std::optional<Bytes> value_bytes) {
  const auto key = protocol::decode_key<OffsetCommitKey>(key_reader);
  auto group = find(key.group);
  if (!value_bytes) {
    if (group != nullptr) group->offsets.remove(key.topic, key.partition);
    return;
  }
  Reader reader = Reader::of_constant(*value_bytes);
  const auto value = protocol::decode_value<OffsetCommitValue>(reader);
  // Committed without membership: a group that has offsets and nothing else.
  if (group == nullptr) group = create(key.group, value.commit_timestamp);
  OffsetAndMetadata committed;
  committed.offset = value.offset;
  committed.leader_epoch = value.leader_epoch;
  committed.metadata = value.metadata;
  committed.commit_timestamp_ms = value.commit_timestamp;
  committed.expire_timestamp_ms = value.expire_timestamp;
  committed.topic_id = value.topic_id;
  group->offsets.put(key.topic, key.partition, std::move(committed));
}

void GroupTable::replay_group(Reader& key_reader, std::optional<Bytes> value_bytes) {
  const auto key = protocol::decode_key<GroupMetadataKey>(key_reader);
  GroupMetadataValue value;
  if (value_bytes) {
    Reader reader = Reader::of_constant(*value_bytes);
    value = protocol::decode_value<GroupMetadataValue>(reader);
  }
  GroupOffsets offsets(&budget_);
  if (const auto before = find(key.group)) offsets = std::move(before->offsets);
  if (!value_bytes) {
    remove(key.group);
    // The tombstones of a deleted group's offsets come before its own; what is left was committed
    // by someone who is no member.
    if (!offsets.empty()) create(key.group, -1)->offsets = std::move(offsets);
    return;
  }
  const auto group = create(key.group, value.current_state_timestamp);
  group->offsets = std::move(offsets);
  for (const auto& member : value.members) {
    if (group->find(member.member_id) != nullptr) continue;
    group->add(restored_member(member, value.protocol.value_or("")), value.protocol_type);
  }
  std::optional<std::string> protocol_type;
  if (!value.protocol_type.empty()) protocol_type = value.protocol_type;
  group->restore(value.members.empty() ? GroupState::kEmpty : GroupState::kStable, value.generation,
                 std::move(protocol_type), owned(value.protocol), owned(value.leader),
                 value.current_state_timestamp);
}

}  // namespace fluxmq::api_groups
