// LeaveGroup: members leave, or an administrator removes them.
#include "fluxmq/protocol/messages/leave_group.h"

#include "plugin.h"

namespace fluxmq::api_groups {

namespace {

constexpr std::int16_t kFirstVersionWithMembers = 3;

std::vector<LeaveCommand> members_of(const Request& request,
                                     const protocol::LeaveGroupRequest& message) {
  std::vector<LeaveCommand> members;
  if (request.api_version() < kFirstVersionWithMembers) {
    members.push_back({message.member_id, std::nullopt, {}});
  }
  for (const auto& each : message.members) {
    members.push_back({each.member_id, each.group_instance_id, each.reason.value_or("")});
  }
  return members;
}

}  // namespace

Task leave_group(ApiGroups& plugin, Request request) {
  const auto message = request.decode<protocol::LeaveGroupRequest>();
  const auto members = members_of(request, message);
  CoordinatorShard* const shard = plugin.coordinator.shard_of(message.group_id);
  ErrorList result;
  if (!plugin.may(request, FLUXMQ_OPERATION_READ, message.group_id)) {
    result.error = ErrorCode::GROUP_AUTHORIZATION_FAILED;
  } else if (message.group_id.empty()) {
    result.error = ErrorCode::INVALID_GROUP_ID;
  } else if (shard == nullptr) {
    result.error = ErrorCode::NOT_COORDINATOR;
  } else {
    result = co_await wait<ErrorList>(
        [&](Waiter<ErrorList>* waiter) { shard->leave(message.group_id, members, waiter); });
  }
  protocol::LeaveGroupResponse response;
  response.error_code = code(result.error);
  if (request.api_version() < kFirstVersionWithMembers) {
    response.error_code = code(result.of(0));
  } else if (result.error == ErrorCode::NONE) {
    for (std::size_t i = 0; i < members.size(); ++i) {
      response.members.push_back(
          {members[i].member_id, members[i].group_instance_id, code(result.each[i])});
    }
  }
  request.answer(response);
}

}  // namespace fluxmq::api_groups
