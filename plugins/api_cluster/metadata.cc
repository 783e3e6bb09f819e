// Metadata: brokers, topics and who leads their partitions; topics that don't exist may be created.
#include "fluxmq/protocol/messages/metadata.h"

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "fluxmq/protocol/errors.h"
#include "plugin.h"

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
  MetadataAnswer(const ApiCluster& plugin, const fluxmq_session& session)
      : plugin_(plugin), session_(session), broker_id_(plugin.catalog.broker_id()) {}

  MetadataResponse& refuse(const MetadataRequest& message) {
    for (const auto& topic : *message.topics) {
      add_error(ErrorCode::INVALID_REQUEST, topic.name.value_or("")).topic_id = topic.topic_id;
    }
    return response_;
  }

  void add_all() {
    std::vector<Uuid> ids;  // visited topics are only borrowed
    plugin_.catalog.visit_topics(
        [&ids](const fluxmq_topic& topic) { ids.push_back(from_abi(topic.id)); });
    response_.topics.reserve(ids.size());
    for (const auto& id : ids) {
      auto topic = plugin_.catalog.find(id);
      if (topic && may(FLUXMQ_OPERATION_DESCRIBE, topic.name())) add(std::move(topic));
    }
  }

  void add_by_id(const MetadataRequest& message) {
    std::unordered_set<Uuid, UuidHash> seen;
    for (const auto& [id, name] : *message.topics) {
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
  std::vector<std::string_view> add_by_name(const MetadataRequest& message) {
    std::vector<std::string_view> missing;
    std::unordered_set<std::string_view> seen;
    response_.topics.reserve(message.topics->size());
    for (const auto& asked : *message.topics) {
      const auto name = asked.name.value_or("");
      if (message.topics->size() > 1 && !seen.insert(name).second) continue;
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
    answer.is_internal = name == "__consumer_offsets" || name == "__transaction_state";
    return answer;
  }

  void add(Topic topic) {
    auto& answer = response_.topics.emplace_back();
    answer.name = topic.name();
    answer.topic_id = topic.id();
    answer.is_internal = topic.is_internal();
    answer.partitions.resize(static_cast<std::size_t>(topic.partition_count()));
    for (std::int32_t i = 0; i < topic.partition_count(); ++i) {
      describe(answer.partitions[static_cast<std::size_t>(i)], topic, i);
    }
    topics_.push_back(std::move(topic));
  }

  void add_authorized_operations() {
    for (auto& topic : response_.topics) {
      topic.topic_authorized_operations = plugin_.authorizer.authorized_operations(
          session_, FLUXMQ_ACL_RESOURCE_TOPIC, topic.name.value_or(""));
    }
  }

  MetadataResponse& finish(const MetadataRequest& message) {
    if (message.include_topic_authorized_operations) add_authorized_operations();
    if (message.include_cluster_authorized_operations) {
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

  void describe(MetadataResponse::MetadataResponsePartition& answer, const Topic& topic,
                std::int32_t index) const {
    answer.partition_index = index;
    answer.leader_id = -1;
    if (const auto partition = plugin_.catalog.partition(topic, index)) {
      const auto state = partition.state();
      answer.leader_id = state.leader_id;
      answer.leader_epoch = state.leader_epoch;
    }
    if (answer.leader_id < 0) answer.error_code = to_int16(ErrorCode::LEADER_NOT_AVAILABLE);
    answer.replica_nodes.assign(1, broker_id_);
    answer.isr_nodes.assign(1, broker_id_);
  }

  const ApiCluster& plugin_;
  const fluxmq_session& session_;
  const std::int32_t broker_id_;
  std::vector<Topic> topics_;
  MetadataResponse response_;
};

}  // namespace

Task metadata(ApiCluster& plugin, Request request) {
  const auto message = request.decode<MetadataRequest>();
  const auto selection = selection_of(message, request.api_version());
  MetadataAnswer answer(plugin, request.session());
  std::vector<std::string_view> missing;

  if (!is_valid(message, request.api_version())) {
    request.answer(answer.refuse(message));
    co_return;
  }
  if (selection == Selection::kAll) {
    answer.add_all();
  } else if (selection == Selection::kById) {
    answer.add_by_id(message);
  } else {
    missing = answer.add_by_name(message);
  }

  const bool create = plugin.auto_create_topics && message.allow_auto_topic_creation;
  for (const auto name : missing) {
    fluxmq_new_topic topic{};
    topic.size = sizeof(topic);
    topic.name = to_abi(name);
    topic.partition_count = -1;
    topic.replication_factor = -1;
    if (create && !answer.may_create(name)) {
      answer.add_error(ErrorCode::TOPIC_AUTHORIZATION_FAILED, name);
      continue;
    }
    // Where creation isn't wanted, validation alone tells a name that can't be from one that isn't.
    if (!create) topic.flags = FLUXMQ_VALIDATE_ONLY;
    const auto created = co_await plugin.catalog.create_topic(topic);
    auto held = plugin.catalog.hold(created);  // of a validation as well: released here
    if (!create || !held) held = plugin.catalog.find(name);  // somebody else was faster
    if (held) {
      answer.add(std::move(held));
    } else if (create || created.error == ErrorCode::INVALID_TOPIC_EXCEPTION) {
      answer.add_error(created.error, name);
    } else {
      answer.add_error(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, name);
    }
  }
  request.answer(answer.finish(message));
}

}  // namespace fluxmq::api_cluster
