// ShareGroupDescribe (key 77): state, members and assignments of share groups (KIP-932).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ShareGroupDescribeRequest {
  static constexpr std::int16_t api_key = 77;
  static constexpr std::string_view name = "ShareGroupDescribeRequest";
  static constexpr VersionRange versions{1, 1};
  static constexpr VersionRange flexible = since(0);

  std::vector<std::string_view> group_ids;
  bool include_authorized_operations = false;

  static constexpr FieldList fields{
      field("GroupIds", &ShareGroupDescribeRequest::group_ids),
      field("IncludeAuthorizedOperations",
            &ShareGroupDescribeRequest::include_authorized_operations),
  };
};

struct ShareGroupDescribeResponse {
  static constexpr std::int16_t api_key = 77;
  static constexpr std::string_view name = "ShareGroupDescribeResponse";
  static constexpr VersionRange versions{1, 1};
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
    std::optional<std::string_view> rack_id;
    std::int32_t member_epoch = 0;
    std::string_view client_id;
    std::string_view client_host;
    std::vector<std::string_view> subscribed_topic_names;
    Assignment assignment{};

    static constexpr FieldList fields{
        field("MemberId", &Member::member_id),
        field("RackId", &Member::rack_id, nullable()),
        field("MemberEpoch", &Member::member_epoch),
        field("ClientId", &Member::client_id),
        field("ClientHost", &Member::client_host),
        field("SubscribedTopicNames", &Member::subscribed_topic_names),
        field("Assignment", &Member::assignment),
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
      field("ThrottleTimeMs", &ShareGroupDescribeResponse::throttle_time_ms),
      field("Groups", &ShareGroupDescribeResponse::groups),
  };
};

}  // namespace fluxmq::protocol
