// SyncGroup: the leader hands in the assignment, each member gets its own.
#include "fluxmq/protocol/messages/sync_group.h"

#include "plugin.h"

namespace fluxmq::api_groups {

namespace {

constexpr std::int16_t kFirstVersionWithProtocol = 5;

ErrorCode check(ApiGroups& plugin, const Request& request,
                const protocol::SyncGroupRequest& message) {
  if (request.api_version() >= kFirstVersionWithProtocol &&
      (!message.protocol_type || !message.protocol_name)) {
    return ErrorCode::INCONSISTENT_GROUP_PROTOCOL;
  }
  if (!plugin.may(request, FLUXMQ_OPERATION_READ, message.group_id)) {
    return ErrorCode::GROUP_AUTHORIZATION_FAILED;
  }
  if (message.group_id.empty()) return ErrorCode::INVALID_GROUP_ID;
  return ErrorCode::NONE;
}

SyncCommand command_of(const protocol::SyncGroupRequest& message) {
  SyncCommand command;
  command.member_id = message.member_id;
  command.group_instance_id = message.group_instance_id;
  command.generation_id = message.generation_id;
  command.protocol_type = message.protocol_type;
  command.protocol_name = message.protocol_name;
  command.assignments.reserve(message.assignments.size());
  for (const auto& each : message.assignments) {
    command.assignments[std::string(each.member_id)] = protocol::as_text(each.assignment);
  }
  return command;
}

}  // namespace

Task sync_group(ApiGroups& plugin, Request request) {
  const auto message = request.decode<protocol::SyncGroupRequest>();
  CoordinatorShard* const shard = plugin.coordinator.shard_of(message.group_id);
  SyncResult result;
  result.error = check(plugin, request, message);
  if (result.error == ErrorCode::NONE && shard == nullptr) {
    result.error = ErrorCode::NOT_COORDINATOR;
  }
  if (result.error == ErrorCode::NONE) {
    result = co_await wait<SyncResult>([&](Waiter<SyncResult>* waiter) {
      shard->sync(message.group_id, command_of(message), waiter);
    });
  }
  protocol::SyncGroupResponse response;
  response.error_code = code(result.error);
  response.protocol_type = result.protocol_type;
  response.protocol_name = result.protocol_name;
  response.assignment = protocol::as_bytes(result.assignment);
  request.answer(response);
}

}  // namespace fluxmq::api_groups
