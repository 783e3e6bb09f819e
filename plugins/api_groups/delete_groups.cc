// DeleteGroups: deletes groups without members, and their offsets.
#include "fluxmq/protocol/messages/delete_groups.h"

#include <unordered_set>

#include "plugin.h"

namespace fluxmq::api_groups {

namespace {

using Result = protocol::DeleteGroupsResponse::DeletableGroupResult;

Task delete_group(ApiGroups& plugin, Result& result, Latch& deleted) {
  CoordinatorShard* const shard = plugin.coordinator.shard_of(result.group_id);
  if (shard == nullptr) {
    result.error_code = code(ErrorCode::NOT_COORDINATOR);
  } else {
    result.error_code = code(co_await wait<ErrorCode>(
        [&](Waiter<ErrorCode>* waiter) { shard->delete_group(result.group_id, waiter); }));
  }
  deleted.count_down();
}

}  // namespace

Task delete_groups(ApiGroups& plugin, Request request) {
  const auto message = request.decode<protocol::DeleteGroupsRequest>();
  check_count(message.groups_names.size());
  protocol::DeleteGroupsResponse response;
  std::vector<Result> refused;
  std::unordered_set<std::string_view> names;
  for (const auto group_id : message.groups_names) {
    if (!names.insert(group_id).second) continue;
    if (plugin.may(request, FLUXMQ_OPERATION_DELETE, group_id)) {
      response.results.push_back({group_id, 0});
    } else {
      refused.push_back({group_id, code(ErrorCode::GROUP_AUTHORIZATION_FAILED)});
    }
  }
  Latch deleted(static_cast<std::int64_t>(response.results.size()));
  for (auto& result : response.results) delete_group(plugin, result, deleted);
  co_await deleted;
  response.results.insert(response.results.end(), refused.begin(), refused.end());
  request.answer(response);
}

}  // namespace fluxmq::api_groups
