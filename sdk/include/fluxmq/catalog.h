// Catalog: brokers, topics, configs and producer ids, as C++.
#pragma once
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fluxmq/abi/catalog.h"
#include "fluxmq/partition.h"
#include "fluxmq/protocol/primitives.h"

namespace fluxmq {

inline protocol::Uuid from_abi(fluxmq_uuid id) {
  protocol::Uuid uuid;
  std::memcpy(uuid.bytes.data(), id.bytes, sizeof(id.bytes));
  return uuid;
}
inline fluxmq_uuid to_abi(const protocol::Uuid& uuid) {
  fluxmq_uuid id{};
  std::memcpy(id.bytes, uuid.bytes.data(), sizeof(id.bytes));
  return id;
}
// A template, so that what is a text but no optional one converts to the other overload only.
template <std::same_as<std::optional<std::string_view>> Text>
fluxmq_string to_abi(const Text& text) {
  return text ? to_abi(*text) : fluxmq_string{nullptr, 0};
}

// A reference to one version of a topic; while it is held, so are its partitions.
class Topic {
 public:
  Topic() = default;
  Topic(const fluxmq_catalog* catalog, const fluxmq_topic* topic)
      : catalog_(catalog), topic_(topic) {}
  Topic(Topic&& other) noexcept
      : catalog_(other.catalog_), topic_(std::exchange(other.topic_, nullptr)) {}
  Topic& operator=(Topic&& other) noexcept {
    std::swap(catalog_, other.catalog_);
    std::swap(topic_, other.topic_);
    return *this;
  }
  ~Topic() {
    if (topic_ != nullptr) catalog_->release_topic(catalog_->self, topic_);
  }

  explicit operator bool() const { return topic_ != nullptr; }
  std::string_view name() const { return view(topic_->name); }
  protocol::Uuid id() const { return from_abi(topic_->id); }
  std::int32_t partition_count() const { return topic_->partition_count; }
  std::int32_t replication_factor() const { return topic_->replication_factor; }
  bool is_internal() const { return topic_->is_internal != 0; }
  const fluxmq_topic* get() const { return topic_; }

 private:
  const fluxmq_catalog* catalog_ = nullptr;
  const fluxmq_topic* topic_ = nullptr;
};

// Outcome of a change: an error code of Kafka's with a message for people.
struct CatalogResult {
  protocol::ErrorCode error{};
  std::optional<std::string> error_message;

  CatalogResult() = default;
  CatalogResult(std::int16_t code, fluxmq_string message)
      : error(static_cast<protocol::ErrorCode>(code)) {
    if (message.data != nullptr) error_message.emplace(view(message));
  }
};

struct CreatedTopic : CatalogResult {
  // What was created; released by whoever wraps it in a Topic.
  const fluxmq_topic* topic = nullptr;

  CreatedTopic() = default;
  CreatedTopic(std::int16_t code, fluxmq_string message, const fluxmq_topic* created)
      : CatalogResult(code, message), topic(created) {}
};

struct ProducerIdResult {
  protocol::ErrorCode error{};
  std::int64_t producer_id = -1;

  ProducerIdResult() = default;
  ProducerIdResult(std::int16_t code, std::int64_t id)
      : error(static_cast<protocol::ErrorCode>(code)), producer_id(id) {}
};

class Catalog {
 public:
  Catalog(const fluxmq_catalog* catalog, const fluxmq_partition_table* partitions)
      : table_(catalog), partitions_(partitions) {}
  explicit Catalog(Host host)
      : Catalog(host.find<fluxmq_catalog>(FLUXMQ_CATALOG),
                host.find<fluxmq_partition_table>(FLUXMQ_PARTITION)) {}

  std::string_view cluster_id() const { return view(table_->cluster_id(table_->self)); }
  std::int32_t broker_id() const { return table_->broker_id(table_->self); }
  std::int32_t controller_id() const { return table_->controller_id(table_->self); }
  std::vector<fluxmq_broker> brokers() const {
    std::vector<fluxmq_broker> brokers(table_->brokers(table_->self, nullptr, 0));
    table_->brokers(table_->self, brokers.data(), static_cast<std::uint32_t>(brokers.size()));
    return brokers;
  }

  // Blocks. Without a path if the provider is too old to tell.
  fluxmq_log_dir log_dir() const {
    fluxmq_log_dir log_dir{sizeof(log_dir), 0, 0, {nullptr, 0}, -1, -1};
    if (offers(table_, &fluxmq_catalog::log_dir)) table_->log_dir(table_->self, &log_dir);
    return log_dir;
  }

