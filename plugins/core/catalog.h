// fluxmq.catalog/1: this broker's view of the cluster, which is itself.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "broker_configs.h"
#include "environment.h"
#include "fluxmq/abi/catalog.h"
#include "producer_ids.h"
#include "topic_changes.h"
#include "topic_index.h"

namespace fluxmq::core {

class Catalog {
 public:
  Catalog(Environment& environment, const fluxmq_metadata_store* store);

  const fluxmq_catalog* table() const { return &table_; }
  TopicIndex& topics() { return index_; }
  // Blocks until what was begun is durable, or failed.
  void wait();
  // Called on any thread once broker configs have changed; set before there are clients.
  void on_broker_configs_change(std::function<void()> changed) {
    on_configs_change_ = std::move(changed);
  }

 private:
  fluxmq_string cluster_id();
  std::int32_t broker_id() { return environment_.broker_id; }
  std::uint32_t brokers(fluxmq_broker* brokers, std::uint32_t capacity);

  const fluxmq_topic* find_topic(fluxmq_string name);
  const fluxmq_topic* find_topic_by_id(fluxmq_uuid id);
  void release_topic(const fluxmq_topic* topic);
  void visit_topics(fluxmq_topic_visitor visitor, void* context);
  fluxmq_partition* partition(const fluxmq_topic* topic, std::int32_t index);

  void create_topic(const fluxmq_new_topic* topic, fluxmq_topic_done done, void* context);
  void delete_topic(fluxmq_uuid id, fluxmq_catalog_done done, void* context);
  void create_partitions(fluxmq_string topic, std::int32_t total_count, std::uint32_t flags,
                         fluxmq_catalog_done done, void* context);

  std::int16_t describe_configs(std::uint32_t resource_type, fluxmq_string resource_name,
                                fluxmq_config_visitor visitor, void* context);
  void alter_configs(std::uint32_t resource_type, fluxmq_string resource_name,
                     const fluxmq_config_change* changes, std::uint64_t change_count,
                     std::uint32_t flags, fluxmq_catalog_done done, void* context);
  void allocate_producer_id(fluxmq_producer_id_done done, void* context);
  std::int16_t describe_new_topic(const fluxmq_new_topic* topic, fluxmq_config_visitor visitor,
                                  void* context);
  void log_dir(fluxmq_log_dir* log_dir);
  void skip_producer_ids(std::int64_t first, fluxmq_catalog_done done, void* context);
  void visit_log_dirs(fluxmq_log_dir_visitor visitor, void* context);

  Outcome check_broker_resource(std::string_view name) const;
  void read_producer_expiration();
  void broker_configs_changed();

  Environment& environment_;
  std::string cluster_id_;
  std::string rack_;
  BrokerConfigs broker_configs_;
  TopicIndex index_;
  TopicChanges changes_;
  ProducerIds producer_ids_;
  std::function<void()> on_configs_change_;
  fluxmq_catalog table_;
};

}  // namespace fluxmq::core
