// ListOffsets: finds offsets by timestamp, or by one of the special timestamps.
#include "fluxmq/protocol/messages/list_offsets.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "fluxmq/protocol/errors.h"
#include "plugin.h"

namespace fluxmq::api_data {
namespace {

using namespace protocol;
using AskedPartition = ListOffsetsRequest::ListOffsetsPartition;
using PartitionAnswer = ListOffsetsResponse::ListOffsetsPartitionResponse;

constexpr std::int16_t kFirstVersionWithOffsetNotAvailable = 5;

// The version from which on a client may ask for a special timestamp.
bool is_supported(std::int64_t timestamp, std::int16_t version) {
  switch (timestamp) {
    case FLUXMQ_TIMESTAMP_LATEST:
    case FLUXMQ_TIMESTAMP_EARLIEST:
      return true;
    case FLUXMQ_TIMESTAMP_MAX:
      return version >= 7;
    case FLUXMQ_TIMESTAMP_EARLIEST_LOCAL:
      return version >= 8;
    case FLUXMQ_TIMESTAMP_LATEST_TIERED:
      return version >= 9;
    case FLUXMQ_TIMESTAMP_EARLIEST_PENDING_UPLOAD:
      return version >= 11;
    default:
      return timestamp >= 0;
  }
}

// Partitions that a request names more than once; each of them is answered once, with an error.
// Version 0 answers each time.
class Duplicates {
 public:
  Duplicates(const ListOffsetsRequest& message, std::int16_t version) {
    if (version == 0) return;
    if (message.topics.size() == 1 && message.topics[0].partitions.size() == 1) return;
    std::set<Key> seen;
    for (const auto& topic : message.topics) {
      for (const auto& partition : topic.partitions) {
        const Key key{topic.name, partition.partition_index};
        if (!seen.insert(key).second) twice_.insert(key);
      }
    }
  }
  bool contain(std::string_view topic, std::int32_t partition) const {
    return !twice_.empty() && twice_.contains({topic, partition});
  }
  // Whether it was answered before.
  bool was_taken(std::string_view topic, std::int32_t partition) {
    return contain(topic, partition) && !taken_.insert({topic, partition}).second;
  }

 private:
  using Key = std::pair<std::string_view, std::int32_t>;
  std::set<Key> twice_;
  std::set<Key> taken_;
};

ErrorCode check_topic(const ApiData& plugin, const Request& request, std::string_view name,
                      const Topic& topic) {
  if (!plugin.authorizer.allows_topic(request.session(), FLUXMQ_OPERATION_DESCRIBE, name)) {
    return ErrorCode::TOPIC_AUTHORIZATION_FAILED;
  }
  return topic ? ErrorCode::NONE : ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
}

void fill(PartitionAnswer& answer, const FoundOffset& found, std::int16_t version) {
  answer.error_code = to_int16(found.error);
  if (found.error == ErrorCode::OFFSET_NOT_AVAILABLE &&
      version < kFirstVersionWithOffsetNotAvailable) {
    answer.error_code = to_int16(ErrorCode::LEADER_NOT_AVAILABLE);
  }
  if (found.error != ErrorCode::NONE) return;
  answer.timestamp = found.timestamp_ms;
  answer.offset = found.offset;
  answer.leader_epoch = found.leader_epoch;
}

}  // namespace

Task list_offsets(ApiData& plugin, Request request) {
  const auto message = request.decode<ListOffsetsRequest>();
  const std::int16_t version = request.api_version();
  const std::uint32_t isolation =
      message.isolation_level == 1 ? FLUXMQ_READ_COMMITTED : FLUXMQ_READ_UNCOMMITTED;
  Duplicates duplicates(message, version);
  ListOffsetsResponse response;
  response.topics.reserve(message.topics.size());

  for (const auto& asked_topic : message.topics) {
    auto& topic_answer = response.topics.emplace_back();
    topic_answer.name = asked_topic.name;
    topic_answer.partitions.reserve(asked_topic.partitions.size());
    const Topic topic = plugin.catalog.find(asked_topic.name);
    const ErrorCode topic_error = check_topic(plugin, request, asked_topic.name, topic);
    for (const auto& asked : asked_topic.partitions) {
      if (duplicates.was_taken(asked_topic.name, asked.partition_index)) continue;
      auto& answer = topic_answer.partitions.emplace_back();
      answer.partition_index = asked.partition_index;
      Partition partition;
      ErrorCode error = topic_error;
      if (error == ErrorCode::TOPIC_AUTHORIZATION_FAILED) {
        // Nothing else is said of it.
      } else if (duplicates.contain(asked_topic.name, asked.partition_index)) {
        error = ErrorCode::INVALID_REQUEST;
      } else if (!is_supported(asked.timestamp, version)) {
        error = ErrorCode::UNSUPPORTED_VERSION;
      } else if (error == ErrorCode::NONE) {
        partition = plugin.catalog.partition(topic, asked.partition_index);
        if (!partition) error = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
      }
      answer.error_code = to_int16(error);
      if (error != ErrorCode::NONE) continue;
      if (version == 0) {
        // The beginnings of segments before a time, newest first. Kafka fails at a negative count.
        if (asked.max_num_offsets < 0) {
          answer.error_code = to_int16(ErrorCode::UNKNOWN_SERVER_ERROR);
          continue;
        }
        auto found =
            co_await partition.find_segment_offsets(asked.timestamp, asked.max_num_offsets);
        answer.error_code = to_int16(found.error);
        answer.old_style_offsets = std::move(found.offsets);
        continue;
      }
      const FoundOffset found =
          co_await partition.find_offset(asked.timestamp, isolation, asked.current_leader_epoch);
      fill(answer, found, version);
    }
  }
  request.answer(response);
}

}  // namespace fluxmq::api_data
