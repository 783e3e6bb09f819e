// DescribeGroups: state and members of groups.
#include "fluxmq/protocol/messages/describe_groups.h"

#include <utility>

#include "plugin.h"

namespace fluxmq::api_groups {

namespace {

using protocol::DescribeGroupsResponse;

constexpr std::int16_t kFirstVersionWithNotFound = 6;

struct Description {
  struct Member {
    std::string member_id;
    std::optional<std::string> group_instance_id;
    std::string client_id;
    std::string client_host;
    std::string metadata;
    std::string assignment;
  };

  std::string_view group_id;
  ErrorCode error = ErrorCode::NONE;
  std::optional<std::string> error_message;
  std::string_view state;
  std::string protocol_type;
  std::string protocol_name;
  std::vector<Member> members;
  std::size_t bytes = 0;
};

void describe(const Group& group, Description& description) {
  const bool is_stable = group.is(GroupState::kStable);
  description.state = state_name(group.state());
  description.protocol_type = group.protocol_type().value_or("");
  // What they agreed on means nothing while they agree anew.
  if (is_stable) description.protocol_name = group.protocol_name().value_or("");
  description.members.reserve(group.members().size());
  for (const Member& member : group.members()) {
    auto& told = description.members.emplace_back(Description::Member{member.member_id,
                                                                      member.group_instance_id,
                                                                      member.client_id,
                                                                      member.client_host,
                                                                      {},
                                                                      member.assignment});
    if (is_stable) told.metadata = member.metadata(description.protocol_name);
    description.bytes += told.metadata.size() + told.assignment.size() + sizeof(told);
  }
}

Description find(ApiGroups& plugin, const Request& request, std::string_view group_id) {
  Description description;
  description.group_id = group_id;
  CoordinatorShard* const shard = plugin.coordinator.shard_of(group_id);
  if (shard == nullptr) {
    description.error = ErrorCode::NOT_COORDINATOR;
    return description;
  }
  description.error = shard->describe(group_id, [&](const Group* group) {
    if (group != nullptr) return describe(*group, description);
    description.state = state_name(GroupState::kDead);
    if (request.api_version() < kFirstVersionWithNotFound) return;
    description.error_message = concat("Group ", group_id, " not found.");
  });
  if (description.error_message) description.error = ErrorCode::GROUP_ID_NOT_FOUND;
  return description;
}

// Those that the client may not see first, as Kafka has it.
std::vector<Description> find_all(ApiGroups& plugin, const Request& request,
                                  const std::vector<std::string_view>& group_ids) {
  std::vector<Description> descriptions;
  std::vector<std::string_view> allowed;
  for (const auto group_id : group_ids) {
    if (plugin.may(request, FLUXMQ_OPERATION_DESCRIBE, group_id)) {
      allowed.push_back(group_id);
      continue;
    }
    auto& refused = descriptions.emplace_back();
    refused.group_id = group_id;
    refused.error = ErrorCode::GROUP_AUTHORIZATION_FAILED;
  }
  std::size_t bytes = 0;
  for (const auto group_id : allowed) {
    descriptions.push_back(find(plugin, request, group_id));
    bytes += descriptions.back().bytes;
    if (bytes > kMaxAnswerBytes) throw protocol::DecodeError("it asks for too much at once");
  }
  return descriptions;
}

DescribeGroupsResponse::DescribedGroup told(const Description& description) {
  DescribeGroupsResponse::DescribedGroup group;
  group.error_code = code(description.error);
  group.error_message = description.error_message;
  group.group_id = description.group_id;
  group.group_state = description.state;
  group.protocol_type = description.protocol_type;
  group.protocol_data = description.protocol_name;
  for (const auto& member : description.members) {
    group.members.push_back({member.member_id, member.group_instance_id, member.client_id,
                             member.client_host, protocol::as_bytes(member.metadata),
                             protocol::as_bytes(member.assignment)});
  }
  return group;
}

}  // namespace

Task describe_groups(ApiGroups& plugin, Request request) {
  const auto message = request.decode<protocol::DescribeGroupsRequest>();
  check_count(message.groups.size());
  const auto descriptions = find_all(plugin, request, message.groups);
  DescribeGroupsResponse response;
  for (const auto& description : descriptions) {
    auto& group = response.groups.emplace_back(told(description));
    if (message.include_authorized_operations && description.error == ErrorCode::NONE) {
      group.authorized_operations = plugin.authorizer.authorized_operations(
          request.session(), FLUXMQ_ACL_RESOURCE_GROUP, description.group_id);
    }
  }
  request.answer(response);
  co_return;
}

}  // namespace fluxmq::api_groups
