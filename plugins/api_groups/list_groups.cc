// ListGroups: all groups, or those of some states and types.
#include "fluxmq/protocol/messages/list_groups.h"

#include <algorithm>
#include <cctype>

#include "plugin.h"

namespace fluxmq::api_groups {

namespace {

constexpr std::string_view kClassic = "classic";

struct Listed {
  std::string group_id;
  std::string protocol_type;
  std::string_view state;
};

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

bool passes(const std::vector<std::string_view>& filter, std::string_view name) {
  return filter.empty() || std::any_of(filter.begin(), filter.end(), [&](std::string_view each) {
           return equals_ignoring_case(each, name);
         });
}

}  // namespace

Task list_groups(ApiGroups& plugin, Request request) {
  const auto message = request.decode<protocol::ListGroupsRequest>();
  const bool sees_all =
      plugin.authorizer.allows_cluster(request.session(), FLUXMQ_OPERATION_DESCRIBE);
  std::vector<Listed> listed;
  ErrorCode error = ErrorCode::NONE;
  if (passes(message.types_filter, kClassic)) {
    for (CoordinatorShard* const shard : plugin.coordinator.shards()) {
      const ErrorCode shard_error = shard->list([&](const Group& group) {
        const auto state = state_name(group.state());
        if (!passes(message.states_filter, state)) return;
        listed.push_back({group.group_id(), group.protocol_type().value_or(""), state});
      });
      // A partition that can't be read has no groups here; one that is being read has them soon.
      if (shard_error == ErrorCode::COORDINATOR_LOAD_IN_PROGRESS) error = shard_error;
    }
  }
  if (error != ErrorCode::NONE) listed.clear();
  protocol::ListGroupsResponse response;
  response.error_code = code(error);
  for (const auto& group : listed) {
    if (!sees_all && !plugin.may(request, FLUXMQ_OPERATION_DESCRIBE, group.group_id)) continue;
    response.groups.push_back({group.group_id, group.protocol_type, group.state, kClassic});
  }
  request.answer(response);
  co_return;
}

}  // namespace fluxmq::api_groups
