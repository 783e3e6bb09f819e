// Changes as Kafka checks them: as a whole, types and ranges by the key's declaration.
#include "broker_configs.h"

#include <algorithm>

#include "config_change_copy.h"
#include "metadata_writer.h"
#include "topic_config.h"
#include "topic_record.h"

namespace fluxmq::core {
namespace {

constexpr const char* kAllChanges = "broker configs";
// Keys that no plugin declares are kept on trust: as many as a mechanism or two may have.
constexpr std::ptrdiff_t kMaxUnknownKeys = 100;

Outcome refuse_list_operation(std::string_view name, std::uint32_t operation) {
  return {ErrorCode::INVALID_CONFIG,
          concat("Config value ", operation == FLUXMQ_CONFIG_APPEND ? "append" : "subtract",
                 " is not allowed for config key: ", name)};
}

KeyValues load(const MetadataStore& store, const std::string& prefix) {
  KeyValues values;
  store.scan(prefix, [&](std::string_view key, std::string_view value) {
    values.emplace(key.substr(prefix.size()), value);
  });
  return values;
}

}  // namespace

BrokerConfigs::BrokerConfigs(Environment& environment, const fluxmq_metadata_store* store)
    : environment_(environment), store_(store), keys_(environment.host) {
  const MetadataStore reader(store);
  use(std::make_shared<const BrokerValues>(
      keys_, load(reader, broker_config_prefix(environment.broker_id)),
      load(reader, broker_config_prefix(std::nullopt))));
}

std::shared_ptr<const BrokerValues> BrokerConfigs::values() const {
  const std::lock_guard lock(mutex_);
  return values_;
}

void BrokerConfigs::use(std::shared_ptr<const BrokerValues> values) {
  const auto in_use = values->dynamic_values();
  {
    const std::lock_guard lock(mutex_);
    values_ = std::move(values);
  }
  std::vector<fluxmq_dynamic_config> told;
  for (const auto& [name, value] : in_use)
    told.push_back({to_abi(std::string_view(name)), to_abi(std::string_view(value))});
  environment_.host.set_dynamic_configs(told.data(), told.size());
  if (changed_) changed_();
}

void BrokerConfigs::alter(bool of_cluster, const fluxmq_config_change* changes, std::uint64_t count,
                          std::uint32_t flags, Done done) {
  auto copy = std::make_shared<ConfigChangeCopy>(changes, count);
  queue_.run(kAllChanges, [this, of_cluster, copy, flags, done = std::move(done)] {
    const auto now = values();
    const KeyValues& before = of_cluster ? now->of_cluster() : now->of_broker();
    KeyValues after = (flags & FLUXMQ_REPLACE_CONFIGS) != 0 ? KeyValues{} : before;
    Outcome outcome = check_changes(copy->changes().data(), copy->changes().size());
    for (const auto& change : copy->changes()) {
      if (outcome.ok()) outcome = apply(change, after);
    }
    if (outcome.ok()) outcome = check(before, after);
    if (!outcome.ok() || (flags & FLUXMQ_VALIDATE_ONLY) != 0) {
      queue_.finish(kAllChanges);
      return done(outcome);
    }
    const auto prefix =
        broker_config_prefix(of_cluster ? std::nullopt : std::optional(environment_.broker_id));
    MetadataTransaction transaction;
    for (const auto& [name, value] : before) {
      if (!after.contains(name)) transaction.remove(prefix + name);
    }
    for (const auto& [name, value] : after) {
      transaction.put(prefix + name, value);
      if (keys_.find(name) == nullptr && !before.contains(name))
        environment_.host.warn("no plugin knows the broker config ", name, ", it is kept unused");
    }
    auto next = std::make_shared<const BrokerValues>(keys_, of_cluster ? now->of_broker() : after,
                                                     of_cluster ? after : now->of_cluster());
    commit(store_, transaction, [this, next, done](std::int16_t error) {
      if (error == 0) use(next);
      queue_.finish(kAllChanges);
      done(ErrorCode{error});
    });
  });
}

Outcome BrokerConfigs::apply(const fluxmq_config_change& change, KeyValues& values) const {
  const std::string name(view(change.name));
  if (change.operation == FLUXMQ_CONFIG_DELETE) {
    values.erase(name);
    return {};
  }
  if (change.operation == FLUXMQ_CONFIG_SET) {
    values[name] = view(change.value);
    return {};
  }
  if (change.operation > FLUXMQ_CONFIG_SUBTRACT)
    return {ErrorCode::INVALID_REQUEST,
            concat("Unknown operations type ", static_cast<std::int8_t>(change.operation))};
  const auto* key = keys_.find(name);
  if (key == nullptr) return {ErrorCode::INVALID_CONFIG, concat("Unknown config name: ", name)};
  if (key->type != ConfigType::kList) return refuse_list_operation(name, change.operation);
  const auto own = values.find(name);
  values[name] = changed_list(own != values.end() ? own->second : key->default_value,
                              change.operation, view(change.value));
  return {};
}

// What was there before isn't checked again: a key may belong to a plugin that is switched off now.
// For the same reason one that nobody declares is kept, as in Kafka, until there is someone whom it
// concerns; an operator who mistyped it finds it in the log.
Outcome BrokerConfigs::check(const KeyValues& before, const KeyValues& after) const {
  KeyValues values;
  for (const auto& [name, value] : after) {
    const auto old = before.find(name);
    if (old == before.end() || old->second != value) values.emplace(name, value);
  }
  std::string fixed;
  for (const auto& [name, value] : values) {
    const auto* key = keys_.find(name);
    if (key != nullptr && !key->is_dynamic) fixed += concat(fixed.empty() ? "" : ", ", name);
  }
  if (!fixed.empty())
    return {ErrorCode::INVALID_REQUEST,
            concat("Cannot update these configs dynamically: [", fixed, "]")};
  const auto is_unknown = [this](const auto& set) { return keys_.find(set.first) == nullptr; };
  const auto unknown = std::ranges::find_if(values, is_unknown);
  if (unknown != values.end() && std::ranges::count_if(after, is_unknown) > kMaxUnknownKeys)
    return {ErrorCode::INVALID_CONFIG, concat("Unknown config name: ", unknown->first)};
  for (const auto& [name, value] : values) {
    if (keys_.find(name) == nullptr) continue;
    std::string normal;
    if (auto outcome = keys_.normalize(name, value, normal); !outcome.ok()) return outcome;
  }
  return {};
}

}  // namespace fluxmq::core
