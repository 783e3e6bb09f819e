// Creates, changes and deletes topics: checked as Kafka does, durable, then published.
//
// Changes of one topic, or of names that collide, run one after the other; others run together and
// share the store's syncs.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "change_queue.h"
#include "environment.h"
#include "fluxmq/abi/catalog.h"
#include "new_topic.h"
#include "partition_count.h"
#include "topic_index.h"
#include "topic_versions.h"

namespace fluxmq::core {

class TopicChanges {
 public:
  TopicChanges(Environment& environment, const fluxmq_metadata_store* store, TopicIndex& index,
               std::shared_ptr<const ConfigDefaults> configs, const NewTopicDefaults& defaults,
               std::int32_t max_partitions);

  // Publishes what the store holds, and goes on with deletions that were cut short. Throws if a
  // record can't be understood.
  void load();

  using Created = std::function<void(const Outcome& outcome, TopicReference topic)>;
  using Done = std::function<void(const Outcome& outcome)>;
  void create(const fluxmq_new_topic& topic, Created done);
  void remove(const protocol::Uuid& id, Done done);
  void create_partitions(std::string_view name, std::int32_t total_count, bool validate_only,
                         Done done);
  void alter_configs(std::string_view name, const fluxmq_config_change* changes,
                     std::uint64_t count, std::uint32_t flags, Done done);

  // What topics have that nothing was set for. Topics that there are follow.
  void set_defaults(std::shared_ptr<const ConfigDefaults> configs);
  std::shared_ptr<const ConfigDefaults> defaults() const { return versions_.defaults(); }

  // Blocks until no change is under way.
  void wait() { queue_.wait(); }

 private:
  Outcome check_free(std::string_view name, const std::string& key) const;
  void create_checked(const std::shared_ptr<NewTopic>& made, const std::string& key,
                      const Created& done);
  void remove_found(TopicReference topic, const std::string& key, const Done& done);
  void resume_deletion(const protocol::Uuid& id, const DeletedTopicRecord& record);
  void replace(TopicReference next, const std::string& key, const Done& done);
  void publish(TopicReference topic);
  void follow_defaults(const protocol::Uuid& id, std::string_view name);

  Environment& environment_;
  const fluxmq_metadata_store* store_;
  TopicIndex& index_;
  const NewTopicDefaults defaults_;
  TopicVersions versions_;
  PartitionCount partition_count_;
  ChangeQueue queue_;
};

}  // namespace fluxmq::core
