// DescribeTopicPartitions: topics and their partitions by name, so many partitions an answer; a
// cursor says where the next one goes on (KIP-966).
#include "fluxmq/protocol/messages/describe_topic_partitions.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "fluxmq/protocol/errors.h"
#include "plugin.h"
#include "topic_answer.h"

namespace fluxmq::api_cluster {
namespace {

using namespace protocol;
using TopicAnswer = DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic;

std::set<std::string_view> names_of(const DescribeTopicPartitionsRequest& message) {
  std::set<std::string_view> names;
  for (const auto& topic : message.topics) names.insert(topic.name);
  return names;
}

// A cursor names a topic of the request, and a partition that could be.
bool is_valid(const DescribeTopicPartitionsRequest& message,
              const std::set<std::string_view>& names) {
  if (!message.cursor) return true;
  return message.cursor->partition_index >= 0 &&
         (names.empty() || names.contains(message.cursor->topic_name));
}

// One answer, which is filled until it has enough partitions.
class Page {
 public:
  Page(const ApiCluster& plugin, const fluxmq_session& session, std::int32_t limit,
       const std::optional<DescribeTopicPartitionsRequest::Cursor>& cursor)
      : plugin_(plugin), session_(session), room_(limit), cursor_(cursor) {}

  bool may_see(std::string_view name) const {
    return plugin_.authorizer.allows_topic(session_, FLUXMQ_OPERATION_DESCRIBE, name);
  }

  // False: the page is full, and the cursor set to where the next one begins.
  bool add(Topic topic) {
    if (room_ == 0) return end_before(topic.name());
    const auto first = std::min(first_partition(topic.name()), topic.partition_count());
    const auto count = std::min(topic.partition_count() - first, room_);
    auto& answer = add_topic(topic.name(), ErrorCode::NONE);
    answer.topic_id = topic.id();
    answer.is_internal = topic.is_internal();
    answer.partitions.resize(static_cast<std::size_t>(count));
    for (std::int32_t i = 0; i < count; ++i) {
      auto& partition = answer.partitions[static_cast<std::size_t>(i)];
      describe_partition(partition, plugin_.catalog, topic, first + i);
      partition.eligible_leader_replicas.emplace();
      partition.last_known_elr.emplace();
    }
    room_ -= count;
    const bool whole = first + count == topic.partition_count();
    if (!whole) response_.next_cursor = {topic.name(), first + count};
    topics_.push_back(std::move(topic));
    return whole;
  }

  bool add_missing(std::string_view name, ErrorCode error) {
    if (room_ == 0) return end_before(name);
    add_topic(name, error).is_internal = is_internal_topic(name);
    return true;
  }

  // After all others, and without a word on whether they exist.
  void add_hidden(const std::vector<std::string_view>& names) {
    for (const auto name : names) {
      auto& answer = response_.topics.emplace_back();
      answer.name = name;
      answer.error_code = to_int16(ErrorCode::TOPIC_AUTHORIZATION_FAILED);
    }
  }

  const DescribeTopicPartitionsResponse& response() const { return response_; }

 private:
  std::int32_t first_partition(std::string_view name) const {
    return cursor_ && cursor_->topic_name == name ? cursor_->partition_index : 0;
  }

  bool end_before(std::string_view name) {
    next_name_ = name;
    response_.next_cursor = {next_name_, 0};
    return false;
  }

  TopicAnswer& add_topic(std::string_view name, ErrorCode error) {
    auto& answer = response_.topics.emplace_back();
    answer.name = name;
    answer.error_code = to_int16(error);
    answer.topic_authorized_operations =
        plugin_.authorizer.authorized_operations(session_, FLUXMQ_ACL_RESOURCE_TOPIC, name);
    return answer;
  }

  const ApiCluster& plugin_;
  const fluxmq_session& session_;
  std::int32_t room_;
  const std::optional<DescribeTopicPartitionsRequest::Cursor>& cursor_;
  std::vector<Topic> topics_;  // what the answer points to
  std::string next_name_;
  DescribeTopicPartitionsResponse response_;
};

void add_all(const Catalog& catalog, Page& page, std::string_view from) {
  for (auto& topic : catalog.topics()) {
    if (topic.name() < from || !page.may_see(topic.name())) continue;
    if (!page.add(std::move(topic))) return;
  }
}

void add_named(const Catalog& catalog, Page& page, const std::set<std::string_view>& names,
               std::string_view from) {
  std::vector<std::string_view> hidden;
  for (auto name = names.lower_bound(from); name != names.end(); ++name) {
    if (!page.may_see(*name)) {
      hidden.push_back(*name);
      continue;
    }
    auto topic = catalog.find(*name);
    const bool goes_on =
        topic ? page.add(std::move(topic)) : page.add_missing(*name, error_of_missing(*name));
    if (!goes_on) break;
  }
  page.add_hidden(hidden);
}

}  // namespace

Task describe_topic_partitions(ApiCluster& plugin, Request request) {
  const auto message = request.decode<DescribeTopicPartitionsRequest>();
  const auto names = names_of(message);
  if (!is_valid(message, names)) {
    DescribeTopicPartitionsResponse refusal;
    for (const auto& asked : message.topics) {
      auto& topic = refusal.topics.emplace_back();
      topic.name = asked.name;
      topic.error_code = to_int16(ErrorCode::INVALID_REQUEST);
    }
    request.answer(refusal);
    co_return;
  }

  const auto limit =
      std::clamp(message.response_partition_limit, 1, plugin.max_described_partitions);
  const std::string_view from = message.cursor ? message.cursor->topic_name : std::string_view();
  Page page(plugin, request.session(), limit, message.cursor);
  if (names.empty()) {
    add_all(plugin.catalog, page, from);
  } else {
    add_named(plugin.catalog, page, names, from);
  }
  request.answer(page.response());
}

}  // namespace fluxmq::api_cluster