  // All of them, always in the same order. Blocks.
  std::vector<fluxmq_log_dir> log_dirs() const {
    std::vector<fluxmq_log_dir> log_dirs;
    if (!offers(table_, &fluxmq_catalog::visit_log_dirs)) return {log_dir()};
    table_->visit_log_dirs(
        table_->self,
        [](void* context, const fluxmq_log_dir* log_dir) {
          static_cast<std::vector<fluxmq_log_dir>*>(context)->push_back(*log_dir);
        },
        &log_dirs);
    return log_dirs;
  }

  // All topics, by name.
  std::vector<Topic> topics() const {
    std::vector<protocol::Uuid> ids;  // visited topics are only borrowed
    visit_topics([&ids](const fluxmq_topic& topic) { ids.push_back(from_abi(topic.id)); });
    std::vector<Topic> topics;
    topics.reserve(ids.size());
    for (const auto& id : ids) {
      if (auto topic = find(id)) topics.push_back(std::move(topic));
    }
    return topics;
  }
  Topic find(std::string_view name) const {
    return {table_, table_->find_topic(table_->self, to_abi(name))};
  }
  Topic find(const protocol::Uuid& id) const {
    return {table_, table_->find_topic_by_id(table_->self, to_abi(id))};
  }
  // visitor(const fluxmq_topic&), by name.
  template <class Visitor>
  void visit_topics(Visitor visitor) const {
    table_->visit_topics(
        table_->self,
        [](void* context, const fluxmq_topic* topic) -> std::int32_t {
          (*static_cast<Visitor*>(context))(*topic);
          return 1;
        },
        &visitor);
  }
  // Empty if there is no such partition.
  Partition partition(const fluxmq_topic& topic, std::int32_t index) const {
    return {partitions_, table_->partition(table_->self, &topic, index)};
  }
  Partition partition(const Topic& topic, std::int32_t index) const {
    return partition(*topic.get(), index);
  }

  // co_await: CreatedTopic.
  auto create_topic(const fluxmq_new_topic& topic) const {
    return call<CreatedTopic, std::int16_t, fluxmq_string, const fluxmq_topic*>(
        [table = table_, &topic](auto done, void* context) {
          table->create_topic(table->self, &topic, done, context);
        });
  }
  Topic hold(const CreatedTopic& created) const { return {table_, created.topic}; }

  // co_await: CatalogResult, each of the three.
  auto delete_topic(const protocol::Uuid& id) const {
    return call<CatalogResult, std::int16_t, fluxmq_string>(
        [table = table_, id](auto done, void* context) {
          table->delete_topic(table->self, to_abi(id), done, context);
        });
  }
  auto create_partitions(std::string_view topic, std::int32_t total_count,
                         std::uint32_t flags) const {
    return call<CatalogResult, std::int16_t, fluxmq_string>(
        [=, table = table_](auto done, void* context) {
          table->create_partitions(table->self, to_abi(topic), total_count, flags, done, context);
        });
  }
  auto alter_configs(std::uint32_t resource_type, std::string_view resource_name,
                     const std::vector<fluxmq_config_change>& changes, std::uint32_t flags) const {
    return call<CatalogResult, std::int16_t, fluxmq_string>(
        [=, &changes, table = table_](auto done, void* context) {
          table->alter_configs(table->self, resource_type, to_abi(resource_name), changes.data(),
                               changes.size(), flags, done, context);
        });
  }

  // visitor(const fluxmq_config_description&)
  template <class Visitor>
  protocol::ErrorCode describe_configs(std::uint32_t resource_type, std::string_view resource_name,
                                       Visitor visitor) const {
    return static_cast<protocol::ErrorCode>(table_->describe_configs(
        table_->self, resource_type, to_abi(resource_name),
        [](void* context, const fluxmq_config_description* config) {
          (*static_cast<Visitor*>(context))(*config);
        },
        &visitor));
  }

  // The same for a topic that isn't there yet.
  template <class Visitor>
  protocol::ErrorCode describe_new_topic(const fluxmq_new_topic& topic, Visitor visitor) const {
    return static_cast<protocol::ErrorCode>(table_->describe_new_topic(
        table_->self, &topic,
        [](void* context, const fluxmq_config_description* config) {
          (*static_cast<Visitor*>(context))(*config);
        },
        &visitor));
  }

  // co_await: ProducerIdResult.
  auto allocate_producer_id() const {
    return call<ProducerIdResult, std::int16_t, std::int64_t>(
        [table = table_](auto done, void* context) {
          table->allocate_producer_id(table->self, done, context);
        });
  }

 private:
  const fluxmq_catalog* table_;
  const fluxmq_partition_table* partitions_;
};

}  // namespace fluxmq
