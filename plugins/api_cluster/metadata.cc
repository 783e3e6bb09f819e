// Metadata: brokers, topics and who leads their partitions; topics that don't exist may be created.
#include "fluxmq/protocol/messages/metadata.h"

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "fluxmq/protocol/errors.h"
#include "plugin.h"
#include "topic_answer.h"

namespace fluxmq::api_cluster {
namespace {

using namespace protocol;
using TopicAnswer = MetadataResponse::MetadataResponseTopic;

struct UuidHash {
  std::size_t operator()(const Uuid& id) const {
    return std::hash<std::string_view>()(as_text(id.bytes));
  }
};

// How a request says which topics it asks for.
enum class Selection { kAll, kByName, kById };

Selection selection_of(const MetadataRequest& message, std::int16_t version) {
  if (!message.topics || (version == 0 && message.topics->empty())) return Selection::kAll;
  for (const auto& topic : *message.topics) {
    if (!topic.topic_id.is_zero()) return Selection::kById;  // names beside ids are ignored
  }
  return Selection::kByName;
}

// Versions 10 and 11 have the fields for ids, but can't ask by them. Later ones need one of both.
bool is_valid(const MetadataRequest& message, std::int16_t version) {
  if (!message.topics) return true;
  return std::all_of(message.topics->begin(), message.topics->end(), [version](const auto& topic) {
    return version >= 12 ? topic.name || !topic.topic_id.is_zero()
                         : topic.name && topic.topic_id.is_zero();
  });
}

// One request's work; the answer's views point to the topics that it holds.
class MetadataAnswer {
 public:
  MetadataAnswer(const ApiCluster& plugin, const fluxmq_session& session,
                 const MetadataRequest& message)
      : plugin_(plugin), session_(session), message_(message) {}

  MetadataResponse& refuse() {
    response_.error_code = to_int16(ErrorCode::INVALID_REQUEST);
    for (const auto& topic : *message_.topics) {
      add_error(ErrorCode::INVALID_REQUEST, topic.name.value_or("")).topic_id = topic.topic_id;
    }
    return response_;
  }

  void add_all() {
    auto topics = plugin_.catalog.topics();
    response_.topics.reserve(topics.size());
    for (auto& topic : topics) {
      if (may(FLUXMQ_OPERATION_DESCRIBE, topic.name())) add(std::move(topic));
    }
  }

  void add_by_id() {
    std::unordered_set<Uuid, UuidHash> seen;
    for (const auto& [id, name] : *message_.topics) {
      if (id.is_zero() || !seen.insert(id).second) continue;
      auto topic = plugin_.catalog.find(id);
      if (!topic) {
        add_error(ErrorCode::UNKNOWN_TOPIC_ID, std::nullopt).topic_id = id;
      } else if (!may(FLUXMQ_OPERATION_DESCRIBE, topic.name())) {
        add_error(ErrorCode::TOPIC_AUTHORIZATION_FAILED, std::nullopt).topic_id = id;
      } else {
        add(std::move(topic));
      }
    }
  }

  // Adds what there is, and returns the names of what isn't.
  std::vector<std::string_view> add_by_name() {
    std::vector<std::string_view> missing;
    std::unordered_set<std::string_view> seen;
    response_.topics.reserve(message_.topics->size());
    for (const auto& asked : *message_.topics) {
      const auto name = asked.name.value_or("");
      if (message_.topics->size() > 1 && !seen.insert(name).second) continue;
      if (!may(FLUXMQ_OPERATION_DESCRIBE, name)) {
        // Says nothing of whether the topic exists.
        add_error(ErrorCode::TOPIC_AUTHORIZATION_FAILED, name);
      } else if (auto topic = plugin_.catalog.find(name)) {
        add(std::move(topic));
      } else {
        missing.push_back(name);
      }
    }
    return missing;
  }

  bool may_create(std::string_view name) const {
    return plugin_.authorizer.allows_cluster(session_, FLUXMQ_OPERATION_CREATE) ||
           may(FLUXMQ_OPERATION_CREATE, name);
  }

