// DescribeQuorum: who keeps the cluster's metadata. In a cluster of one that is the broker itself.
// There is no log of metadata: its offsets are told as 0.
#include "fluxmq/protocol/messages/describe_quorum.h"

#include <chrono>
#include <vector>

#include "fluxmq/protocol/errors.h"
#include "plugin.h"

namespace fluxmq::api_cluster {
namespace {

using namespace protocol;
using PartitionAnswer = DescribeQuorumResponse::PartitionData;

constexpr std::string_view kMetadataTopic = "__cluster_metadata";

// The one partition that a quorum keeps, and nothing else.
bool asks_for_metadata(const DescribeQuorumRequest& message) {
  return message.topics.size() == 1 && message.topics[0].topic_name == kMetadataTopic &&
         message.topics[0].partitions.size() == 1 &&
         message.topics[0].partitions[0].partition_index == 0;
}

std::int64_t now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

PartitionAnswer describe_metadata(std::int32_t controller_id) {
  PartitionAnswer answer;
  answer.leader_id = controller_id;
  auto& voter = answer.current_voters.emplace_back();
  voter.replica_id = controller_id;
  voter.last_fetch_timestamp = voter.last_caught_up_timestamp = now_ms();
  return answer;
}

PartitionAnswer unknown(std::int32_t index) {
  PartitionAnswer answer;
  answer.partition_index = index;
  answer.error_code = to_int16(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
  answer.error_message = "This server does not host this topic-partition.";
  return answer;
}

}  // namespace

Task describe_quorum(ApiCluster& plugin, Request request) {
  const auto message = request.decode<DescribeQuorumRequest>();
  DescribeQuorumResponse response;
  if (!plugin.authorizer.allows_cluster(request.session(), FLUXMQ_OPERATION_DESCRIBE)) {
    response.error_code = to_int16(ErrorCode::CLUSTER_AUTHORIZATION_FAILED);
    response.error_message = error_message(ErrorCode::CLUSTER_AUTHORIZATION_FAILED);
    request.answer(response);
    co_return;
  }

  const bool known = asks_for_metadata(message);
  const auto controller_id = plugin.catalog.controller_id();
  for (const auto& [name, partitions] : message.topics) {
    auto& topic = response.topics.emplace_back();
    topic.topic_name = name;
    for (const auto& [index] : partitions) {
      topic.partitions.push_back(known ? describe_metadata(controller_id) : unknown(index));
    }
  }
  if (known) {
    const auto listener = plugin.listener_of(request.session());
    response.nodes.push_back({controller_id,
                              {{view(listener.name), view(listener.advertised_host),
                                static_cast<std::uint16_t>(listener.advertised_port)}}});
  }
  request.answer(response);
  co_return;
}

}  // namespace fluxmq::api_cluster
