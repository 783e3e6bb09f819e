// AlterPartitionReassignments: in a cluster of one a partition can only be sent to where it is, and
// no move is under way that could be cancelled.
#include "fluxmq/protocol/messages/alter_partition_reassignments.h"

#include <deque>
#include <string>

#include "fluxmq/protocol/errors.h"
#include "fluxmq/replica_assignment.h"
#include "plugin.h"

namespace fluxmq::api_replicas {
namespace {

using namespace protocol;
using AskedPartition = AlterPartitionReassignmentsRequest::ReassignablePartition;
using Result = AlterPartitionReassignmentsResponse::ReassignablePartitionResponse;

class Reassignments {
 public:
  explicit Reassignments(const Catalog& catalog) : catalog_(catalog), brokers_(catalog.brokers()) {}

  Result reassign(std::string_view topic, const AskedPartition& asked) {
    const auto index = asked.partition_index;
    const auto found = catalog_.find(topic);
    if (!found) {
      return answer(index, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
                    concat("Unable to find a topic named ", topic, "."));
    }
    if (!catalog_.partition(found, index)) {
      return answer(index, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
                    concat("Unable to find partition ", topic, ":", index, "."));
    }
    if (!asked.replicas) {
      return {index, to_int16(ErrorCode::NO_REASSIGNMENT_IN_PROGRESS), std::nullopt};
    }
    if (auto problem = check_replicas(*asked.replicas, brokers_); !problem.empty()) {
      return answer(index, ErrorCode::INVALID_REPLICA_ASSIGNMENT, std::move(problem));
    }
    return {index, 0, std::nullopt};
  }
  Result answer(std::int32_t index, ErrorCode error, std::string message) {
    return {index, to_int16(error), messages_.emplace_back(std::move(message))};
  }

 private:
  const Catalog& catalog_;
  const std::vector<fluxmq_broker> brokers_;
  std::deque<std::string> messages_;  // what the answers point to
};

}  // namespace

Task alter_partition_reassignments(ApiReplicas& plugin, Request request) {
  const auto message = request.decode<AlterPartitionReassignmentsRequest>();
  const bool allowed = plugin.authorizer.allows_cluster(request.session(), FLUXMQ_OPERATION_ALTER);
  constexpr auto kDenied = ErrorCode::CLUSTER_AUTHORIZATION_FAILED;
  Reassignments reassignments(plugin.catalog);
  AlterPartitionReassignmentsResponse response;

  if (!allowed) {
    response.error_code = to_int16(kDenied);
    response.error_message = error_message(kDenied);
  } else if (!message.topics.empty()) {
    response.allow_replication_factor_change = message.allow_replication_factor_change;
    response.error_message = std::nullopt;
  }
  for (const auto& [name, partitions] : message.topics) {
    auto& topic = response.responses.emplace_back();
    topic.name = name;
    for (const auto& partition : partitions) {
      topic.partitions.push_back(
          allowed ? reassignments.reassign(name, partition)
                  : Result{partition.partition_index, to_int16(kDenied), error_message(kDenied)});
    }
  }
  request.answer(response);
  co_return;
}

}  // namespace fluxmq::api_replicas
