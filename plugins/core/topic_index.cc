// Lookups under a shared lock; changes are rare.
#include "topic_index.h"

#include <mutex>

#include "topic_name.h"

namespace fluxmq::core {
namespace {

TopicReference hold(TopicVersion* topic) {
  topic->hold();
  return TopicReference(topic);
}

protocol::Uuid id_of(const TopicVersion& topic) {
  protocol::Uuid id;
  std::memcpy(id.bytes.data(), topic.id.bytes, id.bytes.size());
  return id;
}

bool may_collide(std::string_view name) {
  return name.find_first_of("._") != std::string_view::npos;
}

}  // namespace

TopicReference TopicIndex::find(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : hold(found->second);
}

TopicReference TopicIndex::find(const protocol::Uuid& id) const {
  const std::shared_lock lock(mutex_);
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : hold(found->second);
}

TopicReference TopicIndex::find_collision(const std::string& key) const {
  const std::shared_lock lock(mutex_);
  const auto found = by_collision_key_.find(key);
  return found == by_collision_key_.end() ? nullptr : hold(found->second);
}

std::vector<TopicReference> TopicIndex::all() const {
  std::vector<TopicReference> topics;
  const std::shared_lock lock(mutex_);
  topics.reserve(ordered_.size());
  for (const auto& [name, topic] : ordered_) topics.push_back(hold(topic.get()));
  return topics;
}

std::size_t TopicIndex::size() const {
  const std::shared_lock lock(mutex_);
  return ordered_.size();
}

void TopicIndex::publish(TopicReference topic) {
  TopicVersion* const version = topic.get();
  const std::string_view name = version->identity->name;
  TopicReference replaced;  // released after the lock
  const std::unique_lock lock(mutex_);
  if (const auto before = ordered_.find(name); before != ordered_.end()) {
    // The identity, and with it the key's text, is shared by all versions.
    replaced = std::move(before->second);
    before->second = std::move(topic);
  } else {
    ordered_.emplace(name, std::move(topic));
  }
  by_name_[name] = version;
  by_id_[id_of(*version)] = version;
  if (may_collide(name)) by_collision_key_[collision_key(name)] = version;
}

void TopicIndex::remove(std::string_view name) {
  TopicReference removed;
  const std::unique_lock lock(mutex_);
  const auto found = ordered_.find(name);
  if (found == ordered_.end()) return;
  removed = std::move(found->second);
  ordered_.erase(found);
  by_name_.erase(removed->identity->name);
  by_collision_key_.erase(collision_key(removed->identity->name));
  by_id_.erase(id_of(*removed));
}

}  // namespace fluxmq::core
