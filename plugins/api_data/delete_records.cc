// DeleteRecords: raises the log start offset of partitions.
#include "fluxmq/protocol/messages/delete_records.h"

#include <unordered_map>
#include <vector>

#include "fluxmq/protocol/errors.h"
#include "plugin.h"

namespace fluxmq::api_data {
namespace {

using namespace protocol;

ErrorCode check_topic(const ApiData& plugin, const Request& request, std::string_view name,
                      const Topic& topic) {
  if (!plugin.authorizer.allows_topic(request.session(), FLUXMQ_OPERATION_DELETE, name)) {
    return ErrorCode::TOPIC_AUTHORIZATION_FAILED;
  }
  if (!topic) return ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
  return topic.is_internal() ? ErrorCode::INVALID_TOPIC_EXCEPTION : ErrorCode::NONE;
}

// Of a partition that is named more than once the last offset counts, in the first one's place.
void drop_duplicates(std::vector<DeleteRecordsRequest::DeleteRecordsPartition>& partitions) {
  std::unordered_map<std::int32_t, std::size_t> places;
  std::size_t kept = 0;
  for (const auto& each : partitions) {
    const auto [place, is_new] = places.try_emplace(each.partition_index, kept);
    if (is_new) ++kept;
    partitions[place->second] = each;
  }
  partitions.resize(kept);
}

}  // namespace

Task delete_records(ApiData& plugin, Request request) {
  auto message = request.decode<DeleteRecordsRequest>();
  for (auto& topic : message.topics) drop_duplicates(topic.partitions);
  DeleteRecordsResponse response;
  response.topics.reserve(message.topics.size());

  for (const auto& asked_topic : message.topics) {
    auto& topic_answer = response.topics.emplace_back();
    topic_answer.name = asked_topic.name;
    topic_answer.partitions.reserve(asked_topic.partitions.size());
    const Topic topic = plugin.catalog.find(asked_topic.name);
    const ErrorCode topic_error = check_topic(plugin, request, asked_topic.name, topic);
    for (const auto& asked : asked_topic.partitions) {
      auto& answer = topic_answer.partitions.emplace_back();
      answer.partition_index = asked.partition_index;
      answer.low_watermark = -1;
      answer.error_code = to_int16(topic_error);
      if (topic_error != ErrorCode::NONE) continue;
      const Partition partition = plugin.catalog.partition(topic, asked.partition_index);
      if (!partition) {
        answer.error_code = to_int16(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
        continue;
      }
      const LowWatermark deleted = co_await partition.delete_records(asked.offset);
      answer.error_code = to_int16(deleted.error);
      if (deleted.error == ErrorCode::NONE) answer.low_watermark = deleted.low_watermark;
    }
  }
  request.answer(response);
}

}  // namespace fluxmq::api_data
