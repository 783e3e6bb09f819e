// The changes, with Kafka's checks, error codes and messages.
#include "topic_changes.h"

#include <sys/random.h>

#include <algorithm>
#include <atomic>
#include <span>
#include <stdexcept>

#include "config_change_copy.h"
#include "fluxmq/replica_assignment.h"
#include "fluxmq/topic_name.h"
#include "metadata_writer.h"
#include "random_id.h"
#include "topic_name.h"

namespace fluxmq::core {
namespace {

// Kafka's limit for one request.
constexpr std::int32_t kMaxPartitionsPerRequest = 10'000;

Outcome storage_error(std::int16_t error) {
  return ErrorCode{error};
}

Outcome unknown_topic() {
  return {ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, "This server does not host this topic-partition."};
}

Outcome invalid_assignment(std::string message) {
  return {ErrorCode::INVALID_REPLICA_ASSIGNMENT, std::move(message)};
}

protocol::Uuid id_of(const TopicVersion& topic) {
  protocol::Uuid id;
  std::copy(std::begin(topic.id.bytes), std::end(topic.id.bytes), id.bytes.begin());
  return id;
}

}  // namespace

TopicChanges::TopicChanges(Environment& environment, const fluxmq_metadata_store* store,
                           TopicIndex& index, std::shared_ptr<const ConfigDefaults> configs,
                           Defaults defaults)
    : environment_(environment), store_(store), index_(index), defaults_(defaults) {
  set_defaults(std::move(configs));
}

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
    partition_total_ += record->partition_count;
    index_.publish(make_version(key.substr(kTopicPrefix.size()), *record, nullptr));
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
  auto made = std::make_shared<NewTopic>();
  if (const auto outcome = check(topic, *made); !outcome.ok()) return done(outcome, nullptr);
  const auto key = collision_key(made->name);
  queue_.run(key, [this, made, key, done = std::move(done)] { create_checked(made, key, done); });
}

Outcome TopicChanges::check(const fluxmq_new_topic& topic, NewTopic& made) const {
  made.name = view(topic.name);
  made.validate_only = (topic.flags & FLUXMQ_VALIDATE_ONLY) != 0;
  if (auto outcome = check_topic_name(made.name); !outcome.ok()) return outcome;
  if (made.name == "__cluster_metadata")
    return {ErrorCode::INVALID_REQUEST,
            "Creation of internal topic __cluster_metadata is prohibited."};
  // Checked before anything else, as it is where it costs the least: an existing topic's request
  // may be wrong in other ways too.
  if (auto outcome = check_free(made.name, collision_key(made.name)); !outcome.ok()) return outcome;
  TopicRecord& record = made.record;
  record.partition_count = topic.partition_count;
  record.replication_factor = topic.replication_factor;
  record.leader_epoch = topic.leader_epoch;
  std::copy(std::begin(topic.id.bytes), std::end(topic.id.bytes), record.id.bytes.begin());
  record.is_internal = (topic.flags & FLUXMQ_INTERNAL_TOPIC) != 0 || is_internal_topic(made.name);
  if (auto outcome = check_assignment(topic, record.partition_count, record.replication_factor);
      !outcome.ok())
    return outcome;
  return apply_new_configs(topic, *defaults(), record.is_internal, record.configs);
}

Outcome TopicChanges::check_configs(const fluxmq_new_topic& topic,
                                    ConfigOverrides& overrides) const {
  const bool is_internal =
      (topic.flags & FLUXMQ_INTERNAL_TOPIC) != 0 || is_internal_topic(view(topic.name));
  return apply_new_configs(topic, *defaults(), is_internal, overrides);
}

