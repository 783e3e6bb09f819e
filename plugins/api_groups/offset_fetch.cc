// OffsetFetch: how far groups have consumed.
#include "fluxmq/protocol/messages/offset_fetch.h"

#include <utility>

#include "topic_partitions.h"

namespace fluxmq::api_groups {

namespace {

using protocol::OffsetFetchRequest;
using protocol::OffsetFetchResponse;

constexpr std::int16_t kFirstVersionWithGroupError = 2;
constexpr std::int16_t kFirstVersionWithGroups = 8;
constexpr std::int16_t kFirstVersionWithTopicIds = 10;

struct AskedTopic {
  std::string_view name;
  protocol::Uuid id;
  const std::vector<std::int32_t>* partitions;
};

struct AskedGroup {
  std::string_view group_id;
  std::optional<std::vector<AskedTopic>> topics;  // null: all that have offsets
};

struct FoundPartition {
  std::int32_t index = 0;
  std::int64_t offset = -1;
  std::int32_t leader_epoch = -1;
  std::string metadata;
  ErrorCode error = ErrorCode::NONE;
};

struct FoundTopic {
  std::string name;
  protocol::Uuid id;
  std::vector<FoundPartition> partitions;
};

struct FoundGroup {
  std::string_view group_id;
  ErrorCode error = ErrorCode::NONE;
  std::vector<FoundTopic> topics;
};

std::vector<AskedGroup> groups_of(const Request& request, const OffsetFetchRequest& message) {
  std::vector<AskedGroup> groups;
  std::size_t count = message.groups.size();
  const auto add = [&](std::string_view group_id, const auto& topics) {
    auto& group = groups.emplace_back();
    group.group_id = group_id;
    if (!topics) return;
    group.topics.emplace();
    for (const auto& topic : *topics) {
      protocol::Uuid id;
      if constexpr (requires { topic.topic_id; }) id = topic.topic_id;
      group.topics->push_back({topic.name, id, &topic.partition_indexes});
      count += topic.partition_indexes.size();
    }
  };
  if (request.api_version() < kFirstVersionWithGroups) add(message.group_id, message.topics);
  for (const auto& group : message.groups) add(group.group_id, group.topics);
  check_count(count);
  return groups;
}

FoundPartition found(std::int32_t index, const OffsetAndMetadata& committed) {
  return {index, committed.offset, committed.leader_epoch, committed.metadata, ErrorCode::NONE};
}

// Reads the offsets of one group into `result`.
class Lookup {
 public:
  Lookup(ApiGroups& plugin, const Request& request, const AskedGroup& asked, FoundGroup& result)
      : plugin_(plugin), request_(request), result_(result) {
    if (asked.topics) {
      for (const auto& topic : *asked.topics) resolve(topic);
    }
    asks_for_all_ = !asked.topics.has_value();
  }

  // Within the group's turn.
  void read(const GroupOffsets* offsets) {
    if (asks_for_all_) {
      if (offsets != nullptr) read_all(*offsets);
    } else {
      for (const auto& topic : known_) read_topic(offsets, topic);
    }
  }

  // After it.
  void finish() {
    if (asks_for_all_) leave_out_unknown_topics();
    for (auto& topic : refused_) result_.topics.push_back(std::move(topic));
  }

 private:
  struct KnownTopic {
    const AskedTopic* asked;
    protocol::Uuid current_id;  // zero: there is no such topic
  };

  void resolve(const AskedTopic& asked) {
    const bool has_ids = request_.api_version() >= kFirstVersionWithTopicIds;
    const Topic topic = find_topic(plugin_, asked.name, asked.id);
    if (has_ids && !topic) return refuse(asked, ErrorCode::UNKNOWN_TOPIC_ID);
    if (!may_see(has_ids ? topic.name() : asked.name)) {
      return refuse(asked, ErrorCode::TOPIC_AUTHORIZATION_FAILED);
    }
    names_.emplace_back(has_ids ? topic.name() : asked.name);
    known_.push_back({&asked, topic ? topic.id() : protocol::Uuid{}});
  }

  void refuse(const AskedTopic& asked, ErrorCode error) {
    FoundTopic topic{std::string(asked.name), asked.id, {}};
    for (const auto index : *asked.partitions) {
      topic.partitions.push_back({index, -1, -1, {}, error});
    }
    refused_.push_back(std::move(topic));
  }

  bool may_see(std::string_view topic) const {
    return plugin_.authorizer.allows_topic(request_.session(), FLUXMQ_OPERATION_DESCRIBE, topic);
  }

