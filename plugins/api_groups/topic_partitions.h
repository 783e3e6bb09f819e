// What OffsetCommit and OffsetDelete do to each topic and partition that they name: look for it,
// and put its outcome into the answer.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plugin.h"

namespace fluxmq::api_groups {

// By name, or by id if the name is empty.
inline Topic find_topic(const ApiGroups& plugin, std::string_view name, const protocol::Uuid& id) {
  return name.empty() && !id.is_zero() ? plugin.catalog.find(id) : plugin.catalog.find(name);
}

// Topics of an answer in the order in which the first of their outcomes are known, as Kafka gives
// them: what is refused at once comes first.
template <class ResponseTopic>
class TopicAnswers {
 public:
  explicit TopicAnswers(std::vector<ResponseTopic>& topics) : topics_(topics) {}

  template <class RequestTopic>
  void add(const RequestTopic& topic, std::int32_t partition, ErrorCode error) {
    const auto [found, is_new] = index_by_key_.try_emplace(key_of(topic), topics_.size());
    if (is_new) {
      auto& added = topics_.emplace_back();
      added.name = topic.name;
      if constexpr (requires { topic.topic_id; }) added.topic_id = topic.topic_id;
    }
    topics_[found->second].partitions.push_back({partition, code(error)});
  }

 private:
  template <class RequestTopic>
  static std::string key_of(const RequestTopic& topic) {
    std::string key(topic.name);
    if constexpr (requires { topic.topic_id; }) {
      key.append(topic.topic_id.bytes.begin(), topic.topic_id.bytes.end());
    }
    return key;
  }

  std::vector<ResponseTopic>& topics_;
  std::unordered_map<std::string, std::size_t> index_by_key_;
};

}  // namespace fluxmq::api_groups
