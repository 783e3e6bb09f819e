// Descriptions with sources and synonyms as Kafka tells them.
#include "describe_configs.h"

#include <algorithm>
#include <array>

namespace fluxmq::core {
namespace {

// Keys of the kernel and of other plugins that clients look for; told if somebody declares them.
struct ForeignKey {
  const char* name;
  ConfigType type;
  const char* documentation;
};
constexpr std::array<ForeignKey, 14> kForeignKeys{{
    {"listeners", ConfigType::kList, "Where the broker listens."},
    {"advertised.listeners", ConfigType::kList, "Where clients are told to connect."},
    {"listener.security.protocol.map", ConfigType::kString, "The protocol of each listener."},
    {"connections.max.idle.ms", ConfigType::kLong, "Idle connections are closed after this."},
    {"max.connections", ConfigType::kInt, "Connections at most."},
    {"max.connections.per.ip", ConfigType::kInt, "Connections of one address at most."},
    {"socket.request.max.bytes", ConfigType::kInt, "The largest request."},
    {"queued.max.request.bytes", ConfigType::kLong, "Bytes of all requests in memory at most."},
    {"auto.create.topics.enable", ConfigType::kBoolean,
     "Whether a topic is created when a client first asks for it."},
    {"group.initial.rebalance.delay.ms", ConfigType::kInt,
     "How long an empty group waits for more members before its first rebalance."},
    {"group.max.session.timeout.ms", ConfigType::kInt, "The longest session timeout of members."},
    {"group.min.session.timeout.ms", ConfigType::kInt, "The shortest session timeout of members."},
    {"offsets.retention.minutes", ConfigType::kInt, "How long offsets of an empty group are kept."},
    {"offsets.topic.num.partitions", ConfigType::kInt, "Partitions of __consumer_offsets."},
}};

ConfigType type_of(const fluxmq_config_key& key) {
  switch (key.type) {
    case FLUXMQ_CONFIG_BOOLEAN:
      return ConfigType::kBoolean;
    case FLUXMQ_CONFIG_INT:
      return ConfigType::kInt;
    case FLUXMQ_CONFIG_LONG:
      return ConfigType::kLong;
    case FLUXMQ_CONFIG_LIST:
      return ConfigType::kList;
    default:
      return ConfigType::kString;
  }
}

fluxmq_string text(std::string_view value) {
  return to_abi(value);
}

fluxmq_config_description description(std::string_view name, std::string_view value,
                                      ConfigType type, std::string_view documentation,
                                      const std::vector<fluxmq_config_synonym>& synonyms) {
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

void describe_broker_key(Host host, std::string_view name, ConfigType type,
                         std::string_view documentation, std::string_view default_value,
                         fluxmq_config_visitor visitor, void* context) {
  const std::string key(name);
  const fluxmq_string value = host.table()->config(host.table()->self, key.c_str());
  if (value.data == nullptr) return;
  const bool is_set = host.config_is_set(key.c_str());
  std::vector<fluxmq_config_synonym> synonyms;
  if (is_set) synonyms.push_back({text(name), value, FLUXMQ_SOURCE_STATIC_BROKER, 0});
  if (!default_value.empty())
    synonyms.push_back({text(name), text(default_value), FLUXMQ_SOURCE_DEFAULT, 0});
  auto made = description(name, view(value), type, documentation, synonyms);
  made.is_read_only = 1;
  // A number without a value is null; a list without one is empty.
  const bool has_empty_form = type == ConfigType::kList || type == ConfigType::kString;
  if (value.size == 0 && !has_empty_form) made.value = {nullptr, 0};
  visitor(context, &made);
}

}  // namespace

void describe_topic(const TopicVersion& topic, const ConfigDefaults& defaults,
                    fluxmq_config_visitor visitor, void* context) {
  for (std::size_t i = 0; i < kTopicConfigCount; ++i) {
    const auto& definition = topic_config_definitions()[i];
    const auto& fallback = defaults.of(i);
    const std::string* own = topic.configs.find(i);
    std::vector<fluxmq_config_synonym> synonyms;
    if (own != nullptr)
      synonyms.push_back({text(definition.name), text(*own), FLUXMQ_SOURCE_DYNAMIC_TOPIC, 0});
    for (const auto& [key, value] : fallback.set_keys)
      synonyms.push_back({text(key), text(value), FLUXMQ_SOURCE_STATIC_BROKER, 0});
    if (fallback.default_key != nullptr)
      synonyms.push_back(
          {text(fallback.default_key), text(fallback.default_value), FLUXMQ_SOURCE_DEFAULT, 0});
    const auto made = description(definition.name, own != nullptr ? *own : fallback.value,
                                  definition.type, definition.documentation, synonyms);
    visitor(context, &made);
  }
}

void describe_broker(Host host, fluxmq_config_visitor visitor, void* context) {
  for (const auto& key : broker_config_keys())
    describe_broker_key(host, key.name, type_of(key), key.documentation, key.default_value, visitor,
                        context);
  for (const auto& key : kForeignKeys)
    describe_broker_key(host, key.name, key.type, key.documentation, {}, visitor, context);
}

}  // namespace fluxmq::core
