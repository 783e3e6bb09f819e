// ListPartitionReassignments: a cluster of one moves no partition.
#include "fluxmq/protocol/messages/list_partition_reassignments.h"

#include "fluxmq/protocol/errors.h"
#include "plugin.h"

namespace fluxmq::api_replicas {

using namespace protocol;

Task list_partition_reassignments(ApiReplicas& plugin, Request request) {
  const auto message = request.decode<ListPartitionReassignmentsRequest>();
  ListPartitionReassignmentsResponse response;
  response.error_message = std::nullopt;
  if (!plugin.authorizer.allows_cluster(request.session(), FLUXMQ_OPERATION_DESCRIBE)) {
    constexpr auto error = ErrorCode::CLUSTER_AUTHORIZATION_FAILED;
    response.error_code = to_int16(error);
    response.error_message = error_message(error);
    for (const auto& [name, indexes] :
         message.topics.value_or(decltype(message.topics)::value_type{})) {
      auto& topic = response.topics.emplace_back();
      topic.name = name;
      for (const auto index : indexes) topic.partitions.emplace_back().partition_index = index;
    }
  }
  request.answer(response);
  co_return;
}

}  // namespace fluxmq::api_replicas
