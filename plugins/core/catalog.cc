// The catalog's table: lookups here, changes and descriptions in files of their own.
#include "catalog.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <future>
#include <memory>
#include <stdexcept>

#include "describe_configs.h"
#include "fluxmq/plugin.h"
#include "metadata_writer.h"
#include "random_id.h"
#include "topic_name.h"

namespace fluxmq::core {
namespace {

protocol::Uuid from_abi_id(const fluxmq_uuid& id) {
  protocol::Uuid uuid;
  std::memcpy(uuid.bytes.data(), id.bytes, sizeof(id.bytes));
  return uuid;
}

// Made once, at the first start.
std::string load_cluster_id(const fluxmq_metadata_store* store) {
  if (const auto kept = MetadataStore(store).get(kClusterIdKey)) return *kept;
  const std::string made = random_id().to_string();
  MetadataTransaction transaction;
  transaction.put(std::string(kClusterIdKey), made);
  std::promise<std::int16_t> committed;
  auto result = committed.get_future();
  commit(store, transaction, [&committed](std::int16_t error) { committed.set_value(error); });
  if (const auto error = result.get(); error != 0)
    throw std::runtime_error(concat("the cluster id could not be stored: error ", error));
  return made;
}

NewTopicDefaults new_topic_defaults(Host host) {
  return {static_cast<std::int32_t>(host.config_int("num.partitions")),
          static_cast<std::int32_t>(host.config_int("default.replication.factor")),
          host.config_bool("replication.factor.cap.enable")};
}

TopicChanges::Done answer_with(fluxmq_catalog_done done, void* context) {
  return [done, context](const Outcome& outcome) {
    done(context, outcome.code(), outcome.abi_message());
  };
}

}  // namespace

Catalog::Catalog(Environment& environment, const fluxmq_metadata_store* store)
    : environment_(environment),
      cluster_id_(load_cluster_id(store)),
      rack_(environment.host.config("broker.rack")),
      broker_configs_(environment, store),
      changes_(environment, store, index_,
               std::make_shared<const ConfigDefaults>(*broker_configs_.values()),
               new_topic_defaults(environment.host),
               static_cast<std::int32_t>(environment.host.config_int("max.partitions"))),
      producer_ids_(store),
      table_{sizeof(fluxmq_catalog),
             0,
             this,
             trampoline<&Catalog::cluster_id>,
             trampoline<&Catalog::broker_id>,
             trampoline<&Catalog::broker_id>,
             trampoline<&Catalog::brokers>,
             trampoline<&Catalog::find_topic>,
             trampoline<&Catalog::find_topic_by_id>,
             trampoline<&Catalog::release_topic>,
             trampoline<&Catalog::visit_topics>,
             trampoline<&Catalog::partition>,
             trampoline<&Catalog::create_topic>,
             trampoline<&Catalog::delete_topic>,
             trampoline<&Catalog::create_partitions>,
             trampoline<&Catalog::describe_configs>,
             trampoline<&Catalog::alter_configs>,
             trampoline<&Catalog::allocate_producer_id>,
             trampoline<&Catalog::describe_new_topic>,
             trampoline<&Catalog::log_dir>,
             trampoline<&Catalog::skip_producer_ids>,
             trampoline<&Catalog::visit_log_dirs>} {
  changes_.load();
  broker_configs_.on_change([this] { broker_configs_changed(); });
  read_producer_expiration();
}

void Catalog::read_producer_expiration() {
  environment_.producer_expiration_ms = environment_.host.config_int("producer.id.expiration.ms");
}

void Catalog::broker_configs_changed() {
  read_producer_expiration();
  if (on_configs_change_) on_configs_change_();
  changes_.set_defaults(std::make_shared<const ConfigDefaults>(*broker_configs_.values()));
}

void Catalog::wait() {
  broker_configs_.wait();
  changes_.wait();
  producer_ids_.wait();
}

fluxmq_string Catalog::cluster_id() {
  return to_abi(std::string_view(cluster_id_));
}

std::uint32_t Catalog::brokers(fluxmq_broker* brokers, std::uint32_t capacity) {
  const auto rack = rack_.empty() ? fluxmq_string{nullptr, 0} : to_abi(std::string_view(rack_));
  if (capacity > 0) brokers[0] = {environment_.broker_id, 0, rack};
  return 1;
}

const fluxmq_topic* Catalog::find_topic(fluxmq_string name) {
  return index_.find(view(name)).release();
}

const fluxmq_topic* Catalog::find_topic_by_id(fluxmq_uuid id) {
  return index_.find(from_abi_id(id)).release();
}

void Catalog::release_topic(const fluxmq_topic* topic) {
  if (topic != nullptr) from_abi_topic(topic)->release();
}

void Catalog::visit_topics(fluxmq_topic_visitor visitor, void* context) {
  for (const auto& topic : index_.all()) {
    if (visitor(context, topic.get()) == 0) return;
  }
}

fluxmq_partition* Catalog::partition(const fluxmq_topic* topic, std::int32_t index) {
  const auto& partitions = from_abi_topic(topic)->partitions;
  const auto at = static_cast<std::size_t>(index);
  return index < 0 || at >= partitions.size() ? nullptr : partitions[at].get();
}

void Catalog::create_topic(const fluxmq_new_topic* topic, fluxmq_topic_done done, void* context) {
  fluxmq_new_topic known{};  // what the caller doesn't know of stays 0
  std::memcpy(&known, topic, std::min<std::size_t>(topic->size, sizeof(known)));
  changes_.create(known, [done, context](const Outcome& outcome, TopicReference created) {
    done(context, outcome.code(), outcome.abi_message(), created.release());
  });
}

void Catalog::delete_topic(fluxmq_uuid id, fluxmq_catalog_done done, void* context) {
  changes_.remove(from_abi_id(id), answer_with(done, context));
}

void Catalog::create_partitions(fluxmq_string topic, std::int32_t total_count, std::uint32_t flags,
                                fluxmq_catalog_done done, void* context) {
  changes_.create_partitions(view(topic), total_count, (flags & FLUXMQ_VALIDATE_ONLY) != 0,
                             answer_with(done, context));
}

std::int16_t Catalog::describe_configs(std::uint32_t resource_type, fluxmq_string resource_name,
                                       fluxmq_config_visitor visitor, void* context) {
  const auto name = view(resource_name);
  if (resource_type == FLUXMQ_RESOURCE_BROKER) {
    if (const auto outcome = check_broker_resource(name); !outcome.ok()) return outcome.code();
    const auto values = broker_configs_.values();
    name.empty() ? describe_cluster(*values, visitor, context)
                 : describe_broker(*values, visitor, context);
    return 0;
  }
  if (resource_type != FLUXMQ_RESOURCE_TOPIC) return protocol::to_int16(ErrorCode::INVALID_REQUEST);
  if (const auto outcome = check_topic_name(name); !outcome.ok()) return outcome.code();
  const auto topic = index_.find(name);
  if (topic == nullptr) return protocol::to_int16(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
  describe_topic(topic->configs, *changes_.defaults(), visitor, context);
  return 0;
}

void Catalog::alter_configs(std::uint32_t resource_type, fluxmq_string resource_name,
                            const fluxmq_config_change* changes, std::uint64_t change_count,
                            std::uint32_t flags, fluxmq_catalog_done done, void* context) {
  const auto name = view(resource_name);
  const auto answer = answer_with(done, context);
  if (resource_type == FLUXMQ_RESOURCE_BROKER) {
    if (const auto outcome = check_broker_resource(name); !outcome.ok()) return answer(outcome);
    return broker_configs_.alter(name.empty(), changes, change_count, flags, answer);
  }
  if (resource_type != FLUXMQ_RESOURCE_TOPIC) return answer(ErrorCode::INVALID_REQUEST);
  if (name.empty())
    return answer({ErrorCode::INVALID_REQUEST, "Default topic resources are not allowed."});
  if (const auto outcome = check_topic_name(name); !outcome.ok()) return answer(outcome);
  changes_.alter_configs(name, changes, change_count, flags, answer);
}

std::int16_t Catalog::describe_new_topic(const fluxmq_new_topic* topic,
                                         fluxmq_config_visitor visitor, void* context) {
  ConfigOverrides configs;
  const auto outcome = check_new_configs(*topic, *changes_.defaults(), configs);
  if (outcome.ok()) core::describe_new_topic(configs, *changes_.defaults(), visitor, context);
  return outcome.code();
}

void Catalog::allocate_producer_id(fluxmq_producer_id_done done, void* context) {
  producer_ids_.allocate(done, context);
}

void Catalog::skip_producer_ids(std::int64_t first, fluxmq_catalog_done done, void* context) {
  struct Skip {
    fluxmq_catalog_done done;
    void* context;
  };
  producer_ids_.skip_to(
      first,
      [](void* skip, std::int16_t error, std::int64_t) {
        const std::unique_ptr<Skip> skipped(static_cast<Skip*>(skip));
        skipped->done(skipped->context, error, {nullptr, 0});
      },
      new Skip{done, context});
}

void Catalog::log_dir(fluxmq_log_dir* log_dir) {
  const auto* store = environment_.log_store;
  if (offers(store, &fluxmq_log_store::log_dir)) store->log_dir(store->self, log_dir);
}

void Catalog::visit_log_dirs(fluxmq_log_dir_visitor visitor, void* context) {
  const auto* store = environment_.log_store;
  if (offers(store, &fluxmq_log_store::visit_log_dirs))
    return store->visit_log_dirs(store->self, visitor, context);
  fluxmq_log_dir only{sizeof(only), 0, 0, {nullptr, 0}, -1, -1};
  log_dir(&only);
  visitor(context, &only);
}

Outcome Catalog::check_broker_resource(std::string_view name) const {
  if (name.empty()) return {};
  std::int32_t id = -1;
  const auto digits = name.starts_with('+') ? name.substr(1) : name;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (error != std::errc{} || end != digits.data() + digits.size())
    return {ErrorCode::INVALID_REQUEST, concat("Node id must be an integer, but it is: ", name)};
  if (id != environment_.broker_id)
    return {ErrorCode::INVALID_REQUEST, concat("Unexpected broker id, expected ",
                                               environment_.broker_id, ", but received ", name)};
  return {};
}

}  // namespace fluxmq::core
