// Records of the share coordinator in __share_group_state (KIP-932).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ShareSnapshotKey {
  static constexpr std::int16_t record_type = 0;
  static constexpr std::string_view name = "ShareSnapshotKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;
  Uuid topic_id{};
  std::int32_t partition = 0;

  static constexpr FieldList fields{
      field("GroupId", &ShareSnapshotKey::group_id),
      field("TopicId", &ShareSnapshotKey::topic_id),
      field("Partition", &ShareSnapshotKey::partition),
  };
};

struct ShareSnapshotValue {
  static constexpr std::string_view name = "ShareSnapshotValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct StateBatch {
    std::int64_t first_offset = 0;
    std::int64_t last_offset = 0;
    std::int8_t delivery_state = 0;
    std::int16_t delivery_count = 0;

    static constexpr FieldList fields{
        field("FirstOffset", &StateBatch::first_offset),
        field("LastOffset", &StateBatch::last_offset),
        field("DeliveryState", &StateBatch::delivery_state),
        field("DeliveryCount", &StateBatch::delivery_count),
    };
  };

  std::int32_t snapshot_epoch = 0;
  std::int32_t state_epoch = 0;
  std::int32_t leader_epoch = 0;
  std::int64_t start_offset = 0;
  std::int32_t delivery_complete_count = -1;
  std::int64_t create_timestamp = 0;
  std::int64_t write_timestamp = 0;
  std::vector<StateBatch> state_batches;

  static constexpr FieldList fields{
      field("SnapshotEpoch", &ShareSnapshotValue::snapshot_epoch),
      field("StateEpoch", &ShareSnapshotValue::state_epoch),
      field("LeaderEpoch", &ShareSnapshotValue::leader_epoch),
      field("StartOffset", &ShareSnapshotValue::start_offset),
      field("DeliveryCompleteCount", &ShareSnapshotValue::delivery_complete_count, tag(0)),
      field("CreateTimestamp", &ShareSnapshotValue::create_timestamp),
      field("WriteTimestamp", &ShareSnapshotValue::write_timestamp),
      field("StateBatches", &ShareSnapshotValue::state_batches),
  };
};

struct ShareUpdateKey {
  static constexpr std::int16_t record_type = 1;
  static constexpr std::string_view name = "ShareUpdateKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view group_id;
  Uuid topic_id{};
  std::int32_t partition = 0;

  static constexpr FieldList fields{
      field("GroupId", &ShareUpdateKey::group_id),
      field("TopicId", &ShareUpdateKey::topic_id),
      field("Partition", &ShareUpdateKey::partition),
  };
};

struct ShareUpdateValue {
  static constexpr std::string_view name = "ShareUpdateValue";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct StateBatch {
    std::int64_t first_offset = 0;
    std::int64_t last_offset = 0;
    std::int8_t delivery_state = 0;
    std::int16_t delivery_count = 0;

    static constexpr FieldList fields{
        field("FirstOffset", &StateBatch::first_offset),
        field("LastOffset", &StateBatch::last_offset),
        field("DeliveryState", &StateBatch::delivery_state),
        field("DeliveryCount", &StateBatch::delivery_count),
    };
  };

  std::int32_t snapshot_epoch = 0;
  std::int32_t leader_epoch = 0;
  std::int64_t start_offset = 0;
  std::int32_t delivery_complete_count = -1;
  std::vector<StateBatch> state_batches;

  static constexpr FieldList fields{
      field("SnapshotEpoch", &ShareUpdateValue::snapshot_epoch),
      field("LeaderEpoch", &ShareUpdateValue::leader_epoch),
      field("StartOffset", &ShareUpdateValue::start_offset),
      field("DeliveryCompleteCount", &ShareUpdateValue::delivery_complete_count, tag(0)),
      field("StateBatches", &ShareUpdateValue::state_batches),
  };
};

}  // namespace fluxmq::protocol