Outcome TopicChanges::check_assignment(const fluxmq_new_topic& topic, std::int32_t& partition_count,
                                       std::int32_t& replication_factor) const {
  if (topic.assignment_count == 0) {
    if (replication_factor == 0 || replication_factor < -1)
      return {ErrorCode::INVALID_REPLICATION_FACTOR,
              "Replication factor must be larger than 0, or -1 to use the default value."};
    if (partition_count == 0 || partition_count < -1)
      return {ErrorCode::INVALID_PARTITIONS,
              "Number of partitions was set to an invalid non-positive value."};
    if (partition_count == -1) partition_count = defaults_.partition_count;
    if (replication_factor == -1) replication_factor = defaults_.replication_factor;
    if (partition_count > kMaxPartitionsPerRequest)
      return {ErrorCode::POLICY_VIOLATION, "Excessively large number of partitions per request."};
    // With the cap a topic has the replicas that there can be.
    if (defaults_.cap_replication_factor) replication_factor = 1;
    if (replication_factor > 1)
      return {ErrorCode::INVALID_REPLICATION_FACTOR,
              concat("Unable to replicate the partition ", replication_factor,
                     " time(s): The target replication factor of ", replication_factor,
                     " cannot be reached because only 1 broker(s) are registered or some brokers "
                     "have all their log directories cordoned.")};
    return {};
  }
  if (replication_factor != -1)
    return {ErrorCode::INVALID_REQUEST,
            "A manual partition assignment was specified, but replication factor was not set to "
            "-1."};
  if (partition_count != -1)
    return {ErrorCode::INVALID_REQUEST,
            "A manual partition assignment was specified, but numPartitions was not set to -1."};
  if (topic.assignment_count > kMaxPartitionsPerRequest)
    return {ErrorCode::POLICY_VIOLATION, "Excessively large number of partitions per request."};
  const fluxmq_broker this_broker{environment_.broker_id, 0, {nullptr, 0}};
  std::vector<bool> seen(topic.assignment_count);
  bool consecutive = true;
  for (std::uint64_t i = 0; i < topic.assignment_count; ++i) {
    const auto partition = topic.assigned_partitions[i];
    if (partition < 0 || static_cast<std::uint64_t>(partition) >= topic.assignment_count) {
      consecutive = false;
    } else if (seen[static_cast<std::size_t>(partition)]) {
      return invalid_assignment(
          concat("Found multiple manual partition assignments for partition ", partition));
    } else {
      seen[static_cast<std::size_t>(partition)] = true;
    }
    const std::span replicas(topic.assigned_brokers + topic.assignment_starts[i],
                             topic.assigned_brokers + topic.assignment_starts[i + 1]);
    if (auto problem = check_replicas(replicas, {&this_broker, 1}); !problem.empty())
      return invalid_assignment(std::move(problem));
  }
  if (!consecutive)
    return invalid_assignment("partitions should be a consecutive 0-based integer sequence");
  partition_count = static_cast<std::int32_t>(topic.assignment_count);
  replication_factor = 1;
  return {};
}

Outcome TopicChanges::check_free(std::string_view name, const std::string& key) const {
  if (index_.find(name) != nullptr)
    return {ErrorCode::TOPIC_ALREADY_EXISTS, concat("Topic '", name, "' already exists.")};
  if (const auto colliding = index_.find_collision(key); colliding != nullptr)
    return {ErrorCode::INVALID_TOPIC_EXCEPTION,
            concat("Topic '", name, "' collides with existing topic: ", colliding->identity->name)};
  return {};
}

Outcome TopicChanges::reserve_partitions(std::int32_t count) {
  const std::lock_guard lock(mutex_);
  if (partition_total_ + count > defaults_.max_partitions)
    return {ErrorCode::POLICY_VIOLATION,
            concat("The broker holds ", partition_total_, " partitions; ", count,
                   " more would pass max.partitions, ", defaults_.max_partitions, ".")};
  partition_total_ += count;
  return {};
}

void TopicChanges::create_checked(const std::shared_ptr<NewTopic>& made, const std::string& key,
                                  const Created& done) {
  const auto count = made->record.partition_count;
  auto outcome = check_free(made->name, key);  // again: another may have been created meanwhile
  if (outcome.ok() && index_.find(made->record.id) != nullptr)
    outcome = {ErrorCode::TOPIC_ALREADY_EXISTS,
               concat("A topic with the id ", made->record.id.to_string(), " already exists.")};
  if (outcome.ok()) outcome = reserve_partitions(count);
  const auto give_up = [this, key, done](const Outcome& why, TopicReference topic) {
    queue_.finish(key);
    done(why, std::move(topic));
  };
  if (!outcome.ok()) return give_up(outcome, nullptr);
  if (made->record.id.is_zero()) made->record.id = random_id();
  TopicReference version = make_version(made->name, made->record, nullptr);
  if (made->validate_only) {
    static_cast<void>(reserve_partitions(-count));
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
             static_cast<void>(reserve_partitions(-count));
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
    static_cast<void>(reserve_partitions(-held->partition_count));
    remove_logs(id_of(*held), held->partitions, [this, key] { queue_.finish(key); });
    done({});
  });
}

