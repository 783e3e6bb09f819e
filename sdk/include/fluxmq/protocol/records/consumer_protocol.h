// What members of classic groups that consume tell each other: subscription and assignment. Both
// begin with their int16 version, as coordinator values do (coordinator_record.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct ConsumerProtocolSubscription {
  static constexpr std::string_view name = "ConsumerProtocolSubscription";
  static constexpr VersionRange versions{0, 3};
  static constexpr VersionRange flexible = never();

  struct TopicPartition {
    std::string_view topic;
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("Topic", &TopicPartition::topic, since(1)),
        field("Partitions", &TopicPartition::partitions, since(1)),
    };
  };

  std::vector<std::string_view> topics;
  std::optional<Bytes> user_data;
  std::vector<TopicPartition> owned_partitions;
  std::int32_t generation_id = -1;
  std::optional<std::string_view> rack_id;

  static constexpr FieldList fields{
      field("Topics", &ConsumerProtocolSubscription::topics),
      field("UserData", &ConsumerProtocolSubscription::user_data, nullable()),
      field("OwnedPartitions", &ConsumerProtocolSubscription::owned_partitions, since(1)),
      field("GenerationId", &ConsumerProtocolSubscription::generation_id, since(2)),
      field("RackId", &ConsumerProtocolSubscription::rack_id, since(3), nullable_since(3)),
  };
};

struct ConsumerProtocolAssignment {
  static constexpr std::string_view name = "ConsumerProtocolAssignment";
  static constexpr VersionRange versions{0, 3};
  static constexpr VersionRange flexible = never();

  struct TopicPartition {
    std::string_view topic;
    std::vector<std::int32_t> partitions;

    static constexpr FieldList fields{
        field("Topic", &TopicPartition::topic),
        field("Partitions", &TopicPartition::partitions),
    };
  };

  std::vector<TopicPartition> assigned_partitions;
  std::optional<Bytes> user_data;

  static constexpr FieldList fields{
      field("AssignedPartitions", &ConsumerProtocolAssignment::assigned_partitions),
      field("UserData", &ConsumerProtocolAssignment::user_data, nullable()),
  };
};

}  // namespace fluxmq::protocol
