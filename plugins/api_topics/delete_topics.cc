// DeleteTopics: by name or, from version 6 on, by id. What a client may not see is answered as if
// it weren't there.
#include "fluxmq/protocol/messages/delete_topics.h"

#include <atomic>
#include <deque>
#include <set>
#include <vector>

#include "fluxmq/protocol/errors.h"
#include "parts_in_time.h"
#include "plugin.h"

namespace fluxmq::api_topics {
namespace {

using namespace protocol;
using TopicAnswer = DeleteTopicsResponse::DeletableTopicResult;
using TopicState = DeleteTopicsRequest::DeleteTopicState;

// What became of one topic of the request.
struct Deletion {
  std::optional<std::string_view> name;
  Uuid id;
  Topic topic;  // held, for its name; none if the deletion was refused
  CatalogResult outcome;
  std::atomic<bool> is_done{false};

  void refuse(ErrorCode error, std::string_view message) {
    outcome.error = error;
    outcome.error_message = message;
  }
};

// The topics of the request, however its version names them.
std::vector<TopicState> topics_of(const DeleteTopicsRequest& message) {
  std::vector<TopicState> topics = message.topics;
  for (const auto name : message.topic_names) topics.push_back({name, Uuid{}});
  return topics;
}

// Decides what is to be deleted; refuses the rest.
class DeletionPlan {
 public:
  DeletionPlan(const ApiTopics& plugin, const fluxmq_session& session)
      : plugin_(plugin), session_(session) {}

  std::deque<Deletion> make(const std::vector<TopicState>& topics) {
    for (const auto& topic : topics) {
      if (topic.name && topic.topic_id.is_zero()) names_.see(*topic.name);
      if (!topic.name && !topic.topic_id.is_zero()) ids_.see(topic.topic_id);
    }
    // Names first: one that means the topic of an id refuses both, so that nobody learns which id
    // a topic has whom it isn't told.
    for (const auto& topic : topics) {
      if (topic.name) add(topic);
    }
    for (const auto& topic : topics) {
      if (!topic.name) add(topic);
    }
    return std::move(deletions_);
  }

 private:
  void add(const TopicState& topic) {
    const bool has_id = !topic.topic_id.is_zero();
    if (topic.name && has_id) {
      put(topic).refuse(ErrorCode::INVALID_REQUEST,
                        "You may not specify both topic name and topic id.");
    } else if (!topic.name && !has_id) {
      put(topic).refuse(ErrorCode::INVALID_REQUEST, "Neither topic name nor id were specified.");
    } else if (topic.name && names_.contain(*topic.name)) {
      if (names_.take(*topic.name)) {
        put(topic).refuse(ErrorCode::INVALID_REQUEST, "Duplicate topic name.");
      }
    } else if (has_id && ids_.contain(topic.topic_id)) {
      if (ids_.take(topic.topic_id)) {
        put(topic).refuse(ErrorCode::INVALID_REQUEST, "Duplicate topic id.");
      }
    } else if (has_id && named_.contains(topic.topic_id)) {
      // Answered with its name.
    } else if (has_id) {
      add_id(topic);
    } else {
      add_name(topic);
    }
  }

  void add_id(const TopicState& asked) {
    auto topic = plugin_.catalog.find(asked.topic_id);
    auto& deletion = put(asked);
    if (!topic) {
      deletion.refuse(ErrorCode::UNKNOWN_TOPIC_ID, "This server does not host this topic ID.");
      return;
    }
    deletion.topic = std::move(topic);
    const auto name = deletion.topic.name();
    if (may(FLUXMQ_OPERATION_DESCRIBE, name)) deletion.name = name;
    if (!may(FLUXMQ_OPERATION_DELETE, name)) {
      deletion.refuse(ErrorCode::TOPIC_AUTHORIZATION_FAILED, "Topic authorization failed.");
      return;
    }
    deletion.name = name;
  }

