// JoinGroup: a member joins; it is answered when the members of the next generation are known.
#include "fluxmq/protocol/messages/join_group.h"

#include <unordered_set>
#include <utility>

#include "plugin.h"

namespace fluxmq::api_groups {

namespace {

constexpr std::int16_t kFirstVersionWithKnownMemberId = 4;
constexpr std::int16_t kFirstVersionThatSkipsAssignment = 9;

ErrorCode check(ApiGroups& plugin, const Request& request,
                const protocol::JoinGroupRequest& message) {
  if (!plugin.may(request, FLUXMQ_OPERATION_READ, message.group_id)) {
    return ErrorCode::GROUP_AUTHORIZATION_FAILED;
  }
  if (message.group_id.empty()) return ErrorCode::INVALID_GROUP_ID;
  if (message.session_timeout_ms < plugin.config.min_session_timeout_ms ||
      message.session_timeout_ms > plugin.config.max_session_timeout_ms) {
    return ErrorCode::INVALID_SESSION_TIMEOUT;
  }
  return ErrorCode::NONE;
}

// A protocol that is named twice counts once.
std::vector<MemberProtocol> protocols_of(const protocol::JoinGroupRequest& message) {
  std::vector<MemberProtocol> protocols;
  std::unordered_set<std::string_view> names;
  for (const auto& each : message.protocols) {
    if (!names.insert(each.name).second) continue;
    protocols.push_back({std::string(each.name), std::string(protocol::as_text(each.metadata))});
  }
  return protocols;
}

JoinCommand command_of(const Request& request, const protocol::JoinGroupRequest& message,
                       std::string_view client_host) {
  JoinCommand command;
  command.member_id = message.member_id;
  command.group_instance_id = message.group_instance_id;
  command.client_id = request.client_id();
  command.client_host = client_host;
  command.session_timeout_ms = message.session_timeout_ms;
  command.rebalance_timeout_ms =
      request.api_version() == 0 ? message.session_timeout_ms : message.rebalance_timeout_ms;
  command.protocol_type = message.protocol_type;
  command.protocols = protocols_of(message);
  command.reason = message.reason.value_or("");
  command.requires_known_member_id = request.api_version() >= kFirstVersionWithKnownMemberId;
  command.supports_skipping_assignment = request.api_version() >= kFirstVersionThatSkipsAssignment;
  return command;
}

void answer(Request& request, const JoinResult& result) {
  protocol::JoinGroupResponse response;
  response.error_code = code(result.error);
  response.generation_id = result.generation_id;
  response.protocol_type = result.protocol_type;
  response.protocol_name = result.protocol_name;
  response.leader = result.leader;
  response.skip_assignment = result.skip_assignment;
  response.member_id = result.member_id;
  response.members.reserve(result.members.size());
  for (const auto& member : result.members) {
    response.members.push_back(
        {member.member_id, member.group_instance_id, protocol::as_bytes(member.metadata)});
  }
  request.answer(response);
}

}  // namespace

Task join_group(ApiGroups& plugin, Request request) {
  const auto message = request.decode<protocol::JoinGroupRequest>();
  JoinResult refused;
  refused.member_id = message.member_id;
  refused.error = check(plugin, request, message);
  if (refused.error == ErrorCode::GROUP_AUTHORIZATION_FAILED) refused.member_id.clear();
  CoordinatorShard* const shard = plugin.coordinator.shard_of(message.group_id);
  if (refused.error == ErrorCode::NONE && shard == nullptr) {
    refused.error = ErrorCode::NOT_COORDINATOR;
  }
  if (refused.error != ErrorCode::NONE) {
    answer(request, refused);
    co_return;
  }
  // As Java writes an address.
  const std::string client_host = concat("/", request.peer_address());
  const auto result = co_await wait<JoinResult>([&](Waiter<JoinResult>* waiter) {
    shard->join(message.group_id, command_of(request, message, client_host), waiter);
  });
  answer(request, result);
}

}  // namespace fluxmq::api_groups
