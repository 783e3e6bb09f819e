// CreatePartitions (key 37): adds partitions to topics.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct CreatePartitionsRequest {
  static constexpr std::int16_t api_key = 37;
  static constexpr std::string_view name = "CreatePartitionsRequest";
  static constexpr VersionRange versions{0, 3};
  static constexpr VersionRange flexible = since(2);

  struct CreatePartitionsAssignment {
    std::vector<std::int32_t> broker_ids;

    static constexpr FieldList fields{
        field("BrokerIds", &CreatePartitionsAssignment::broker_ids),
    };
  };

  struct CreatePartitionsTopic {
    std::string_view name;
    std::int32_t count = 0;
    std::optional<std::vector<CreatePartitionsAssignment>> assignments =
        std::vector<CreatePartitionsAssignment>{};

    static constexpr FieldList fields{
        field("Name", &CreatePartitionsTopic::name),
        field("Count", &CreatePartitionsTopic::count),
        field("Assignments", &CreatePartitionsTopic::assignments, nullable()),
    };
  };

  std::vector<CreatePartitionsTopic> topics;
  std::int32_t timeout_ms = 0;
  bool validate_only = false;

  static constexpr FieldList fields{
      field("Topics", &CreatePartitionsRequest::topics),
      field("TimeoutMs", &CreatePartitionsRequest::timeout_ms),
      field("ValidateOnly", &CreatePartitionsRequest::validate_only),
  };
};

struct CreatePartitionsResponse {
  static constexpr std::int16_t api_key = 37;
  static constexpr std::string_view name = "CreatePartitionsResponse";
  static constexpr VersionRange versions{0, 3};
  static constexpr VersionRange flexible = since(2);

  struct CreatePartitionsTopicResult {
    std::string_view name;
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message;

    static constexpr FieldList fields{
        field("Name", &CreatePartitionsTopicResult::name),
        field("ErrorCode", &CreatePartitionsTopicResult::error_code),
        field("ErrorMessage", &CreatePartitionsTopicResult::error_message, nullable()),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<CreatePartitionsTopicResult> results;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &CreatePartitionsResponse::throttle_time_ms),
      field("Results", &CreatePartitionsResponse::results),
  };
};

}  // namespace fluxmq::protocol
