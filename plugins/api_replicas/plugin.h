// api_replicas: where replicas lie, who leads them, and where they are to go.
#pragma once
#include <array>
#include <string_view>

#include "fluxmq/api.h"
#include "fluxmq/authorizer.h"
#include "fluxmq/catalog.h"
#include "fluxmq/plugin.h"

namespace fluxmq::api_replicas {

class ApiReplicas {
 public:
  static constexpr const char* name = "api_replicas";
  static constexpr const char* version = "0.1.0";
  static constexpr const char* description =
      "DescribeLogDirs, AlterReplicaLogDirs, ElectLeaders and partition reassignments.";
  static constexpr std::array provides{FLUXMQ_API_HANDLER};
  static constexpr std::array needs{FLUXMQ_CATALOG, FLUXMQ_PARTITION};
  static constexpr std::array<fluxmq_config_key, 0> config_keys{};

  explicit ApiReplicas(Host broker);
  const void* query(std::string_view interface_id) const;
  void stop() {}

  const Host host;
  const Catalog catalog;
  const Authorizer authorizer;

 private:
  const ApiHandler handler_;
};

Task describe_log_dirs(ApiReplicas& plugin, Request request);
Task alter_replica_log_dirs(ApiReplicas& plugin, Request request);
Task elect_leaders(ApiReplicas& plugin, Request request);
Task alter_partition_reassignments(ApiReplicas& plugin, Request request);
Task list_partition_reassignments(ApiReplicas& plugin, Request request);

}  // namespace fluxmq::api_replicas
