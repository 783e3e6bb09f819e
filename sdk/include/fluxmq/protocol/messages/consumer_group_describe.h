// ConsumerGroupDescribe (key 69): state, members and assignments of consumer groups (KIP-848).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ConsumerGroupDescribeRequest {
  static constexpr std::int16_t api_key = 69;
  static constexpr std::string_view name = "ConsumerGroupDescribeRequest";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(0);

  std::vector<std::string_view> group_ids;
  bool include_authorized_operations = false;

  static constexpr FieldList fields{
      field("GroupIds", &ConsumerGroupDescribeRequest::group_ids),
      field("IncludeAuthorizedOperations",
            &ConsumerGroupDescribeRequest::include_authorized_operations),
  };
};

struct ConsumerGroupDescribeResponse {
  static constexpr std::int16_t api_key = 69;
  static constexpr std::string_view name = "ConsumerGroupDescribeResponse";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(0);

  struct TopicPartitions {
    Uuid topic_id{};
    std::string_view topic_name;
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("TopicId", &TopicPartitions::topic_id),
        field("TopicName", &TopicPartitions::topic_name),
        field("Partitions", &TopicPartitions::partitions),
    };
  };

  struct Assignment {
    std::vector<TopicPartitions> topic_partitions;

    static constexpr FieldList fields{
        field("TopicPartitions", &Assignment::topic_partitions),
    };
  };

  struct Member {
    std::string_view member_id;
    std::optional<std::string_view> instance_id;
    std::optional<std::string_view> rack_id;
    std::int32_t member_epoch = 0;
    std::string_view client_id;
    std::string_view client_host;
    std::vector<std::string_view> subscribed_topic_names;
    std::optional<std::string_view> subscribed_topic_regex;
    Assignment assignment{};
    Assignment target_assignment{};
    std::int8_t member_type = -1;

    static constexpr FieldList fields{
        field("MemberId", &Member::member_id),
        field("InstanceId", &Member::instance_id, nullable()),
        field("RackId", &Member::rack_id, nullable()),
        field("MemberEpoch", &Member::member_epoch),
        field("ClientId", &Member::client_id),
        field("ClientHost", &Member::client_host),
        field("SubscribedTopicNames", &Member::subscribed_topic_names),
        field("SubscribedTopicRegex", &Member::subscribed_topic_regex, nullable()),
        field("Assignment", &Member::assignment),
        field("TargetAssignment", &Member::target_assignment),
        field("MemberType", &Member::member_type, since(1)),
    };
  };

  struct DescribedGroup {
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message;
    std::string_view group_id;
    std::string_view group_state;
    std::int32_t group_epoch = 0;
    std::int32_t assignment_epoch = 0;
    std::string_view assignor_name;
    std::vector<Member> members;
    std::int32_t authorized_operations = std::numeric_limits<std::int32_t>::min();

    static constexpr FieldList fields{
        field("ErrorCode", &DescribedGroup::error_code),
        field("ErrorMessage", &DescribedGroup::error_message, nullable()),
        field("GroupId", &DescribedGroup::group_id),
        field("GroupState", &DescribedGroup::group_state),
        field("GroupEpoch", &DescribedGroup::group_epoch),
        field("AssignmentEpoch", &DescribedGroup::assignment_epoch),
        field("AssignorName", &DescribedGroup::assignor_name),
        field("Members", &DescribedGroup::members),
        field("AuthorizedOperations", &DescribedGroup::authorized_operations),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<DescribedGroup> groups;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &ConsumerGroupDescribeResponse::throttle_time_ms),
      field("Groups", &ConsumerGroupDescribeResponse::groups),
  };
};

}  // namespace fluxmq::protocol
