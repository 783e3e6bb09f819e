// The resources that have configs, and who may see or change them.
#pragma once
#include <cstdint>
#include <string_view>

#include "plugin.h"

namespace fluxmq::api_configs {

// Kafka knows broker loggers (8), client metrics (16) and groups (32) as well.
constexpr bool is_served(std::int8_t resource_type) {
  return resource_type == FLUXMQ_RESOURCE_TOPIC || resource_type == FLUXMQ_RESOURCE_BROKER;
}

// NONE if the session may do the operation to the resource; else the error to answer with.
inline protocol::ErrorCode authorize(const Authorizer& authorizer, const fluxmq_session& session,
                                     std::uint32_t operation, std::int8_t resource_type,
                                     std::string_view resource_name) {
  using protocol::ErrorCode;
  if (resource_type == FLUXMQ_RESOURCE_TOPIC) {
    return authorizer.allows_topic(session, operation, resource_name)
               ? ErrorCode::NONE
               : ErrorCode::TOPIC_AUTHORIZATION_FAILED;
  }
  return authorizer.allows_cluster(session, operation) ? ErrorCode::NONE
                                                       : ErrorCode::CLUSTER_AUTHORIZATION_FAILED;
}

}  // namespace fluxmq::api_configs
