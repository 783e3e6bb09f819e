// DeleteTopics (key 20): deletes topics, by name or, from version 6 on, by id.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DeleteTopicsRequest {
  static constexpr std::int16_t api_key = 20;
  static constexpr std::string_view name = "DeleteTopicsRequest";
  static constexpr VersionRange versions{0, 6};
  static constexpr VersionRange flexible = since(4);

  struct DeleteTopicState {
    std::optional<std::string_view> name;
    Uuid topic_id{};

    static constexpr FieldList fields{
        field("Name", &DeleteTopicState::name, since(6), nullable_since(6)),
        field("TopicId", &DeleteTopicState::topic_id, since(6)),
    };
  };

  std::vector<DeleteTopicState> topics;
  std::vector<std::string_view> topic_names;
  std::int32_t timeout_ms = 0;

  static constexpr FieldList fields{
      field("Topics", &DeleteTopicsRequest::topics, since(6)),
      field("TopicNames", &DeleteTopicsRequest::topic_names, until(5)),
      field("TimeoutMs", &DeleteTopicsRequest::timeout_ms),
  };
};

struct DeleteTopicsResponse {
  static constexpr std::int16_t api_key = 20;
  static constexpr std::string_view name = "DeleteTopicsResponse";
  static constexpr VersionRange versions{0, 6};
  static constexpr VersionRange flexible = since(4);

  struct DeletableTopicResult {
    std::optional<std::string_view> name = "";
    Uuid topic_id{};
    std::int16_t error_code = 0;
    std::optional<std::string_view> error_message;

    static constexpr FieldList fields{
        field("Name", &DeletableTopicResult::name, nullable_since(6)),
        field("TopicId", &DeletableTopicResult::topic_id, since(6)),
        field("ErrorCode", &DeletableTopicResult::error_code),
        field("ErrorMessage", &DeletableTopicResult::error_message, since(5), nullable_since(5)),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<DeletableTopicResult> responses;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &DeleteTopicsResponse::throttle_time_ms, since(1)),
      field("Responses", &DeleteTopicsResponse::responses),
  };
};

}  // namespace fluxmq::protocol