  TopicAnswer& add_error(ErrorCode error, std::optional<std::string_view> name) {
    auto& answer = response_.topics.emplace_back();
    answer.error_code = to_int16(error);
    answer.name = name;
    return answer;
  }
  void add_missing(std::string_view name, ErrorCode error) {
    auto& answer = add_error(error, name);
    answer.is_internal = is_internal_topic(name);
    add_operations(answer);
  }

  void add(Topic topic) {
    auto& answer = response_.topics.emplace_back();
    answer.name = topic.name();
    answer.topic_id = topic.id();
    answer.is_internal = topic.is_internal();
    answer.partitions.resize(static_cast<std::size_t>(topic.partition_count()));
    for (std::int32_t i = 0; i < topic.partition_count(); ++i) {
      describe_partition(answer.partitions[static_cast<std::size_t>(i)], plugin_.catalog, topic, i);
    }
    add_operations(answer);
    topics_.push_back(std::move(topic));
  }

  MetadataResponse& finish() {
    if (message_.include_cluster_authorized_operations) {
      response_.cluster_authorized_operations =
          plugin_.authorizer.allows_cluster(session_, FLUXMQ_OPERATION_DESCRIBE)
              ? plugin_.authorizer.authorized_operations(session_, FLUXMQ_ACL_RESOURCE_CLUSTER,
                                                         "kafka-cluster")
              : 0;
    }
    response_.cluster_id = plugin_.catalog.cluster_id();
    response_.controller_id = plugin_.catalog.controller_id();
    const auto listener = plugin_.listener_of(session_);
    for (const auto& known : plugin_.catalog.brokers()) {
      auto& broker = response_.brokers.emplace_back();
      broker.node_id = known.broker_id;
      set_endpoint(broker, known, listener);
    }
    return response_;
  }

 private:
  bool may(std::uint32_t operation, std::string_view name) const {
    return plugin_.authorizer.allows_topic(session_, operation, name);
  }

  // Of a topic that may be seen, there or not.
  void add_operations(TopicAnswer& answer) const {
    if (!message_.include_topic_authorized_operations) return;
    answer.topic_authorized_operations =
        plugin_.authorizer.authorized_operations(session_, FLUXMQ_ACL_RESOURCE_TOPIC, *answer.name);
  }

  const ApiCluster& plugin_;
  const fluxmq_session& session_;
  const MetadataRequest& message_;
  std::vector<Topic> topics_;
  MetadataResponse response_;
};

}  // namespace

Task metadata(ApiCluster& plugin, Request request) {
  const auto message = request.decode<MetadataRequest>();
  const auto selection = selection_of(message, request.api_version());
  MetadataAnswer answer(plugin, request.session(), message);
  std::vector<std::string_view> missing;

  if (!is_valid(message, request.api_version())) {
    request.answer(answer.refuse());
    co_return;
  }
  if (selection == Selection::kAll) {
    answer.add_all();
  } else if (selection == Selection::kById) {
    answer.add_by_id();
  } else {
    missing = answer.add_by_name();
  }

  const bool create = plugin.auto_create_topics && message.allow_auto_topic_creation;
  for (const auto name : missing) {
    // Internal topics are their coordinators' to create, with the configs that they need.
    const auto error = error_of_missing(name);
    if (!create || error == ErrorCode::INVALID_TOPIC_EXCEPTION || is_internal_topic(name)) {
      answer.add_missing(name, error);
      continue;
    }
    if (!answer.may_create(name)) {
      answer.add_error(ErrorCode::TOPIC_AUTHORIZATION_FAILED, name);
      continue;
    }
    fluxmq_new_topic topic{};
    topic.size = sizeof(topic);
    topic.name = to_abi(name);
    topic.partition_count = -1;
    topic.replication_factor = -1;
    const auto created = co_await plugin.catalog.create_topic(topic);
    auto held = plugin.catalog.hold(created);
    if (!held) held = plugin.catalog.find(name);  // somebody else was faster
    if (held) {
      answer.add(std::move(held));
    } else {
      answer.add_missing(name, created.error);
    }
  }
  request.answer(answer.finish());
}

}  // namespace fluxmq::api_cluster
