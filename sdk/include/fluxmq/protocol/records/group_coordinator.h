// Records of offsets and classic groups in __consumer_offsets. Key types 0 and 1 both are offset
// commits.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct LegacyOffsetCommitKey {
  static constexpr std::int16_t record_type = 0;
  static constexpr std::string_view name = "LegacyOffsetCommitKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group;
  std::string_view topic;
  std::int32_t partition = 0;

  static constexpr FieldList fields{
      field("group", &LegacyOffsetCommitKey::group),
      field("topic", &LegacyOffsetCommitKey::topic),
      field("partition", &LegacyOffsetCommitKey::partition),
  };
};

struct LegacyOffsetCommitValue {
  static constexpr std::string_view name = "LegacyOffsetCommitValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::int64_t offset = 0;
  std::string_view metadata;
  std::int64_t commit_timestamp = 0;

  static constexpr FieldList fields{
      field("offset", &LegacyOffsetCommitValue::offset),
      field("metadata", &LegacyOffsetCommitValue::metadata),
      field("commitTimestamp", &LegacyOffsetCommitValue::commit_timestamp),
  };
};

struct OffsetCommitKey {
  static constexpr std::int16_t record_type = 1;
  static constexpr std::string_view name = "OffsetCommitKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group;
  std::string_view topic;
  std::int32_t partition = 0;

  static constexpr FieldList fields{
      field("group", &OffsetCommitKey::group),
      field("topic", &OffsetCommitKey::topic),
      field("partition", &OffsetCommitKey::partition),
  };
};

struct OffsetCommitValue {
  static constexpr std::string_view name = "OffsetCommitValue";
  static constexpr VersionRange versions{0, 4};
  static constexpr VersionRange flexible = since(4);

  std::int64_t offset = 0;
  std::int32_t leader_epoch = -1;
  std::string_view metadata;
  std::int64_t commit_timestamp = 0;
  std::int64_t expire_timestamp = -1;
  Uuid topic_id{};

  static constexpr FieldList fields{
      field("offset", &OffsetCommitValue::offset),
      field("leaderEpoch", &OffsetCommitValue::leader_epoch, since(3)),
      field("metadata", &OffsetCommitValue::metadata),
      field("commitTimestamp", &OffsetCommitValue::commit_timestamp),
      field("expireTimestamp", &OffsetCommitValue::expire_timestamp, between(1, 1)),
      field("topicId", &OffsetCommitValue::topic_id, since(4), tag(0)),
  };
};

struct GroupMetadataKey {
  static constexpr std::int16_t record_type = 2;
  static constexpr std::string_view name = "GroupMetadataKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group;

  static constexpr FieldList fields{
      field("group", &GroupMetadataKey::group),
  };
};

struct GroupMetadataValue {
  static constexpr std::string_view name = "GroupMetadataValue";
  static constexpr VersionRange versions{0, 4};
  static constexpr VersionRange flexible = since(4);

  struct MemberMetadata {
    std::string_view member_id;
    std::optional<std::string_view> group_instance_id;
    std::string_view client_id;
    std::string_view client_host;
    std::int32_t rebalance_timeout = -1;
    std::int32_t session_timeout = 0;
    Bytes subscription;
    Bytes assignment;

    static constexpr FieldList fields{
        field("memberId", &MemberMetadata::member_id),
        field("groupInstanceId", &MemberMetadata::group_instance_id, since(3), nullable_since(3)),
        field("clientId", &MemberMetadata::client_id),
        field("clientHost", &MemberMetadata::client_host),
        field("rebalanceTimeout", &MemberMetadata::rebalance_timeout, since(1)),
        field("sessionTimeout", &MemberMetadata::session_timeout),
        field("subscription", &MemberMetadata::subscription),
        field("assignment", &MemberMetadata::assignment),
    };
  };

  std::string_view protocol_type;
  std::int32_t generation = 0;
  std::optional<std::string_view> protocol = "";
  std::optional<std::string_view> leader = "";
  std::int64_t current_state_timestamp = -1;
  std::vector<MemberMetadata> members;

  static constexpr FieldList fields{
      field("protocolType", &GroupMetadataValue::protocol_type),
      field("generation", &GroupMetadataValue::generation),
      field("protocol", &GroupMetadataValue::protocol, nullable()),
      field("leader", &GroupMetadataValue::leader, nullable()),
      field("currentStateTimestamp", &GroupMetadataValue::current_state_timestamp, since(2)),
      field("members", &GroupMetadataValue::members),
  };
};

}  // namespace fluxmq::protocol
