// ConsumerGroupHeartbeat (key 68): joins, stays in and leaves a consumer group (KIP-848);
// assignments come with the answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ConsumerGroupHeartbeatRequest {
  static constexpr std::int16_t api_key = 68;
  static constexpr std::string_view name = "ConsumerGroupHeartbeatRequest";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(0);

  struct TopicPartitions {
    Uuid topic_id{};
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("TopicId", &TopicPartitions::topic_id),
        field("Partitions", &TopicPartitions::partitions),
    };
  };

  std::string_view group_id;
  std::string_view member_id;
  std::int32_t member_epoch = 0;
  std::optional<std::string_view> instance_id;
  std::optional<std::string_view> rack_id;
  std::int32_t rebalance_timeout_ms = -1;
  std::optional<std::vector<std::string_view>> subscribed_topic_names;
  std::optional<std::string_view> subscribed_topic_regex;
  std::optional<std::string_view> server_assignor;
  std::optional<std::vector<TopicPartitions>> topic_partitions;

  static constexpr FieldList fields{
      field("GroupId", &ConsumerGroupHeartbeatRequest::group_id),
      field("MemberId", &ConsumerGroupHeartbeatRequest::member_id),
      field("MemberEpoch", &ConsumerGroupHeartbeatRequest::member_epoch),
      field("InstanceId", &ConsumerGroupHeartbeatRequest::instance_id, nullable()),
      field("RackId", &ConsumerGroupHeartbeatRequest::rack_id, nullable()),
      field("RebalanceTimeoutMs", &ConsumerGroupHeartbeatRequest::rebalance_timeout_ms),
      field("SubscribedTopicNames", &ConsumerGroupHeartbeatRequest::subscribed_topic_names,
            nullable()),
      field("SubscribedTopicRegex", &ConsumerGroupHeartbeatRequest::subscribed_topic_regex,
            since(1), nullable_since(1)),
      field("ServerAssignor", &ConsumerGroupHeartbeatRequest::server_assignor, nullable()),
      field("TopicPartitions", &ConsumerGroupHeartbeatRequest::topic_partitions, nullable()),
  };
};

struct ConsumerGroupHeartbeatResponse {
  static constexpr std::int16_t api_key = 68;
  static constexpr std::string_view name = "ConsumerGroupHeartbeatResponse";
  static constexpr VersionRange versions{0, 1};
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
      field("ThrottleTimeMs", &ConsumerGroupHeartbeatResponse::throttle_time_ms),
      field("ErrorCode", &ConsumerGroupHeartbeatResponse::error_code),
      field("ErrorMessage", &ConsumerGroupHeartbeatResponse::error_message, nullable()),
      field("MemberId", &ConsumerGroupHeartbeatResponse::member_id, nullable()),
      field("MemberEpoch", &ConsumerGroupHeartbeatResponse::member_epoch),
      field("HeartbeatIntervalMs", &ConsumerGroupHeartbeatResponse::heartbeat_interval_ms),
      field("Assignment", &ConsumerGroupHeartbeatResponse::assignment, nullable()),
  };
};

}  // namespace fluxmq::protocol