void TopicChanges::remove_logs(const protocol::Uuid& id,
                               const std::vector<std::shared_ptr<Partition>>& logs,
                               Change removed) {
  struct Removal {
    std::atomic<std::size_t> left;
    std::atomic<bool> failed{false};
    Change done;
  };
  auto removal = std::make_shared<Removal>();
  removal->left = logs.size() + 1;
  removal->done = std::move(removed);
  const auto one_less = [this, id, removal](std::int16_t error) {
    if (error != 0) removal->failed = true;
    if (removal->left.fetch_sub(1) != 1) return;
    if (removal->failed) {
      environment_.host.error("not all logs of the deleted topic with the id ", id.to_string(),
                              " could be removed; the next start tries again");
      return removal->done();
    }
    MetadataTransaction transaction;
    transaction.remove(deleted_key(id));
    commit(store_, transaction, [removal](std::int16_t) { removal->done(); });
  };
  for (const auto& log : logs) log->remove(one_less);
  one_less(0);
}

void TopicChanges::resume_deletion(const protocol::Uuid& id, const DeletedTopicRecord& record) {
  TopicRecord topic;
  topic.id = id;
  topic.partition_count = record.partition_count;
  const auto version = make_version(record.name, topic, nullptr);
  const auto key = collision_key(record.name);
  queue_.run(key, [this, id, key, partitions = version->partitions] {
    remove_logs(id, partitions, [this, key] { queue_.finish(key); });
  });
}

// --- change

void TopicChanges::create_partitions(std::string_view name, std::int32_t total_count,
                                     bool validate_only, Done done) {
  const auto key = collision_key(name);
  queue_.run(key, [this, key, name = std::string(name), total_count, validate_only,
                   done = std::move(done)] {
    const auto topic = index_.find(name);
    Outcome outcome;
    if (topic == nullptr) {
      outcome = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    } else if (total_count == topic->partition_count) {
      outcome = {ErrorCode::INVALID_PARTITIONS,
                 concat("Topic already has ", total_count, " partition(s).")};
    } else if (total_count < topic->partition_count) {
      outcome = {ErrorCode::INVALID_PARTITIONS,
                 concat("The topic ", name, " currently has ", topic->partition_count,
                        " partition(s); ", total_count, " would not be an increase.")};
    } else if (total_count - topic->partition_count > kMaxPartitionsPerRequest) {
      outcome = {ErrorCode::POLICY_VIOLATION,
                 "Excessively large number of partitions per request."};
    } else {
      outcome = reserve_partitions(total_count - topic->partition_count);
    }
    if (!outcome.ok() || validate_only) {
      if (outcome.ok()) static_cast<void>(reserve_partitions(topic->partition_count - total_count));
      queue_.finish(key);
      return done(outcome);
    }
    TopicRecord record = record_of(*topic);
    record.partition_count = total_count;
    const auto added = total_count - topic->partition_count;
    replace(make_version(name, record, topic.get()), key, [this, added, done](const Outcome& end) {
      if (!end.ok()) static_cast<void>(reserve_partitions(-added));
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
    auto outcome = apply_config_changes(copy->changes().data(), copy->changes().size(), *defaults(),
                                        record.is_internal, record.configs);
    if (outcome.ok() && topic == nullptr) {
      outcome = {ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
                 concat("The topic '", name, "' does not exist.")};
    }
    if (!outcome.ok() || (flags & FLUXMQ_VALIDATE_ONLY) != 0) {
      queue_.finish(key);
      return done(outcome);
    }
    replace(make_version(name, record, topic.get()), key, done);
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
  if (made_with != defaults()) follow_defaults(id, identity->name);
}

void TopicChanges::set_defaults(std::shared_ptr<const ConfigDefaults> configs) {
  auto settings = std::make_shared<const TopicSettings>(make_settings(*configs, ConfigOverrides{}));
  {
    const std::lock_guard lock(mutex_);
    configs_ = std::move(configs);
    default_settings_ = std::move(settings);
  }
  for (const auto& topic : index_.all()) follow_defaults(id_of(*topic), topic->identity->name);
}

std::shared_ptr<const ConfigDefaults> TopicChanges::defaults() const {
  const std::lock_guard lock(mutex_);
  return configs_;
}

void TopicChanges::follow_defaults(const protocol::Uuid& id, std::string_view name) {
  const auto key = collision_key(name);
  queue_.run(key, [this, key, id] {
    if (const auto topic = index_.find(id); topic != nullptr) {
      auto next = make_version(topic->identity->name, record_of(*topic), topic.get());
      for (const auto& partition : next->partitions) partition->configure(next->settings);
      publish(std::move(next));
    }
    queue_.finish(key);
  });
}

TopicReference TopicChanges::make_version(std::string_view name, const TopicRecord& record,
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
    topic->defaults = configs_;
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

TopicRecord TopicChanges::record_of(const TopicVersion& topic) {
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
