// Creates, changes and deletes topics: checked as Kafka does, durable, then published.
//
// Changes of one topic, or of names that collide, run one after the other; others run together and
// share the store's syncs.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "change_queue.h"
#include "environment.h"
#include "fluxmq/abi/catalog.h"
#include "topic_index.h"

namespace fluxmq::core {

class TopicChanges {
 public:
  struct Defaults {
    std::int32_t partition_count;
    std::int32_t replication_factor;
    std::int32_t max_partitions;
    bool cap_replication_factor;
  };
  TopicChanges(Environment& environment, const fluxmq_metadata_store* store, TopicIndex& index,
               std::shared_ptr<const ConfigDefaults> configs, Defaults defaults);

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
  // The configs that a new topic would have: the overrides of the request over the defaults.
  Outcome check_configs(const fluxmq_new_topic& topic, ConfigOverrides& overrides) const;

  // What topics have that nothing was set for. Topics that there are follow.
  void set_defaults(std::shared_ptr<const ConfigDefaults> configs);
  std::shared_ptr<const ConfigDefaults> defaults() const;

  // Blocks until no change is under way.
  void wait() { queue_.wait(); }

 private:
  // What a new topic is to be, once its request is checked and copied.
  struct NewTopic {
    std::string name;
    TopicRecord record;
    bool validate_only;
  };
  using Change = ChangeQueue::Change;

  Outcome check(const fluxmq_new_topic& topic, NewTopic& made) const;
  Outcome check_assignment(const fluxmq_new_topic& topic, std::int32_t& partition_count,
                           std::int32_t& replication_factor) const;
  Outcome check_free(std::string_view name, const std::string& key) const;
  Outcome reserve_partitions(std::int32_t count);
  void create_checked(const std::shared_ptr<NewTopic>& made, const std::string& key,
                      const Created& done);
  void remove_found(TopicReference topic, const std::string& key, const Done& done);
  void remove_logs(const protocol::Uuid& id, const std::vector<std::shared_ptr<Partition>>& logs,
                   Change removed);
  void resume_deletion(const protocol::Uuid& id, const DeletedTopicRecord& record);
  void replace(TopicReference next, const std::string& key, const Done& done);
  void publish(TopicReference topic);
  void follow_defaults(const protocol::Uuid& id, std::string_view name);

  TopicReference make_version(std::string_view name, const TopicRecord& record,
                              const TopicVersion* before) const;
  static TopicRecord record_of(const TopicVersion& topic);

  Environment& environment_;
  const fluxmq_metadata_store* store_;
  TopicIndex& index_;
  const Defaults defaults_;
  ChangeQueue queue_;

  mutable std::mutex mutex_;
  std::shared_ptr<const ConfigDefaults> configs_;
  std::shared_ptr<const TopicSettings> default_settings_;  // of topics without configs
  std::int64_t partition_total_ = 0;                       // with those of changes under way
};

}  // namespace fluxmq::core
