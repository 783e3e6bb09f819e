// Produce: appends one record batch, of old a message set, to each partition that a request names,
// all of them at once.
#include "fluxmq/protocol/messages/produce.h"

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "fluxmq/protocol/errors.h"
#include "fluxmq/protocol/record_batch.h"
#include "plugin.h"

namespace fluxmq::api_data {
namespace {

using namespace protocol;
using PartitionData = ProduceRequest::PartitionProduceData;
using PartitionAnswer = ProduceResponse::PartitionProduceResponse;

constexpr std::string_view kAdminClientId = "__admin_client";
constexpr std::int16_t kFirstVersionWithBatches = 3;
constexpr std::int16_t kFirstVersionWithZstd = 7;
constexpr std::int16_t kFirstVersionWithTopicIds = 13;

// One partition's append. It stays where it is until it is done.
struct Append {
  Latch* latch = nullptr;
  Partition partition;  // none if it was refused
  MutableBytes records;
  AppendResult result;
  bool is_superseded = false;  // named again later in the request: neither appended nor answered

  static void done(void* context, const fluxmq_append_result* result) {
    auto& append = *static_cast<Append*>(context);
    append.result = AppendResult(result);
    append.latch->count_down();
  }
};

std::size_t partition_count(const ProduceRequest& message) {
  std::size_t count = 0;
  for (const auto& topic : message.topic_data) count += topic.partition_data.size();
  return count;
}

bool is_transactional(const Records& records) {
  if (records.bytes.size() < kRecordBatchHeaderBytes) return false;
  const RecordBatch batch(records.bytes);
  return batch.has_header() && batch.is_transactional();
}

bool has_transactional_records(const ProduceRequest& message) {
  return std::any_of(message.topic_data.begin(), message.topic_data.end(), [](const auto& topic) {
    return std::any_of(topic.partition_data.begin(), topic.partition_data.end(),
                       [](const auto& data) { return is_transactional(data.records); });
  });
}

// What is wrong with the request as a whole: the error of all its partitions.
ErrorCode check(const ApiData& plugin, const Request& request, const ProduceRequest& message) {
  if (has_transactional_records(message)) {
    if (!message.transactional_id ||
        !plugin.authorizer.allows(request.session(), FLUXMQ_OPERATION_WRITE,
                                  FLUXMQ_ACL_RESOURCE_TRANSACTIONAL_ID,
                                  *message.transactional_id)) {
      return ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
    }
    // Nobody can have begun a transaction: InitProducerId refuses transactional ids.
    return ErrorCode::INVALID_TXN_STATE;
  }
  return message.acks < -1 || message.acks > 1 ? ErrorCode::INVALID_REQUIRED_ACKS : ErrorCode::NONE;
}

// The error of all partitions of a topic, or the topic.
ErrorCode find_topic(const ApiData& plugin, const Request& request,
                     const ProduceRequest::TopicProduceData& asked, Topic& topic) {
  const bool by_id = request.api_version() >= kFirstVersionWithTopicIds;
  topic = by_id ? plugin.catalog.find(asked.topic_id) : plugin.catalog.find(asked.name);
  if (by_id && !topic) return ErrorCode::UNKNOWN_TOPIC_ID;
  const auto name = by_id ? topic.name() : asked.name;
  if (!plugin.authorizer.allows_topic(request.session(), FLUXMQ_OPERATION_WRITE, name)) {
    return ErrorCode::TOPIC_AUTHORIZATION_FAILED;
  }
  if (!topic) return ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
  // What coordinators keep there is theirs; Kafka lets one client id in.
  const bool may_write = !topic.is_internal() || request.client_id() == kAdminClientId;
  return may_write ? ErrorCode::NONE : ErrorCode::INVALID_TOPIC_EXCEPTION;
}

// What a client of a version may send.
std::uint32_t append_flags(std::int16_t version) {
  if (version >= kFirstVersionWithZstd) return 0;
  return version >= kFirstVersionWithBatches
             ? FLUXMQ_APPEND_WITHOUT_ZSTD
             : FLUXMQ_APPEND_WITHOUT_ZSTD | FLUXMQ_APPEND_OLD_FORMATS;
}

Append prepare(const ApiData& plugin, ErrorCode error, const Topic& topic,
               const PartitionData& data) {
  Append append;
  append.records = data.records.bytes;
  append.result.error = error;
  if (error != ErrorCode::NONE) return append;
  const auto partition = plugin.catalog.partition(topic, data.index);
  if (!partition) {
    append.result.error = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
  } else if (data.records.is_null) {
    append.result.error = ErrorCode::INVALID_RECORD;
  } else {
    append.partition = partition;
  }
  return append;
}

// Of a partition that is named more than once, Kafka takes the last.
void supersede_duplicates(std::vector<Append>& appends) {
  std::unordered_set<const void*> seen;
  for (auto append = appends.rbegin(); append != appends.rend(); ++append) {
    if (!append->partition || seen.insert(append->partition.handle()).second) continue;
    append->is_superseded = true;
    append->partition = {};
  }
}

void fill(PartitionAnswer& answer, std::int32_t index, const Append& append) {
  const AppendResult& result = append.result;
  answer.index = index;
  answer.error_code = to_int16(result.error);
  answer.base_offset = result.base_offset;
  answer.log_append_time_ms = result.log_append_time_ms;
  answer.log_start_offset = result.log_start_offset;
  if (result.error == ErrorCode::NONE) [[likely]]
    return;
  if (result.error_message) answer.error_message = *result.error_message;
  for (const auto& failed : result.record_errors) {
    answer.record_errors.push_back({failed.batch_index, failed.message});
  }
  if (result.error == ErrorCode::NOT_LEADER_OR_FOLLOWER && append.partition) {
    const auto state = append.partition.state();
    answer.current_leader = {state.leader_id, state.leader_epoch};
  }
}

ProduceResponse make_response(const ProduceRequest& message, const std::vector<Append>& appends) {
  ProduceResponse response;
  auto append = appends.begin();
  response.responses.reserve(message.topic_data.size());
  for (const auto& topic : message.topic_data) {
    if (topic.partition_data.empty()) continue;
    auto& answer = response.responses.emplace_back();
    answer.name = topic.name;
    answer.topic_id = topic.topic_id;
    answer.partition_responses.reserve(topic.partition_data.size());
    for (const auto& data : topic.partition_data) {
      if (!append->is_superseded) {
        fill(answer.partition_responses.emplace_back(), data.index, *append);
      }
      ++append;
    }
  }
  return response;
}

}  // namespace

Task produce(ApiData& plugin, Request request) {
  const auto message = request.decode<ProduceRequest>();
  const AppendOptions options{message.acks, append_flags(request.api_version())};
  const ErrorCode refusal = check(plugin, request, message);

  std::vector<Append> appends;
  appends.reserve(partition_count(message));
  std::vector<Topic> topics(message.topic_data.size());
  auto held = topics.begin();
  for (const auto& topic : message.topic_data) {
    const auto error =
        refusal != ErrorCode::NONE ? refusal : find_topic(plugin, request, topic, *held);
    for (const auto& data : topic.partition_data) {
      appends.push_back(prepare(plugin, error, *held, data));
    }
    ++held;
  }
  if (appends.size() > 1) supersede_duplicates(appends);

  Latch latch(static_cast<std::int64_t>(appends.size()));
  for (auto& append : appends) {
    append.latch = &latch;
    if (append.partition) {
      append.partition.append(append.records, options, &Append::done, &append);
    } else {
      latch.count_down();
    }
  }
  co_await latch;

  if (message.acks != 0) {
    request.answer(make_response(message, appends));
  } else if (std::all_of(appends.begin(), appends.end(),
                         [](const Append& each) { return each.result.error == ErrorCode::NONE; })) {
    request.answer_nothing();
  } else {
    request.close();  // the only way to tell a producer that expects no answer
  }
}

}  // namespace fluxmq::api_data
