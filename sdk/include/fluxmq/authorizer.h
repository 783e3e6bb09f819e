// Authorizer: asks who may do what, and allows everything where no authorizer is enabled.
#pragma once
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>

#include "fluxmq/abi/authorizer.h"
#include "fluxmq/host.h"

namespace fluxmq {

class Authorizer {
 public:
  explicit Authorizer(Host host) : table_(host.find<fluxmq_authorizer>(FLUXMQ_AUTHORIZER)) {}

  bool allows(const fluxmq_session& session, std::uint32_t operation, std::uint32_t resource_type,
              std::string_view resource_name) const {
    if (table_ == nullptr) return true;
    const fluxmq_action action{operation, resource_type, to_abi(resource_name)};
    std::uint8_t allowed = 0;
    table_->authorize(table_->self, &session, &action, 1, &allowed);
    return allowed != 0;
  }
  bool allows_topic(const fluxmq_session& session, std::uint32_t operation,
                    std::string_view topic) const {
    return allows(session, operation, FLUXMQ_ACL_RESOURCE_TOPIC, topic);
  }
  bool allows_group(const fluxmq_session& session, std::uint32_t operation,
                    std::string_view group) const {
    return allows(session, operation, FLUXMQ_ACL_RESOURCE_GROUP, group);
  }
  bool allows_cluster(const fluxmq_session& session, std::uint32_t operation) const {
    return allows(session, operation, FLUXMQ_ACL_RESOURCE_CLUSTER, "kafka-cluster");
  }

  // The bit field of KIP-430: bit n is AclOperation n.
  std::int32_t authorized_operations(const fluxmq_session& session, std::uint32_t resource_type,
                                     std::string_view resource_name) const {
    std::int32_t operations = 0;
    for (const std::uint32_t operation : operations_of(resource_type)) {
      if (allows(session, operation, resource_type, resource_name)) operations |= 1 << operation;
    }
    return operations;
  }

 private:
  // Kafka's AclEntry.supportedOperations.
  static std::span<const std::uint32_t> operations_of(std::uint32_t resource_type) {
    static constexpr std::uint32_t topic[] = {FLUXMQ_OPERATION_READ,
                                              FLUXMQ_OPERATION_WRITE,
                                              FLUXMQ_OPERATION_CREATE,
                                              FLUXMQ_OPERATION_DELETE,
                                              FLUXMQ_OPERATION_ALTER,
                                              FLUXMQ_OPERATION_DESCRIBE,
                                              FLUXMQ_OPERATION_DESCRIBE_CONFIGS,
                                              FLUXMQ_OPERATION_ALTER_CONFIGS};
    static constexpr std::uint32_t group[] = {
        FLUXMQ_OPERATION_READ, FLUXMQ_OPERATION_DELETE, FLUXMQ_OPERATION_DESCRIBE,
        FLUXMQ_OPERATION_DESCRIBE_CONFIGS, FLUXMQ_OPERATION_ALTER_CONFIGS};
    static constexpr std::uint32_t cluster[] = {
        FLUXMQ_OPERATION_CREATE,           FLUXMQ_OPERATION_ALTER,
        FLUXMQ_OPERATION_DESCRIBE,         FLUXMQ_OPERATION_CLUSTER_ACTION,
        FLUXMQ_OPERATION_DESCRIBE_CONFIGS, FLUXMQ_OPERATION_ALTER_CONFIGS,
        FLUXMQ_OPERATION_IDEMPOTENT_WRITE};
    switch (resource_type) {
      case FLUXMQ_ACL_RESOURCE_TOPIC:
        return {topic, std::size(topic)};
      case FLUXMQ_ACL_RESOURCE_GROUP:
        return {group, std::size(group)};
      default:
        return {cluster, std::size(cluster)};
    }
  }

  const fluxmq_authorizer* table_;
};

}  // namespace fluxmq
