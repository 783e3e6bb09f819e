// The resources that have configs, and who may see or change them.
#pragma once
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "plugin.h"

namespace fluxmq::api_configs {

// Kafka's numbers; the catalog's are among them.
enum class ResourceType : std::int8_t {
  kTopic = FLUXMQ_RESOURCE_TOPIC,
  kBroker = FLUXMQ_RESOURCE_BROKER,
  kBrokerLogger = 8,
  kClientMetrics = 16,
  kGroup = 32
};

constexpr bool is_known(std::int8_t type) {
  return type == 2 || type == 4 || type == 8 || type == 16 || type == 32;
}

// Groups have configs in Kafka for protocols that this broker doesn't serve, and so have
// subscriptions to clients' metrics: none of them is known here.
constexpr bool has_configs(std::int8_t type) {
  return type == 2 || type == 4 || type == 8;
}

// NONE if the session may do the operation to the resource; else the error to answer with.
inline protocol::ErrorCode authorize(const Authorizer& authorizer, const fluxmq_session& session,
                                     std::uint32_t operation, std::int8_t resource_type,
                                     std::string_view resource_name) {
  using protocol::ErrorCode;
  switch (static_cast<ResourceType>(resource_type)) {
    case ResourceType::kTopic:
      return authorizer.allows_topic(session, operation, resource_name)
                 ? ErrorCode::NONE
                 : ErrorCode::TOPIC_AUTHORIZATION_FAILED;
    case ResourceType::kGroup:
      return authorizer.allows_group(session, operation, resource_name)
                 ? ErrorCode::NONE
                 : ErrorCode::GROUP_AUTHORIZATION_FAILED;
    default:
      return authorizer.allows_cluster(session, operation)
                 ? ErrorCode::NONE
                 : ErrorCode::CLUSTER_AUTHORIZATION_FAILED;
  }
}

// As Java reads an int.
inline std::optional<std::int32_t> parse_broker_id(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return id;
}

}  // namespace fluxmq::api_configs
