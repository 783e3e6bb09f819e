// ElectLeaders: of a cluster of one the preferred replica leads, and no other is there to.
#include "fluxmq/protocol/messages/elect_leaders.h"

#include <deque>
#include <string>

#include "fluxmq/protocol/errors.h"
#include "plugin.h"

namespace fluxmq::api_replicas {
namespace {

using namespace protocol;
using Result = ElectLeadersResponse::PartitionResult;
using AskedTopics = std::vector<ElectLeadersRequest::TopicPartitions>;

constexpr std::int8_t kPreferred = 0;
constexpr std::int8_t kUnclean = 1;

// Why nothing of a request is done.
struct Refusal {
  ErrorCode error = ErrorCode::NONE;
  std::string message;
};

Refusal check(const ApiReplicas& plugin, const fluxmq_session& session, std::int8_t election_type) {
  if (election_type != kPreferred && election_type != kUnclean) {
    return {ErrorCode::INVALID_REQUEST, concat("Unknown election type ", election_type)};
  }
  if (!plugin.authorizer.allows_cluster(session, FLUXMQ_OPERATION_ALTER)) {
    constexpr auto error = ErrorCode::CLUSTER_AUTHORIZATION_FAILED;
    return {error, std::string(error_message(error))};
  }
  return {};
}

// The answers' messages for people, which they point to.
class Elections {
 public:
  explicit Elections(const Catalog& catalog) : catalog_(catalog) {}

  Result elect(std::string_view topic, std::int32_t index) {
    const auto found = catalog_.find(topic);
    if (!found) {
      return answer(index, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
                    concat("No such topic as ", topic));
    }
    if (!catalog_.partition(found, index)) {
      return answer(index, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
                    concat("No such partition as ", topic, "-", index));
    }
    return answer(index, ErrorCode::ELECTION_NOT_NEEDED,
                  "Leader election not needed for topic partition.");
  }
  Result answer(std::int32_t index, ErrorCode error, std::string message) {
    return {index, to_int16(error), messages_.emplace_back(std::move(message))};
  }

 private:
  const Catalog& catalog_;
  std::deque<std::string> messages_;
};

}  // namespace

Task elect_leaders(ApiReplicas& plugin, Request request) {
  const auto message = request.decode<ElectLeadersRequest>();
  const auto refusal = check(plugin, request.session(), message.election_type);
  Elections elections(plugin.catalog);
  std::vector<Topic> all;
  ElectLeadersResponse response;
  response.error_code = to_int16(refusal.error);

  if (message.topic_partitions) {
    for (const auto& [name, partitions] : *message.topic_partitions) {
      auto& topic = response.replica_election_results.emplace_back();
      topic.topic = name;
      for (const auto index : partitions) {
        topic.partition_result.push_back(
            refusal.error == ErrorCode::NONE
                ? elections.elect(name, index)
                : elections.answer(index, refusal.error, refusal.message));
      }
    }
  } else if (refusal.error == ErrorCode::NONE) {
    // Of all partitions only those are told whose leader changed.
    all = plugin.catalog.topics();
    for (const auto& topic : all) {
      response.replica_election_results.emplace_back().topic = topic.name();
    }
  }
  request.answer(response);
  co_return;
}

}  // namespace fluxmq::api_replicas