  void read_topic(const GroupOffsets* offsets, const KnownTopic& known) {
    const auto& name = names_[static_cast<std::size_t>(&known - known_.data())];
    auto& topic = result_.topics.emplace_back(FoundTopic{name, known.asked->id, {}});
    for (const auto index : *known.asked->partitions) {
      const auto* committed = offsets == nullptr ? nullptr : offsets->find(name, index);
      if (committed == nullptr || known.current_id.is_zero() ||
          (!committed->topic_id.is_zero() && committed->topic_id != known.current_id)) {
        topic.partitions.push_back({index, -1, -1, {}, ErrorCode::NONE});
      } else {
        add(topic, found(index, *committed));
      }
    }
  }

  void read_all(const GroupOffsets& offsets) {
    for (const auto& [name, partitions] : offsets.topics()) {
      auto& topic = result_.topics.emplace_back(FoundTopic{name, {}, {}});
      for (const auto& [index, committed] : partitions) {
        topic.id = committed.topic_id;
        add(topic, found(index, committed));
      }
    }
  }

  void add(FoundTopic& topic, FoundPartition partition) {
    bytes_ += partition.metadata.size();
    if (bytes_ > kMaxAnswerBytes) {
      result_.error = ErrorCode::INVALID_REQUEST;
      return;
    }
    topic.partitions.push_back(std::move(partition));
  }

  // Offsets of a topic that was deleted go with it, if not at once.
  void leave_out_unknown_topics() {
    std::erase_if(result_.topics, [this](FoundTopic& found_topic) {
      const Topic topic = plugin_.catalog.find(found_topic.name);
      if (!topic || (!found_topic.id.is_zero() && found_topic.id != topic.id())) return true;
      found_topic.id = topic.id();
      return !may_see(found_topic.name);
    });
  }

  ApiGroups& plugin_;
  const Request& request_;
  FoundGroup& result_;
  bool asks_for_all_ = false;
  std::vector<KnownTopic> known_;
  std::vector<std::string> names_;  // of known_
  std::vector<FoundTopic> refused_;
  std::size_t bytes_ = 0;
};

Async<FoundGroup> fetch(ApiGroups& plugin, const Request& request, const AskedGroup& asked,
                        bool require_stable) {
  FoundGroup result;
  result.group_id = asked.group_id;
  CoordinatorShard* const shard = plugin.coordinator.shard_of(asked.group_id);
  if (!plugin.may(request, FLUXMQ_OPERATION_DESCRIBE, asked.group_id)) {
    result.error = ErrorCode::GROUP_AUTHORIZATION_FAILED;
  } else if (shard == nullptr) {
    result.error = ErrorCode::NOT_COORDINATOR;
  } else {
    Lookup lookup(plugin, request, asked, result);
    const ErrorCode error = co_await wait<ErrorCode>([&](Waiter<ErrorCode>* waiter) {
      shard->fetch(
          asked.group_id, require_stable,
          [&lookup](const GroupOffsets* offsets) { lookup.read(offsets); }, waiter);
    });
    if (error != ErrorCode::NONE) result.error = error;
    if (result.error == ErrorCode::NONE) lookup.finish();
  }
  if (result.error == ErrorCode::NONE) co_return result;
  result.topics.clear();
  // The oldest versions have no other place for it than each partition.
  if (request.api_version() < kFirstVersionWithGroupError && asked.topics) {
    for (const auto& topic : *asked.topics) {
      auto& refused = result.topics.emplace_back(FoundTopic{std::string(topic.name), {}, {}});
      for (const auto index : *topic.partitions) {
        refused.partitions.push_back({index, -1, -1, {}, result.error});
      }
    }
  }
  co_return result;
}

// Topics of an answer; before version 8 they are of another type with the same fields.
template <class ResponseTopic>
std::vector<ResponseTopic> told(const FoundGroup& group) {
  std::vector<ResponseTopic> topics;
  for (const auto& topic : group.topics) {
    auto& response = topics.emplace_back();
    response.name = topic.name;
    if constexpr (requires { response.topic_id; }) response.topic_id = topic.id;
    for (const auto& partition : topic.partitions) {
      response.partitions.push_back({partition.index, partition.offset, partition.leader_epoch,
                                     partition.metadata, code(partition.error)});
    }
  }
  return topics;
}

}  // namespace

Task offset_fetch(ApiGroups& plugin, Request request) {
  const auto message = request.decode<OffsetFetchRequest>();
  const auto asked = groups_of(request, message);
  std::vector<FoundGroup> groups;
  for (const auto& group : asked) {
    groups.push_back(co_await fetch(plugin, request, group, message.require_stable));
  }
  OffsetFetchResponse response;
  if (request.api_version() < kFirstVersionWithGroups) {
    response.topics = told<OffsetFetchResponse::OffsetFetchResponseTopic>(groups.front());
    response.error_code = code(groups.front().error);
  } else {
    for (const auto& group : groups) {
      response.groups.push_back({group.group_id,
                                 told<OffsetFetchResponse::OffsetFetchResponseTopics>(group),
                                 code(group.error)});
    }
  }
  request.answer(response);
}

}  // namespace fluxmq::api_groups
