// The plugin: its APIs and what they share.
#include "plugin.h"

#include "fluxmq/protocol/messages/delete_groups.h"
#include "fluxmq/protocol/messages/describe_groups.h"
#include "fluxmq/protocol/messages/find_coordinator.h"
#include "fluxmq/protocol/messages/heartbeat.h"
#include "fluxmq/protocol/messages/join_group.h"
#include "fluxmq/protocol/messages/leave_group.h"
#include "fluxmq/protocol/messages/list_groups.h"
#include "fluxmq/protocol/messages/offset_commit.h"
#include "fluxmq/protocol/messages/offset_delete.h"
#include "fluxmq/protocol/messages/offset_fetch.h"
#include "fluxmq/protocol/messages/sync_group.h"

namespace fluxmq::api_groups {
namespace {

constexpr std::array apis{
    serve<protocol::FindCoordinatorRequest, find_coordinator>(),
    serve<protocol::JoinGroupRequest, join_group>(),
    serve<protocol::SyncGroupRequest, sync_group>(),
    serve<protocol::HeartbeatRequest, heartbeat>(),
    serve<protocol::LeaveGroupRequest, leave_group>(),
    serve<protocol::OffsetCommitRequest, offset_commit>(),
    serve<protocol::OffsetFetchRequest, offset_fetch>(),
    serve<protocol::OffsetDeleteRequest, offset_delete>(),
    serve<protocol::DescribeGroupsRequest, describe_groups>(),
    serve<protocol::ListGroupsRequest, list_groups>(),
    serve<protocol::DeleteGroupsRequest, delete_groups>(),
};

}  // namespace

ApiGroups::ApiGroups(Host broker)
    : host(broker),
      catalog(broker),
      authorizer(broker),
      config(broker),
      coordinator(broker, catalog, config),
      handler_(this, apis) {}

const void* ApiGroups::query(std::string_view interface_id) const {
  return interface_id == FLUXMQ_API_HANDLER ? handler_.table() : nullptr;
}

}  // namespace fluxmq::api_groups

FLUXMQ_PLUGIN(fluxmq::api_groups::ApiGroups);
