// Creates, changes and deletes topics: checked as Kafka does, durable, then published.
//
// Changes of one topic, or of names that collide, run one after the other; others run together and
// share the store's syncs.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

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
  };
  TopicChanges(Environment& environment, const fluxmq_metadata_store* store, TopicIndex& index,
               const ConfigDefaults& configs, Defaults defaults);

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
                     std::uint64_t count, bool validate_only, Done done);

  // Blocks until no change is under way.
  void wait();

 private:
  // What a new topic is to be, once its request is checked and copied.
  struct NewTopic {
    std::string name;
    TopicRecord record;
    bool validate_only;
  };
  using Change = std::function<void()>;

  // Runs a change when no other of the same key is under way; the change ends with finish(key).
  void run(const std::string& key, Change change);
  void finish(const std::string& key);

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

  TopicReference make_version(std::string_view name, const TopicRecord& record,
                              const TopicVersion* before) const;
  static TopicRecord record_of(const TopicVersion& topic);

  Environment& environment_;
  const fluxmq_metadata_store* store_;
  TopicIndex& index_;
  const ConfigDefaults& configs_;
  const Defaults defaults_;
  const std::shared_ptr<const TopicSettings> default_settings_;

  std::mutex mutex_;
  std::condition_variable idle_;
  std::unordered_map<std::string, std::vector<Change>> under_way_;
  std::int64_t partition_total_ = 0;  // with those of changes under way
};

}  // namespace fluxmq::core
