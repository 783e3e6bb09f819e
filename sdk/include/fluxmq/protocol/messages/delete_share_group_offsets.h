// DeleteShareGroupOffsets (key 92): deletes the start offsets of a share group.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DeleteShareGroupOffsetsRequest {
  static constexpr std::int16_t api_key = 92;
  static constexpr std::string_view name = "DeleteShareGroupOffsetsRequest";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct DeleteShareGroupOffsetsRequestTopic {
    std::string_view topic_name;

    static constexpr FieldList fields{
        field("TopicName", &DeleteShareGroupOffsetsRequestTopic::topic_name),
    };
  };

  std::string_view group_id;
  std::vector<DeleteShareGroupOffsetsRequestTopic> topics;

  static constexpr FieldList fields{
      field("GroupId", &DeleteShareGroupOffsetsRequest::group_id),
      field("Topics", &DeleteShareGroupOffsetsRequest::topics),
  };
};

struct DeleteShareGroupOffsetsResponse {
  static constexpr std::int16_t api_key = 92;
  static constexpr std::string_view name = "DeleteShareGroupOffsetsResponse";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  struct DeleteShareGroupOffsetsResponseTopic {
    std::string_view topic_name;
    Uuid topic_id{};
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message;

    static constexpr FieldList fields{
        field("TopicName", &DeleteShareGroupOffsetsResponseTopic::topic_name),
        field("TopicId", &DeleteShareGroupOffsetsResponseTopic::topic_id),
        field("ErrorCode", &DeleteShareGroupOffsetsResponseTopic::error_code),
        field("ErrorMessage", &DeleteShareGroupOffsetsResponseTopic::error_message, nullable()),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::optional<std::string_view> error_message;
  std::vector<DeleteShareGroupOffsetsResponseTopic> responses;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &DeleteShareGroupOffsetsResponse::throttle_time_ms),
      field("ErrorCode", &DeleteShareGroupOffsetsResponse::error_code),
      field("ErrorMessage", &DeleteShareGroupOffsetsResponse::error_message, nullable()),
      field("Responses", &DeleteShareGroupOffsetsResponse::responses),
  };
};

}  // namespace fluxmq::protocol
