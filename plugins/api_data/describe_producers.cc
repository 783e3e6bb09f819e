// DescribeProducers: the idempotent and transactional producers that a partition remembers.
#include "fluxmq/protocol/messages/describe_producers.h"

#include "fluxmq/protocol/errors.h"
#include "fluxmq/topic_name.h"
#include "plugin.h"

namespace fluxmq::api_data {
namespace {

using namespace protocol;
using PartitionAnswer = DescribeProducersResponse::PartitionResponse;

ErrorCode check_topic(const ApiData& plugin, const Request& request, std::string_view name,
                      const Topic& topic) {
  if (!plugin.authorizer.allows_topic(request.session(), FLUXMQ_OPERATION_READ, name))
    return ErrorCode::TOPIC_AUTHORIZATION_FAILED;
  if (!check_topic_name(name).empty()) return ErrorCode::INVALID_TOPIC_EXCEPTION;
  return topic ? ErrorCode::NONE : ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
}

void refuse(PartitionAnswer& answer, ErrorCode error) {
  answer.error_code = to_int16(error);
  answer.error_message = error_message(error);
}

void fill(PartitionAnswer& answer, const std::vector<fluxmq_producer_state>& producers) {
  answer.active_producers.reserve(producers.size());
  for (const auto& state : producers) {
    answer.active_producers.push_back({state.producer_id, state.producer_epoch, state.last_sequence,
                                       state.last_timestamp_ms, state.coordinator_epoch,
                                       state.current_transaction_first_offset});
  }
}

}  // namespace

Task describe_producers(ApiData& plugin, Request request) {
  const auto message = request.decode<DescribeProducersRequest>();
  DescribeProducersResponse response;
  response.topics.reserve(message.topics.size());

  for (const auto& asked : message.topics) {
    auto& topic_answer = response.topics.emplace_back();
    topic_answer.name = asked.name;
    topic_answer.partitions.reserve(asked.partition_indexes.size());
    const Topic topic = plugin.catalog.find(asked.name);
    const ErrorCode topic_error = check_topic(plugin, request, asked.name, topic);
    for (const auto index : asked.partition_indexes) {
      auto& answer = topic_answer.partitions.emplace_back();
      answer.partition_index = index;
      Partition partition;
      if (topic_error == ErrorCode::NONE) partition = plugin.catalog.partition(topic, index);
      if (topic_error != ErrorCode::NONE) {
        refuse(answer, topic_error);
        continue;
      }
      if (!partition) {
        answer.error_code = to_int16(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);  // without a word
        continue;
      }
      const auto described = co_await partition.describe_producers();
      if (described.error != ErrorCode::NONE) {
        refuse(answer, described.error);
      } else {
        fill(answer, described.producers);
      }
    }
  }
  request.answer(response);
}

}  // namespace fluxmq::api_data
