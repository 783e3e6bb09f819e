// CreatePartitions: adds partitions to topics.
#include "fluxmq/protocol/messages/create_partitions.h"

#include <atomic>
#include <deque>
#include <vector>

#include "fluxmq/protocol/errors.h"
#include "fluxmq/replica_assignment.h"
#include "parts_in_time.h"
#include "plugin.h"

namespace fluxmq::api_topics {
namespace {

using namespace protocol;
using AskedTopic = CreatePartitionsRequest::CreatePartitionsTopic;

struct Addition {
  const AskedTopic* asked = nullptr;
  bool is_refused = false;
  CatalogResult outcome;
  std::atomic<bool> is_done{false};

  void refuse(ErrorCode error, const std::string& message) {
    is_refused = true;
    outcome.error = error;
    if (!message.empty()) outcome.error_message = message;
  }
};

// The catalog checks the count; here is what it doesn't get to see.
void check_assignments(const ApiTopics& plugin, Addition& addition) {
  const AskedTopic& asked = *addition.asked;
  if (!asked.assignments) return;
  const auto topic = plugin.catalog.find(asked.name);
  if (!topic || asked.count <= topic.partition_count()) return;
  const auto wanted = static_cast<std::size_t>(asked.count - topic.partition_count());
  if (asked.assignments->size() != wanted) {
    addition.refuse(ErrorCode::INVALID_REPLICA_ASSIGNMENT,
                    concat("Attempted to add ", wanted, " additional partition(s), but only ",
                           asked.assignments->size(), " assignment(s) were specified."));
    return;
  }
  const auto brokers = plugin.catalog.brokers();
  for (const auto& assignment : *asked.assignments) {
    const auto problem = check_replicas(assignment.broker_ids, brokers);
    if (problem.empty()) continue;
    addition.refuse(ErrorCode::INVALID_REPLICA_ASSIGNMENT, problem);
    return;
  }
}

Task add(const ApiTopics& plugin, Addition& addition, std::uint32_t flags, PartsInTime& parts) {
  const AskedTopic& asked = *addition.asked;
  addition.outcome = co_await plugin.catalog.create_partitions(asked.name, asked.count, flags);
  addition.is_done = true;
  parts.done();
}

}  // namespace

Task create_partitions(ApiTopics& plugin, Request request) {
  const auto message = request.decode<CreatePartitionsRequest>();
  CreatePartitionsResponse response;
  if (message.timeout_ms <= 0) {
    for (const auto& topic : message.topics)
      response.results.push_back(
          {topic.name, to_int16(ErrorCode::REQUEST_TIMED_OUT), std::nullopt});
    request.answer(response);
    co_return;
  }

  const std::uint32_t flags = message.validate_only ? FLUXMQ_VALIDATE_ONLY : 0;
  Duplicates<std::string_view> duplicates;
  for (const auto& topic : message.topics) duplicates.see(topic.name);

  std::deque<Addition> additions;
  for (const auto& topic : message.topics) {
    const bool is_duplicate = duplicates.contain(topic.name);
    if (is_duplicate && !duplicates.take(topic.name)) continue;
    auto& addition = additions.emplace_back();
    addition.asked = &topic;
    if (is_duplicate) {
      addition.refuse(ErrorCode::INVALID_REQUEST, "Duplicate topic name.");
    } else if (!plugin.authorizer.allows_topic(request.session(), FLUXMQ_OPERATION_ALTER,
                                               topic.name)) {
      addition.refuse(ErrorCode::TOPIC_AUTHORIZATION_FAILED, "");
    } else {
      check_assignments(plugin, addition);
    }
  }

  PartsInTime parts(plugin.host, additions.size(), message.timeout_ms);
  for (auto& addition : additions) {
    if (!addition.is_refused) {
      add(plugin, addition, flags, parts);
    } else {
      addition.is_done = true;
      parts.done();
    }
  }
  co_await parts.done_or_late();
  for (const auto& addition : additions) {
    const auto& outcome = addition.outcome;
    auto& answer = response.results.emplace_back();
    answer.name = addition.asked->name;
    answer.error_code = to_int16(addition.is_done ? outcome.error : ErrorCode::REQUEST_TIMED_OUT);
    answer.error_message = std::nullopt;
    if (addition.is_done && outcome.error_message) answer.error_message = outcome.error_message;
  }
  request.answer(response);
  co_await parts.all_done();
}

}  // namespace fluxmq::api_topics
