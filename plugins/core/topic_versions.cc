#include "topic_versions.h"

#include <algorithm>
#include <iterator>

namespace fluxmq::core {

void TopicVersions::set_defaults(std::shared_ptr<const ConfigDefaults> defaults) {
  auto settings =
      std::make_shared<const TopicSettings>(make_settings(*defaults, ConfigOverrides{}));
  const std::lock_guard lock(mutex_);
  defaults_ = std::move(defaults);
  default_settings_ = std::move(settings);
}

std::shared_ptr<const ConfigDefaults> TopicVersions::defaults() const {
  const std::lock_guard lock(mutex_);
  return defaults_;
}

TopicReference TopicVersions::make(std::string_view name, const TopicRecord& record,
                                   const TopicVersion* before) const {
  TopicReference topic(new TopicVersion{});
  topic->size = sizeof(fluxmq_topic);
  std::copy(record.id.bytes.begin(), record.id.bytes.end(), topic->fluxmq_topic::id.bytes);
  topic->partition_count = record.partition_count;
  topic->replication_factor = record.replication_factor;
  topic->is_internal = record.is_internal ? 1 : 0;
  topic->leader_epoch = record.leader_epoch;
  topic->configs = record.configs;
  topic->identity = before != nullptr
                        ? before->identity
                        : std::make_shared<const TopicIdentity>(TopicIdentity{
                              std::string(name), topic->fluxmq_topic::id, record.is_internal});
  topic->name = to_abi(std::string_view(topic->identity->name));
  {
    const std::lock_guard lock(mutex_);
    topic->defaults = defaults_;
    topic->settings = default_settings_;
  }
  if (!record.configs.empty()) {
    topic->settings =
        std::make_shared<const TopicSettings>(make_settings(*topic->defaults, record.configs));
  }
  topic->partitions.reserve(static_cast<std::size_t>(record.partition_count));
  if (before != nullptr) topic->partitions = before->partitions;
  for (auto index = static_cast<std::int32_t>(topic->partitions.size());
       index < record.partition_count; ++index) {
    topic->partitions.push_back(std::make_shared<Partition>(environment_, topic->identity, index,
                                                            record.leader_epoch, topic->settings));
  }
  return topic;
}

protocol::Uuid id_of(const TopicVersion& topic) {
  protocol::Uuid id;
  std::copy(std::begin(topic.id.bytes), std::end(topic.id.bytes), id.bytes.begin());
  return id;
}

TopicRecord record_of(const TopicVersion& topic) {
  TopicRecord record;
  record.id = id_of(topic);
  record.partition_count = topic.partition_count;
  record.replication_factor = topic.replication_factor;
  record.leader_epoch = topic.leader_epoch;
  record.is_internal = topic.is_internal != 0;
  record.configs = topic.configs;
  return record;
}

}  // namespace fluxmq::core
