// ShareGroupHeartbeat (key 76): joins, stays in and leaves a share group (KIP-932).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ShareGroupHeartbeatRequest {
  static constexpr std::int16_t api_key = 76;
  static constexpr std::string_view name = "ShareGroupHeartbeatRequest";
  static constexpr VersionRange versions{1, 1};
  static constexpr VersionRange flexible = since(0);

  std::string_view group_id;
  std::string_view member_id;
  std::int32_t member_epoch = 0;
  std::optional<std::string_view> rack_id;
  std::optional<std::vector<std::string_view>> subscribed_topic_names;

  static constexpr FieldList fields{
      field("GroupId", &ShareGroupHeartbeatRequest::group_id),
      field("MemberId", &ShareGroupHeartbeatRequest::member_id),
      field("MemberEpoch", &ShareGroupHeartbeatRequest::member_epoch),
      field("RackId", &ShareGroupHeartbeatRequest::rack_id, nullable()),
      field("SubscribedTopicNames", &ShareGroupHeartbeatRequest::subscribed_topic_names,
            nullable()),
  };
};

struct ShareGroupHeartbeatResponse {
  static constexpr std::int16_t api_key = 76;
  static constexpr std::string_view name = "ShareGroupHeartbeatResponse";
  static constexpr VersionRange versions{1, 1};
  static constexpr VersionRange flexible = since(0);

  struct TopicPartitions {
    Uuid topic_id{};
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("TopicId", &TopicPartitions::topic_id),
        field("Partitions", &TopicPartitions::partitions),
    };
  };

  struct Assignment {
    std::vector<TopicPartitions> topic_partitions;

    static constexpr FieldList fields{
        field("TopicPartitions", &Assignment::topic_partitions),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message;
  std::optional<std::string_view> member_id;
  std::int32_t member_epoch = 0;
  std::int32_t heartbeat_interval_ms = 0;
  std::optional<Assignment> assignment;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &ShareGroupHeartbeatResponse::throttle_time_ms),
      field("ErrorCode", &ShareGroupHeartbeatResponse::error_code),
      field("ErrorMessage", &ShareGroupHeartbeatResponse::error_message, nullable()),
      field("MemberId", &ShareGroupHeartbeatResponse::member_id, nullable()),
      field("MemberEpoch", &ShareGroupHeartbeatResponse::member_epoch),
      field("HeartbeatIntervalMs", &ShareGroupHeartbeatResponse::heartbeat_interval_ms),
      field("Assignment", &ShareGroupHeartbeatResponse::assignment, nullable()),
  };
};

}  // namespace fluxmq::protocol
