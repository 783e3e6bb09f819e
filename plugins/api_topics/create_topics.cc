// CreateTopics: creates all topics of a request at once, so that they share the store's syncs.
#include "fluxmq/protocol/messages/create_topics.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "fluxmq/protocol/errors.h"
#include "parts_in_time.h"
#include "plugin.h"

namespace fluxmq::api_topics {
namespace {

using namespace protocol;
using TopicAnswer = CreateTopicsResponse::CreatableTopicResult;

constexpr std::int16_t kFirstVersionWithConfigs = 5;

struct Config {
  std::optional<std::string> value;
  bool is_read_only = false;
  std::int8_t source = 0;
  bool is_sensitive = false;
};

// One topic on its way; it stays where it is until it is created.
struct Creation {
  std::string_view name;
  std::vector<std::int32_t> assigned_partitions;
  std::vector<std::int32_t> assignment_starts;
  std::vector<std::int32_t> assigned_brokers;
  std::vector<fluxmq_config_entry> configs;
  fluxmq_new_topic asked{};

  CatalogResult outcome;
  Topic topic;
  bool may_describe_configs = false;
  std::map<std::string, Config> described;  // by name, as Kafka lists them
  std::atomic<bool> is_done{false};
};

void prepare(Creation& creation, const CreateTopicsRequest::CreatableTopic& topic,
             bool validate_only) {
  creation.name = topic.name;
  creation.assignment_starts.push_back(0);
  for (const auto& [partition, brokers] : topic.assignments) {
    creation.assigned_partitions.push_back(partition);
    creation.assigned_brokers.insert(creation.assigned_brokers.end(), brokers.begin(),
                                     brokers.end());
    creation.assignment_starts.push_back(
        static_cast<std::int32_t>(creation.assigned_brokers.size()));
  }
  for (const auto& [name, value] : topic.configs) {
    creation.configs.push_back({to_abi(name), to_abi(value)});
  }
  auto& asked = creation.asked;
  asked.size = sizeof(asked);
  asked.flags = validate_only ? FLUXMQ_VALIDATE_ONLY : 0;
  asked.name = to_abi(topic.name);
  asked.partition_count = topic.num_partitions;
  asked.replication_factor = topic.replication_factor;
  asked.assigned_partitions = creation.assigned_partitions.data();
  asked.assignment_starts = creation.assignment_starts.data();
  asked.assigned_brokers = creation.assigned_brokers.data();
  asked.assignment_count = creation.assigned_partitions.size();
  asked.configs = creation.configs.data();
  asked.config_count = creation.configs.size();
}

void describe_configs(const ApiTopics& plugin, Creation& creation) {
  plugin.catalog.describe_new_topic(
      creation.asked, [&creation](const fluxmq_config_description& config) {
        auto& described = creation.described[std::string(view(config.name))];
        if (config.value.data != nullptr) described.value = view(config.value);
        described.is_read_only = config.is_read_only != 0;
        described.source = static_cast<std::int8_t>(config.source);
        described.is_sensitive = config.is_sensitive != 0;
      });
  // Kafka tells those of the request as they were written.
  for (const auto& [name, value] : creation.configs) {
    const auto described = creation.described.find(std::string(view(name)));
    if (described != creation.described.end()) described->second.value = view(value);
  }
}

Task create(const ApiTopics& plugin, Creation& creation, bool tells_configs, PartsInTime& parts) {
  const auto created = co_await plugin.catalog.create_topic(creation.asked);
  creation.outcome = created;
  creation.topic = plugin.catalog.hold(created);
  const bool describes = tells_configs && creation.may_describe_configs;
  if (created.error == ErrorCode::NONE && describes) describe_configs(plugin, creation);
  creation.is_done = true;
  parts.done();
}

TopicAnswer answer_of(const Creation& creation) {
  TopicAnswer answer;
  answer.name = creation.name;
  if (!creation.is_done) {
    answer.error_code = to_int16(ErrorCode::REQUEST_TIMED_OUT);
    return answer;
  }
  answer.error_code = to_int16(creation.outcome.error);
  answer.error_message = creation.outcome.error_message;
  if (creation.outcome.error != ErrorCode::NONE) return answer;
  if (creation.topic) answer.topic_id = creation.topic.id();
  if (!creation.may_describe_configs) {
    // Whoever may not see configs isn't told the defaults that were used either.
    answer.topic_config_error_code = to_int16(ErrorCode::TOPIC_AUTHORIZATION_FAILED);
    return answer;
  }
  if (creation.topic) {
    answer.num_partitions = creation.topic.partition_count();
    answer.replication_factor = static_cast<std::int16_t>(creation.topic.replication_factor());
  }
  for (const auto& [name, config] : creation.described) {
    answer.configs->push_back(
        {name, config.value, config.is_read_only, config.source, config.is_sensitive});
  }
  return answer;
}

TopicAnswer refusal(std::string_view name, ErrorCode error,
                    std::optional<std::string_view> message) {
  TopicAnswer answer;
  answer.name = name;
  answer.error_code = to_int16(error);
  answer.error_message = message;
  return answer;
}

bool may_create(const ApiTopics& plugin, const fluxmq_session& session, std::string_view name) {
  return plugin.authorizer.allows_cluster(session, FLUXMQ_OPERATION_CREATE) ||
         plugin.authorizer.allows_topic(session, FLUXMQ_OPERATION_CREATE, name);
}

}  // namespace

Task create_topics(ApiTopics& plugin, Request request) {
  const auto message = request.decode<CreateTopicsRequest>();
  CreateTopicsResponse response;
  if (message.timeout_ms <= 0) {
    for (const auto& topic : message.topics)
      response.topics.push_back(refusal(topic.name, ErrorCode::REQUEST_TIMED_OUT, std::nullopt));
    request.answer(response);
    co_return;
  }

  Duplicates<std::string_view> duplicates;
  for (const auto& topic : message.topics) duplicates.see(topic.name);
  std::deque<Creation> creations;
  std::vector<TopicAnswer> refusals;
  for (const auto& topic : message.topics) {
    if (duplicates.contain(topic.name)) {
      if (!duplicates.take(topic.name)) continue;
      refusals.push_back(refusal(topic.name, ErrorCode::INVALID_REQUEST, "Duplicate topic name."));
    } else if (!may_create(plugin, request.session(), topic.name)) {
      refusals.push_back(
          refusal(topic.name, ErrorCode::TOPIC_AUTHORIZATION_FAILED, "Authorization failed."));
    } else {
      auto& creation = creations.emplace_back();
      prepare(creation, topic, message.validate_only);
      creation.may_describe_configs = plugin.authorizer.allows_topic(
          request.session(), FLUXMQ_OPERATION_DESCRIBE_CONFIGS, topic.name);
    }
  }

  const bool tells_configs = request.api_version() >= kFirstVersionWithConfigs;
  PartsInTime parts(plugin.host, creations.size(), message.timeout_ms);
  for (auto& creation : creations) create(plugin, creation, tells_configs, parts);
  co_await parts.done_or_late();
  for (const auto& creation : creations) response.topics.push_back(answer_of(creation));
  response.topics.insert(response.topics.end(), refusals.begin(), refusals.end());
  request.answer(response);
  co_await parts.all_done();
}

}  // namespace fluxmq::api_topics