  void add_name(const TopicState& asked) {
    auto& deletion = put(asked);
    const auto name = *asked.name;
    if (!may(FLUXMQ_OPERATION_DESCRIBE, name)) {
      deletion.refuse(ErrorCode::TOPIC_AUTHORIZATION_FAILED, "Topic authorization failed.");
      return;
    }
    auto topic = plugin_.catalog.find(name);
    if (!topic) {
      deletion.refuse(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
                      "This server does not host this topic-partition.");
    } else if (!may(FLUXMQ_OPERATION_DELETE, name)) {
      deletion.refuse(ErrorCode::TOPIC_AUTHORIZATION_FAILED, "Topic authorization failed.");
    } else {
      deletion.id = topic.id();
      if (ids_.has_seen(deletion.id)) {
        named_.insert(deletion.id);
        deletion.refuse(ErrorCode::INVALID_REQUEST,
                        "The provided topic name maps to an ID that was already supplied.");
      } else {
        deletion.topic = std::move(topic);
      }
    }
  }

  Deletion& put(const TopicState& asked) {
    auto& deletion = deletions_.emplace_back();
    deletion.name = asked.name;
    deletion.id = asked.topic_id;
    return deletion;
  }

  bool may(std::uint32_t operation, std::string_view name) const {
    return plugin_.authorizer.allows_topic(session_, operation, name);
  }

  const ApiTopics& plugin_;
  const fluxmq_session& session_;
  Duplicates<std::string_view> names_;
  Duplicates<Uuid> ids_;
  std::set<Uuid> named_;  // asked for by both, and refused
  std::deque<Deletion> deletions_;
};

Task remove(const ApiTopics& plugin, Deletion& deletion, PartsInTime& parts) {
  deletion.outcome = co_await plugin.catalog.delete_topic(deletion.id);
  deletion.is_done = true;
  parts.done();
}

// Kafka tells the switched off deletion by two errors: the proper one came with version 3.
ErrorCode disabled_error(std::int16_t version) {
  return version < 3 ? ErrorCode::INVALID_REQUEST : ErrorCode::TOPIC_DELETION_DISABLED;
}

}  // namespace

Task delete_topics(ApiTopics& plugin, Request request) {
  const auto message = request.decode<DeleteTopicsRequest>();
  const auto topics = topics_of(message);
  DeleteTopicsResponse response;

  if (!plugin.delete_enabled) {
    for (const auto& topic : topics) {
      response.responses.push_back({topic.name, topic.topic_id,
                                    to_int16(disabled_error(request.api_version())),
                                    "Topic deletion is disabled."});
    }
    request.answer(response);
    co_return;
  }

  if (message.timeout_ms <= 0) {
    for (const auto& topic : topics) {
      response.responses.push_back(
          {topic.name, topic.topic_id, to_int16(ErrorCode::REQUEST_TIMED_OUT), std::nullopt});
    }
    request.answer(response);
    co_return;
  }

  auto deletions = DeletionPlan(plugin, request.session()).make(topics);
  PartsInTime parts(plugin.host, deletions.size(), message.timeout_ms);
  for (auto& deletion : deletions) {
    if (deletion.topic && deletion.outcome.error == ErrorCode::NONE) {
      remove(plugin, deletion, parts);
    } else {
      deletion.is_done = true;
      parts.done();
    }
  }
  co_await parts.done_or_late();
  for (const auto& deletion : deletions) {
    auto& answer = response.responses.emplace_back();
    answer.name = deletion.name;
    answer.topic_id = deletion.id;
    answer.error_code = to_int16(ErrorCode::REQUEST_TIMED_OUT);
    answer.error_message = std::nullopt;
    if (!deletion.is_done) continue;
    answer.error_code = to_int16(deletion.outcome.error);
    if (deletion.outcome.error_message) answer.error_message = deletion.outcome.error_message;
  }
  request.answer(response);
  co_await parts.all_done();
}

}  // namespace fluxmq::api_topics
