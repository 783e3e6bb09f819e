// OffsetForLeaderEpoch: where a leader epoch ended, so that a consumer notices a truncated log.
#include "fluxmq/protocol/messages/offset_for_leader_epoch.h"

#include "fluxmq/protocol/errors.h"
#include "plugin.h"

namespace fluxmq::api_data {

using namespace protocol;

Task offset_for_leader_epoch(ApiData& plugin, Request request) {
  const auto message = request.decode<OffsetForLeaderEpochRequest>();
  const auto& session = request.session();
  const bool is_cluster_action =
      plugin.authorizer.allows_cluster(session, FLUXMQ_OPERATION_CLUSTER_ACTION);
  OffsetForLeaderEpochResponse response;
  response.topics.reserve(message.topics.size());

  for (const auto& asked_topic : message.topics) {
    auto& topic_answer = response.topics.emplace_back();
    topic_answer.topic = asked_topic.topic;
    topic_answer.partitions.reserve(asked_topic.partitions.size());
    const Topic topic = plugin.catalog.find(asked_topic.topic);
    const bool is_allowed =
        is_cluster_action ||
        plugin.authorizer.allows_topic(session, FLUXMQ_OPERATION_DESCRIBE, asked_topic.topic);
    for (const auto& asked : asked_topic.partitions) {
      auto& answer = topic_answer.partitions.emplace_back();
      answer.partition = asked.partition;
      Partition partition;
      if (is_allowed && topic) partition = plugin.catalog.partition(topic, asked.partition);
      if (!partition) {
        answer.error_code = to_int16(is_allowed ? ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
                                                : ErrorCode::TOPIC_AUTHORIZATION_FAILED);
        continue;
      }
      const FoundOffset end =
          co_await partition.find_epoch_end(asked.leader_epoch, asked.current_leader_epoch);
      answer.error_code = to_int16(end.error);
      if (end.error != ErrorCode::NONE) continue;
      answer.leader_epoch = end.leader_epoch;
      answer.end_offset = end.offset;
    }
  }
  request.answer(response);
}

}  // namespace fluxmq::api_data
