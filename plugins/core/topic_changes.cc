// The changes, with Kafka's checks, error codes and messages.
#include "topic_changes.h"

#include <stdexcept>

#include "config_change_copy.h"
#include "metadata_writer.h"
#include "new_topic.h"
#include "random_id.h"
#include "topic_deletion.h"
#include "topic_name.h"

namespace fluxmq::core {
namespace {

Outcome storage_error(std::int16_t error) {
  return ErrorCode{error};
}

Outcome unknown_topic() {
  return {ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, "This server does not host this topic-partition."};
}

// For CreatePartitions.
Outcome check_total_count(const TopicVersion* topic, std::string_view name,
                          std::int32_t total_count) {
  if (topic == nullptr) return ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
  const auto count = topic->partition_count;
  if (total_count == count)
    return {ErrorCode::INVALID_PARTITIONS,
            concat("Topic already has ", total_count, " partition(s).")};
  if (total_count < count)
    return {ErrorCode::INVALID_PARTITIONS,
            concat("The topic ", name, " currently has ", count, " partition(s); ", total_count,
                   " would not be an increase.")};
  if (total_count - count > kMaxPartitionsPerRequest) return too_many_partitions();
  return {};
}

}  // namespace

TopicChanges::TopicChanges(Environment& environment, const fluxmq_metadata_store* store,
                           TopicIndex& index, std::shared_ptr<const ConfigDefaults> configs,
                           const NewTopicDefaults& defaults, std::int32_t max_partitions)
    : environment_(environment),
      store_(store),
      index_(index),
      defaults_(defaults),
      versions_(environment, std::move(configs)),
      partition_count_(max_partitions) {}

void TopicChanges::load() {
  const MetadataStore store(store_);
  std::vector<std::pair<protocol::Uuid, DeletedTopicRecord>> deleted;
  const auto not_understood = [](std::string_view key) {
    return std::runtime_error(concat("the metadata store's ", key,
                                     " can't be understood; a newer version may have written it"));
  };
  store.scan(kTopicPrefix, [&](std::string_view key, std::string_view value) {
    const auto record = decode_topic(value);
    if (!record) throw not_understood(key);
    partition_count_.add(record->partition_count);
    index_.publish(versions_.make(key.substr(kTopicPrefix.size()), *record, nullptr));
  });
  store.scan(kDeletedPrefix, [&](std::string_view key, std::string_view value) {
    const auto record = decode_deleted_topic(value);
    const auto id = protocol::Uuid::from_string(key.substr(kDeletedPrefix.size()));
    if (!record || !id) throw not_understood(key);
    deleted.emplace_back(*id, *record);
  });
  for (const auto& [id, record] : deleted) resume_deletion(id, record);
}

// --- create

void TopicChanges::create(const fluxmq_new_topic& topic, Created done) {
  const auto name = view(topic.name);
  const auto key = collision_key(name);
  auto made = std::make_shared<NewTopic>();
  auto outcome = check_new_topic_name(name);
  // Checked before anything else, as it is where it costs the least: an existing topic's request
  // may be wrong in other ways too.
  if (outcome.ok()) outcome = check_free(name, key);
  if (outcome.ok()) {
    outcome =
        check_new_topic(topic, defaults_, *versions_.defaults(), environment_.broker_id, *made);
  }
  if (!outcome.ok()) return done(outcome, nullptr);
  queue_.run(key, [this, made, key, done = std::move(done)] { create_checked(made, key, done); });
}

Outcome TopicChanges::check_free(std::string_view name, const std::string& key) const {
  if (index_.find(name) != nullptr)
    return {ErrorCode::TOPIC_ALREADY_EXISTS, concat("Topic '", name, "' already exists.")};
  if (const auto colliding = index_.find_collision(key); colliding != nullptr)
    return {ErrorCode::INVALID_TOPIC_EXCEPTION,
            concat("Topic '", name, "' collides with existing topic: ", colliding->identity->name)};
  return {};
}

void TopicChanges::create_checked(const std::shared_ptr<NewTopic>& made, const std::string& key,
                                  const Created& done) {
  const auto count = made->record.partition_count;
  auto outcome = check_free(made->name, key);  // again: another may have been created meanwhile
  if (outcome.ok() && index_.find(made->record.id) != nullptr)
    outcome = {ErrorCode::TOPIC_ALREADY_EXISTS,
               concat("A topic with the id ", made->record.id.to_string(), " already exists.")};
  if (outcome.ok()) outcome = partition_count_.reserve(count);
  const auto give_up = [this, key, done](const Outcome& why, TopicReference topic) {
    queue_.finish(key);
    done(why, std::move(topic));
  };
  if (!outcome.ok()) return give_up(outcome, nullptr);
  if (made->record.id.is_zero()) made->record.id = random_id();
  TopicReference version = versions_.make(made->name, made->record, nullptr);
  if (made->validate_only) {
    partition_count_.release(count);
    return give_up({}, std::move(version));
  }
  MetadataTransaction transaction;
  transaction.put(topic_key(made->name), encode(made->record));
  version->hold();  // one for the index, one for the caller
  commit(store_, transaction,
         [this, count, give_up, topic = version.release()](std::int16_t error) {
           TopicReference created(topic);
           TopicReference published(topic);
           if (error != 0) {
             partition_count_.release(count);
             return give_up(storage_error(error), nullptr);
           }
           publish(std::move(published));
           give_up({}, std::move(created));
         });
}

// --- delete

void TopicChanges::remove(const protocol::Uuid& id, Done done) {
  const auto found = index_.find(id);
  if (found == nullptr) return done(unknown_topic());
  const auto key = collision_key(found->identity->name);
  queue_.run(key, [this, id, key, done = std::move(done)] {
    auto topic = index_.find(id);
    if (topic == nullptr) {
      queue_.finish(key);
      return done(unknown_topic());
    }
    remove_found(std::move(topic), key, done);
  });
}

// Clients see the topic go as soon as that is durable; its name is free again once its logs are
// gone too.
void TopicChanges::remove_found(TopicReference topic, const std::string& key, const Done& done) {
  const auto& name = topic->identity->name;
  MetadataTransaction transaction;
  transaction.remove(topic_key(name));
  transaction.put(deleted_key(id_of(*topic)),
                  encode(DeletedTopicRecord{name, topic->partition_count}));
  commit(store_, transaction, [this, key, done, removed = topic.release()](std::int16_t error) {
    const TopicReference held(removed);
    if (error != 0) {
      queue_.finish(key);
      return done(storage_error(error));
    }
    index_.remove(held->identity->name);
    partition_count_.release(held->partition_count);
    remove_logs(environment_, store_, id_of(*held), held->partitions,
                [this, key] { queue_.finish(key); });
    done({});
  });
}

void TopicChanges::resume_deletion(const protocol::Uuid& id, const DeletedTopicRecord& record) {
  TopicRecord topic;
  topic.id = id;
  topic.partition_count = record.partition_count;
  const auto version = versions_.make(record.name, topic, nullptr);
  const auto key = collision_key(record.name);
  queue_.run(key, [this, id, key, partitions = version->partitions] {
    remove_logs(environment_, store_, id, partitions, [this, key] { queue_.finish(key); });
  });
}

// --- change

void TopicChanges::create_partitions(std::string_view name, std::int32_t total_count,
                                     bool validate_only, Done done) {
  const auto key = collision_key(name);
  queue_.run(key, [this, key, name = std::string(name), total_count, validate_only,
                   done = std::move(done)] {
    const auto topic = index_.find(name);
    auto outcome = check_total_count(topic.get(), name, total_count);
    const auto added = outcome.ok() ? total_count - topic->partition_count : 0;
    if (outcome.ok()) outcome = partition_count_.reserve(added);
    if (!outcome.ok() || validate_only) {
      if (outcome.ok()) partition_count_.release(added);
      queue_.finish(key);
      return done(outcome);
    }
    TopicRecord record = record_of(*topic);
    record.partition_count = total_count;
    replace(versions_.make(name, record, topic.get()), key,
            [this, added, done](const Outcome& end) {
              if (!end.ok()) partition_count_.release(added);
              done(end);
            });
  });
}

void TopicChanges::alter_configs(std::string_view name, const fluxmq_config_change* changes,
                                 std::uint64_t count, std::uint32_t flags, Done done) {
  auto copy = std::make_shared<ConfigChangeCopy>(changes, count);
  const auto key = collision_key(name);
  queue_.run(key, [this, key, name = std::string(name), copy, flags, done = std::move(done)] {
    const auto topic = index_.find(name);
    TopicRecord record;
    if (topic != nullptr) record = record_of(*topic);
    if ((flags & FLUXMQ_REPLACE_CONFIGS) != 0) record.configs.clear();
    // What is wrong with the configs is told first, as Kafka does.
    auto outcome = apply_config_changes(copy->changes().data(), copy->changes().size(),
                                        *versions_.defaults(), record.is_internal, record.configs);
    if (outcome.ok() && topic == nullptr) {
      outcome = {ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
                 concat("The topic '", name, "' does not exist.")};
    }
    if (!outcome.ok() || (flags & FLUXMQ_VALIDATE_ONLY) != 0) {
      queue_.finish(key);
      return done(outcome);
    }
    replace(versions_.make(name, record, topic.get()), key, done);
  });
}

void TopicChanges::replace(TopicReference next, const std::string& key, const Done& done) {
  MetadataTransaction transaction;
  transaction.put(topic_key(next->identity->name), encode(record_of(*next)));
  commit(store_, transaction, [this, key, done, version = next.release()](std::int16_t error) {
    TopicReference changed(version);
    if (error == 0) {
      for (const auto& partition : changed->partitions) partition->configure(changed->settings);
      publish(std::move(changed));
    }
    queue_.finish(key);
    done(storage_error(error));
  });
}

// The defaults may have changed since the version was made, and whoever changed them may not have
// seen it.
void TopicChanges::publish(TopicReference topic) {
  const auto id = id_of(*topic);
  const auto identity = topic->identity;
  const auto made_with = topic->defaults;
  index_.publish(std::move(topic));
  if (made_with != versions_.defaults()) follow_defaults(id, identity->name);
}

void TopicChanges::set_defaults(std::shared_ptr<const ConfigDefaults> configs) {
  versions_.set_defaults(std::move(configs));
  for (const auto& topic : index_.all()) follow_defaults(id_of(*topic), topic->identity->name);
}

void TopicChanges::follow_defaults(const protocol::Uuid& id, std::string_view name) {
  const auto key = collision_key(name);
  queue_.run(key, [this, key, id] {
    if (const auto topic = index_.find(id); topic != nullptr) {
      auto next = versions_.make(topic->identity->name, record_of(*topic), topic.get());
      for (const auto& partition : next->partitions) partition->configure(next->settings);
      publish(std::move(next));
    }
    queue_.finish(key);
  });
}

}  // namespace fluxmq::core
