// OffsetDelete: deletes committed offsets of topics that a group doesn't consume.
#include "fluxmq/protocol/messages/offset_delete.h"

#include "topic_partitions.h"

namespace fluxmq::api_groups {

namespace {

using protocol::OffsetDeleteRequest;
using protocol::OffsetDeleteResponse;

using Answers = TopicAnswers<OffsetDeleteResponse::OffsetDeleteResponseTopic>;

struct Deletion {
  DeleteOffsetsCommand command;
  std::vector<const OffsetDeleteRequest::OffsetDeleteRequestTopic*> asked_in;
};

void add_topic(ApiGroups& plugin, const Request& request,
               const OffsetDeleteRequest::OffsetDeleteRequestTopic& asked, Deletion& deletion,
               Answers& answers) {
  const Topic topic = plugin.catalog.find(asked.name);
  const bool is_allowed =
      plugin.authorizer.allows_topic(request.session(), FLUXMQ_OPERATION_READ, asked.name);
  for (const auto& partition : asked.partitions) {
    const auto index = partition.partition_index;
    if (!is_allowed) {
      answers.add(asked, index, ErrorCode::TOPIC_AUTHORIZATION_FAILED);
    } else if (!topic || index < 0 || index >= topic.partition_count()) {
      answers.add(asked, index, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    } else {
      deletion.command.partitions.push_back({asked.name, index});
      deletion.asked_in.push_back(&asked);
    }
  }
}

}  // namespace

Task offset_delete(ApiGroups& plugin, Request request) {
  const auto message = request.decode<OffsetDeleteRequest>();
  OffsetDeleteResponse response;
  Answers answers(response.topics);
  Deletion deletion;
  deletion.command.group_id = message.group_id;
  CoordinatorShard* const shard = plugin.coordinator.shard_of(message.group_id);
  ErrorList result;
  if (!plugin.may(request, FLUXMQ_OPERATION_DELETE, message.group_id)) {
    result.error = ErrorCode::GROUP_AUTHORIZATION_FAILED;
  } else if (message.group_id.empty()) {
    result.error = ErrorCode::INVALID_GROUP_ID;
  } else if (shard == nullptr) {
    result.error = ErrorCode::NOT_COORDINATOR;
  } else {
    for (const auto& topic : message.topics) add_topic(plugin, request, topic, deletion, answers);
    result = co_await wait<ErrorList>(
        [&](Waiter<ErrorList>* waiter) { shard->delete_offsets(deletion.command, waiter); });
  }
  // An error of the group is all that is told.
  response.error_code = code(result.error);
  if (result.error != ErrorCode::NONE) response.topics.clear();
  for (std::size_t i = 0; i < result.each.size() && result.error == ErrorCode::NONE; ++i) {
    answers.add(*deletion.asked_in[i], deletion.command.partitions[i].partition, result.each[i]);
  }
  request.answer(response);
}

}  // namespace fluxmq::api_groups
