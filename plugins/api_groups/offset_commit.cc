// OffsetCommit: stores how far a group has consumed; answered when that is durable.
#include "fluxmq/protocol/messages/offset_commit.h"

#include "topic_partitions.h"

namespace fluxmq::api_groups {

namespace {

using protocol::OffsetCommitRequest;
using protocol::OffsetCommitResponse;

constexpr std::int16_t kFirstVersionWithGroupIdNotFound = 9;
constexpr std::int16_t kFirstVersionWithTopicIds = 10;

using Answers = TopicAnswers<OffsetCommitResponse::OffsetCommitResponseTopic>;

// A commit with the place of each of its offsets in the request.
struct Commit {
  CommitCommand command;
  std::vector<const OffsetCommitRequest::OffsetCommitRequestTopic*> asked_in;
  std::vector<Topic> topics;  // hold the names
};

ErrorCode check_topic(ApiGroups& plugin, const Request& request, const Topic& topic,
                      std::string_view name) {
  const bool has_ids = request.api_version() >= kFirstVersionWithTopicIds;
  if (has_ids && !topic) return ErrorCode::UNKNOWN_TOPIC_ID;
  if (!plugin.authorizer.allows_topic(request.session(), FLUXMQ_OPERATION_READ,
                                      has_ids ? topic.name() : name)) {
    return ErrorCode::TOPIC_AUTHORIZATION_FAILED;
  }
  return topic ? ErrorCode::NONE : ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
}

void add_topic(ApiGroups& plugin, const Request& request,
               const OffsetCommitRequest::OffsetCommitRequestTopic& asked, Commit& commit,
               Answers& answers) {
  Topic topic = find_topic(plugin, asked.name, asked.topic_id);
  const ErrorCode error = check_topic(plugin, request, topic, asked.name);
  for (const auto& partition : asked.partitions) {
    const auto index = partition.partition_index;
    if (error != ErrorCode::NONE) {
      answers.add(asked, index, error);
    } else if (index < 0 || index >= topic.partition_count()) {
      answers.add(asked, index, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    } else {
      commit.command.offsets.push_back({topic.name(), topic.id(), index, partition.committed_offset,
                                        partition.committed_leader_epoch,
                                        partition.committed_metadata.value_or(""),
                                        partition.commit_timestamp});
      commit.asked_in.push_back(&asked);
    }
  }
  if (topic) commit.topics.push_back(std::move(topic));
}

Commit commit_of(ApiGroups& plugin, const Request& request, const OffsetCommitRequest& message,
                 Answers& answers) {
  Commit commit;
  commit.command.group_id = message.group_id;
  commit.command.member_id = message.member_id;
  commit.command.group_instance_id = message.group_instance_id;
  commit.command.generation_id = message.generation_id_or_member_epoch;
  commit.command.retention_time_ms = message.retention_time_ms;
  commit.command.knows_group_id_not_found =
      request.api_version() >= kFirstVersionWithGroupIdNotFound;
  std::size_t count = 0;
  for (const auto& topic : message.topics) count += topic.partitions.size();
  check_count(count);
  for (const auto& topic : message.topics) add_topic(plugin, request, topic, commit, answers);
  return commit;
}

}  // namespace

Task offset_commit(ApiGroups& plugin, Request request) {
  const auto message = request.decode<OffsetCommitRequest>();
  OffsetCommitResponse response;
  Answers answers(response.topics);
  if (!plugin.may(request, FLUXMQ_OPERATION_READ, message.group_id)) {
    for (const auto& topic : message.topics) {
      for (const auto& partition : topic.partitions) {
        answers.add(topic, partition.partition_index, ErrorCode::GROUP_AUTHORIZATION_FAILED);
      }
    }
    request.answer(response);
    co_return;
  }
  const Commit commit = commit_of(plugin, request, message, answers);
  CoordinatorShard* const shard = plugin.coordinator.shard_of(message.group_id);
  ErrorList result;
  if (shard == nullptr) {
    result.error = ErrorCode::NOT_COORDINATOR;
  } else if (!commit.command.offsets.empty()) {
    result = co_await wait<ErrorList>(
        [&](Waiter<ErrorList>* waiter) { shard->commit(commit.command, waiter); });
  }
  for (std::size_t i = 0; i < commit.command.offsets.size(); ++i) {
    answers.add(*commit.asked_in[i], commit.command.offsets[i].partition, result.of(i));
  }
  request.answer(response);
}

}  // namespace fluxmq::api_groups
