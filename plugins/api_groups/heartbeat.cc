// Heartbeat: a member is alive, and hears whether its group rebalances.
#include "fluxmq/protocol/messages/heartbeat.h"

#include "plugin.h"

namespace fluxmq::api_groups {

namespace {

ErrorCode beat(ApiGroups& plugin, const Request& request,
               const protocol::HeartbeatRequest& message) {
  if (!plugin.may(request, FLUXMQ_OPERATION_READ, message.group_id)) {
    return ErrorCode::GROUP_AUTHORIZATION_FAILED;
  }
  if (message.group_id.empty()) return ErrorCode::INVALID_GROUP_ID;
  CoordinatorShard* const shard = plugin.coordinator.shard_of(message.group_id);
  if (shard == nullptr) return ErrorCode::NOT_COORDINATOR;
  return shard->heartbeat(message.group_id, message.member_id, message.group_instance_id,
                          message.generation_id);
}

}  // namespace

Task heartbeat(ApiGroups& plugin, Request request) {
  const auto message = request.decode<protocol::HeartbeatRequest>();
  protocol::HeartbeatResponse response;
  response.error_code = code(beat(plugin, request, message));
  request.answer(response);
  co_return;
}

}  // namespace fluxmq::api_groups
