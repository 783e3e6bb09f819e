// Descriptions with sources and synonyms as Kafka tells them.
#include "describe_configs.h"

#include <algorithm>

namespace fluxmq::core {
namespace {

using Synonyms = std::vector<fluxmq_config_synonym>;

fluxmq_string text(std::string_view value) {
  return to_abi(value);
}

fluxmq_config_description description(std::string_view name, std::string_view value,
                                      ConfigType type, std::string_view documentation,
                                      const Synonyms& synonyms) {
  fluxmq_config_description made{};
  made.size = sizeof(made);
  made.source = synonyms.empty() ? FLUXMQ_SOURCE_DEFAULT : synonyms.front().source;
  made.name = text(name);
  made.value = text(value);
  made.type = static_cast<std::int32_t>(type);
  made.documentation = text(documentation);
  made.synonyms = synonyms.data();
  made.synonym_count = synonyms.size();
  return made;
}

// The key's value in use, in its normal form; nullopt where there is none.
std::optional<std::string> value_in_use(const BrokerValues& values, std::string_view name,
                                        const BrokerKey& key) {
  if (auto dynamic = values.dynamic_value(name)) return dynamic;
  // Only a list without a value is empty; anything else is null.
  if (key.value.empty() && key.type != ConfigType::kList) return std::nullopt;
  std::string normal;
  const ValueRules any{.type = key.type};
  return normalize(any, name, key.value, normal).ok() ? normal : key.value;
}

// What the key was set to, itself and in other units; from itself on, as Kafka tells it.
Synonyms synonyms_of(const BrokerValues& values, std::string_view name) {
  Synonyms synonyms;
  for (const auto& [key, value, source] : values.sources(key_synonyms(name))) {
    if (synonyms.empty() && key != name) continue;
    synonyms.push_back({text(key), text(value), source, 0});
  }
  return synonyms;
}

void describe_key(std::string_view name, const BrokerKey& key,
                  const std::optional<std::string>& value, const Synonyms& synonyms,
                  fluxmq_config_visitor visitor, void* context) {
  auto made = description(name, value ? std::string_view(*value) : std::string_view(), key.type,
                          key.documentation, synonyms);
  made.is_read_only = key.is_dynamic ? 0 : 1;
  made.is_sensitive = key.is_sensitive() ? 1 : 0;
  if (!value || key.is_sensitive()) made.value = {nullptr, 0};
  visitor(context, &made);
}

// Of a plugin that is not there: nobody knows whether it is a secret.
void describe_unknown(std::string_view name, const BrokerValues& values,
                      fluxmq_config_visitor visitor, void* context) {
  Synonyms synonyms;
  for (const auto& [key, value, source] : values.sources({name}))
    synonyms.push_back({text(key), {nullptr, 0}, source, 0});
  auto made =
      description(name, {}, ConfigType::kUnknown, "No enabled plugin declares this key.", synonyms);
  made.is_sensitive = 1;
  made.value = {nullptr, 0};
  visitor(context, &made);
}

}  // namespace

void describe_topic(const ConfigOverrides& configs, const ConfigDefaults& defaults,
                    fluxmq_config_visitor visitor, void* context) {
  for (std::size_t i = 0; i < kTopicConfigCount; ++i) {
    const auto& definition = topic_config_definitions()[i];
    const auto& fallback = defaults.of(i);
    const std::string* own = configs.find(i);
    Synonyms synonyms;
    if (own != nullptr)
      synonyms.push_back({text(definition.name), text(*own), FLUXMQ_SOURCE_DYNAMIC_TOPIC, 0});
    for (const auto& [key, value, source] : fallback.synonyms)
      synonyms.push_back({text(key), text(value), source, 0});
    const auto made = description(definition.name, own != nullptr ? *own : fallback.value,
                                  definition.rules.type, definition.documentation, synonyms);
    visitor(context, &made);
  }
}

void describe_new_topic(const ConfigOverrides& configs, const ConfigDefaults& defaults,
                        fluxmq_config_visitor visitor, void* context) {
  for (std::size_t i = 0; i < kTopicConfigCount; ++i) {
    const auto& definition = topic_config_definitions()[i];
    const auto& fallback = defaults.of(i);
    const std::string* own = configs.find(i);
    auto made = description(definition.name, own != nullptr ? *own : fallback.value,
                            definition.rules.type, definition.documentation, {});
    made.source = own != nullptr ? FLUXMQ_SOURCE_DYNAMIC_TOPIC : fallback.source;
    visitor(context, &made);
  }
}

void describe_broker(const BrokerValues& values, fluxmq_config_visitor visitor, void* context) {
  for (const auto& [name, key] : values.keys().all())
    describe_key(name, key, value_in_use(values, name, key), synonyms_of(values, name), visitor,
                 context);
  KeyValues unknown = values.of_broker();
  unknown.insert(values.of_cluster().begin(), values.of_cluster().end());
  for (const auto& [name, value] : unknown) {
    if (values.keys().find(name) == nullptr) describe_unknown(name, values, visitor, context);
  }
}

void describe_cluster(const BrokerValues& values, fluxmq_config_visitor visitor, void* context) {
  for (const auto& [name, value] : values.of_cluster()) {
    const auto* key = values.keys().find(name);
    if (key == nullptr) {
      describe_unknown(name, values, visitor, context);
      continue;
    }
    auto synonyms = synonyms_of(values, name);
    std::erase_if(synonyms, [](const auto& synonym) {
      return synonym.source != FLUXMQ_SOURCE_DYNAMIC_DEFAULT_BROKER;
    });
    std::string normal;
    const bool is_right = values.keys().normalize(name, value, normal).ok();
    describe_key(name, *key, is_right ? normal : value, synonyms, visitor, context);
  }
}

}  // namespace fluxmq::core
