// The plugin: its APIs and what they share.
#include "plugin.h"

#include "fluxmq/protocol/messages/alter_partition_reassignments.h"
#include "fluxmq/protocol/messages/alter_replica_log_dirs.h"
#include "fluxmq/protocol/messages/describe_log_dirs.h"
#include "fluxmq/protocol/messages/elect_leaders.h"
#include "fluxmq/protocol/messages/list_partition_reassignments.h"

namespace fluxmq::api_replicas {
namespace {

constexpr std::array apis{
    serve<protocol::AlterReplicaLogDirsRequest, alter_replica_log_dirs>(),
    serve<protocol::DescribeLogDirsRequest, describe_log_dirs>(),
    serve<protocol::ElectLeadersRequest, elect_leaders>(),
    serve<protocol::AlterPartitionReassignmentsRequest, alter_partition_reassignments>(),
    serve<protocol::ListPartitionReassignmentsRequest, list_partition_reassignments>(),
};

}  // namespace

ApiReplicas::ApiReplicas(Host broker)
    : host(broker), catalog(broker), authorizer(broker), handler_(this, apis) {}

const void* ApiReplicas::query(std::string_view interface_id) const {
  return interface_id == FLUXMQ_API_HANDLER ? handler_.table() : nullptr;
}

}  // namespace fluxmq::api_replicas

FLUXMQ_PLUGIN(fluxmq::api_replicas::ApiReplicas);
