// The topics that there are: immutable versions, found by name or id, held by reference.
#pragma once
#include <atomic>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fluxmq/abi/catalog.h"
#include "partition.h"
#include "topic_record.h"

namespace fluxmq::core {

// One version of a topic. Its partitions live as long as any version that has them is held.
struct TopicVersion : fluxmq_topic {
  std::atomic<std::int32_t> references{1};
  std::shared_ptr<const TopicIdentity> identity;
  std::shared_ptr<const TopicSettings> settings;
  std::shared_ptr<const ConfigDefaults> defaults;  // that the settings were made with
  ConfigOverrides configs;
  std::int32_t leader_epoch = 0;
  std::vector<std::shared_ptr<Partition>> partitions;

  void hold() { references.fetch_add(1, std::memory_order_relaxed); }
  void release() {
    if (references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
};

struct ReleaseTopic {
  void operator()(TopicVersion* topic) const { topic->release(); }
};
using TopicReference = std::unique_ptr<TopicVersion, ReleaseTopic>;

inline TopicVersion* from_abi_topic(const fluxmq_topic* topic) {
  return const_cast<TopicVersion*>(static_cast<const TopicVersion*>(topic));
}

struct HashId {
  // Ids are random.
  std::size_t operator()(const protocol::Uuid& id) const {
    std::size_t hash = 0;
    std::memcpy(&hash, id.bytes.data(), sizeof(hash));
    return hash;
  }
};

class TopicIndex {
 public:
  TopicReference find(std::string_view name) const;
  TopicReference find(const protocol::Uuid& id) const;
  // The topic with this collision key, whose name may be another one.
  TopicReference find_collision(const std::string& key) const;
  std::vector<TopicReference> all() const;  // by name
  std::size_t size() const;

  // Puts a version in the place of the one before it, if there is one.
  void publish(TopicReference topic);
  void remove(std::string_view name);

 private:
  mutable std::shared_mutex mutex_;
  // Keys are the names and ids of the versions that the values hold.
  std::unordered_map<std::string_view, TopicVersion*> by_name_;
  std::unordered_map<protocol::Uuid, TopicVersion*, HashId> by_id_;
  std::map<std::string_view, TopicReference> ordered_;
  // Only names that hold a '.' or '_': others can't collide.
  std::unordered_map<std::string, TopicVersion*> by_collision_key_;
};

}  // namespace fluxmq::core
