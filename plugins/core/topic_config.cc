// How settings follow from configs, and how configs are changed.
#include "topic_config.h"

#include <algorithm>
#include <charconv>

namespace fluxmq::core {
namespace {

std::int64_t to_number(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Hours and minutes as milliseconds; -1 stays what it is.
std::string in_units(const ConfigDefinition& definition, std::string_view value,
                     std::int64_t unit_ms) {
  std::string normal;
  if (definition.type == ConfigType::kList) return normalize(definition, value, normal), normal;
  if (unit_ms == 1 || to_number(value) < 0) return std::string(value);
  return std::to_string(to_number(value) * unit_ms);
}

std::string_view default_of_key(const char* name) {
  for (const auto& key : broker_config_keys()) {
    if (std::string_view(key.name) == name) return key.default_value;
  }
  return {};
}

bool holds(std::string_view list, std::string_view word) {
  const auto words = split_list(list);
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string without(std::string_view list, const std::vector<std::string_view>& removed) {
  std::string left;
  for (const auto word : split_list(list)) {
    if (std::find(removed.begin(), removed.end(), word) != removed.end()) continue;
    if (!left.empty()) left += ',';
    left += word;
  }
  return left;
}

std::string joined(std::string_view list, const std::vector<std::string_view>& added) {
  std::string all(list);
  for (const auto word : added) {
    if (holds(all, word)) continue;
    if (!all.empty()) all += ',';
    all += word;
  }
  return all;
}

// Coordinators' topics are compacted; what a user's topic may not be yet.
Outcome normalize_for(const ConfigDefinition& definition, bool is_internal, std::string_view value,
                      std::string& normal) {
  if (!is_internal) return normalize(definition, value, normal);
  ConfigDefinition all_served = definition;
  all_served.served_values = nullptr;
  return normalize(all_served, value, normal);
}

Outcome set_value(std::size_t index, bool is_internal, std::string_view value,
                  ConfigOverrides& overrides) {
  std::string normal;
  const auto& definition = topic_config_definitions()[index];
  auto outcome = normalize_for(definition, is_internal, value, normal);
  if (outcome.ok()) overrides.set(index, std::move(normal));
  return outcome;
}

Outcome unknown_config(std::string_view name) {
  return {ErrorCode::INVALID_CONFIG, concat("Unknown topic config name: ", name)};
}

Outcome apply_change(const fluxmq_config_change& change, const ConfigDefaults& defaults,
                     bool is_internal, ConfigOverrides& overrides) {
  const auto name = view(change.name);
  const auto index = find_topic_config(name);
  if (change.operation == FLUXMQ_CONFIG_DELETE) {
    if (index != kTopicConfigCount) overrides.remove(index);
    return {};
  }
  if (change.operation > FLUXMQ_CONFIG_SUBTRACT)
    return {ErrorCode::INVALID_REQUEST, concat("Unknown config operation for ", name)};
  if (change.value.data == nullptr)
    return {ErrorCode::INVALID_REQUEST, concat("Null value not supported for : ", name)};
  if (index == kTopicConfigCount) return unknown_config(name);
  const auto& definition = topic_config_definitions()[index];
  if (change.operation == FLUXMQ_CONFIG_SET)
    return set_value(index, is_internal, view(change.value), overrides);
  const bool appends = change.operation == FLUXMQ_CONFIG_APPEND;
  if (definition.type != ConfigType::kList)
    return {ErrorCode::INVALID_CONFIG, concat("Can't ", appends ? "APPEND" : "SUBTRACT", " to key ",
                                              name, " because its type is not LIST.")};
  const std::string* current = overrides.find(index);
  const std::string& from = current != nullptr ? *current : defaults.of(index).value;
  const auto words = split_list(view(change.value));
  return set_value(index, is_internal, appends ? joined(from, words) : without(from, words),
                   overrides);
}

}  // namespace

ConfigDefaults::ConfigDefaults(Host host) {
  for (std::size_t i = 0; i < kTopicConfigCount; ++i) {
    const auto& definition = topic_config_definitions()[i];
    ConfigDefault& made = defaults_[i];
    std::string fallback;
    for (const auto& synonym : definition.synonyms) {
      if (synonym.key == nullptr) break;
      if (host.config_is_set(synonym.key)) {
        made.set_keys.emplace_back(synonym.key,
                                   in_units(definition, host.config(synonym.key), synonym.unit_ms));
      }
      const auto own = default_of_key(synonym.key);
      if (!own.empty()) fallback = in_units(definition, own, synonym.unit_ms);
    }
    made.is_set = !made.set_keys.empty();
    made.value = made.is_set ? made.set_keys.front().second : fallback;
    // Kafka tells the first key's default alone: none where hours stand in for milliseconds.
    const char* first = definition.synonyms[0].key;
    if (const auto own = default_of_key(first); !own.empty()) {
      made.default_key = first;
      made.default_value = own;
    }
  }
}

const std::string* ConfigOverrides::find(std::size_t index) const {
  for (const auto& [at, value] : values_) {
    if (at == index) return &value;
  }
  return nullptr;
}

void ConfigOverrides::set(std::size_t index, std::string value) {
  const auto place = std::lower_bound(values_.begin(), values_.end(), index,
                                      [](const auto& a, std::size_t b) { return a.first < b; });
  if (place != values_.end() && place->first == index) {
    place->second = std::move(value);
  } else {
    values_.emplace(place, index, std::move(value));
  }
}

void ConfigOverrides::remove(std::size_t index) {
  std::erase_if(values_, [index](const auto& item) { return item.first == index; });
}

TopicSettings make_settings(const ConfigDefaults& defaults, const ConfigOverrides& overrides) {
  const auto text = [&](TopicConfigKey key) -> const std::string& {
    const auto index = static_cast<std::size_t>(key);
    const std::string* own = overrides.find(index);
    return own != nullptr ? *own : defaults.of(index).value;
  };
  const auto number = [&](TopicConfigKey key) { return to_number(text(key)); };
  const auto int_number = [&](TopicConfigKey key) {
    return static_cast<std::int32_t>(number(key));
  };
  TopicSettings settings;
  settings.deleting = holds(text(TopicConfigKey::kCleanupPolicy), "delete");
  settings.compacted = holds(text(TopicConfigKey::kCleanupPolicy), "compact");
  settings.max_message_bytes = int_number(TopicConfigKey::kMaxMessageBytes);
  settings.log_append_time = text(TopicConfigKey::kTimestampType) == "LogAppendTime";
  settings.timestamp_before_max_ms = number(TopicConfigKey::kTimestampBeforeMaxMs);
  settings.timestamp_after_max_ms = number(TopicConfigKey::kTimestampAfterMaxMs);
  fluxmq_log_config& log = settings.log;
  log.size = sizeof(log);
  log.segment_bytes = int_number(TopicConfigKey::kSegmentBytes);
  log.segment_ms = number(TopicConfigKey::kSegmentMs);
  log.index_interval_bytes = int_number(TopicConfigKey::kIndexIntervalBytes);
  log.segment_index_bytes = int_number(TopicConfigKey::kSegmentIndexBytes);
  log.retention_ms = settings.deleting ? number(TopicConfigKey::kRetentionMs) : -1;
  log.retention_bytes = settings.deleting ? number(TopicConfigKey::kRetentionBytes) : -1;
  log.file_delete_delay_ms = number(TopicConfigKey::kFileDeleteDelayMs);
  return settings;
}

Outcome apply_new_configs(const fluxmq_new_topic& topic, bool is_internal,
                          ConfigOverrides& overrides) {
  for (std::uint64_t i = 0; i < topic.config_count; ++i) {
    const auto& config = topic.configs[i];
    const auto name = view(config.name);
    const auto index = find_topic_config(name);
    if (index == kTopicConfigCount) return unknown_config(name);
    if (config.value.data == nullptr)
      return {ErrorCode::INVALID_CONFIG,
              concat("Null value not supported for topic configs: ", name)};
    if (auto outcome = set_value(index, is_internal, view(config.value), overrides); !outcome.ok())
      return outcome;
  }
  return {};
}

Outcome apply_config_changes(const fluxmq_config_change* changes, std::uint64_t count,
                             const ConfigDefaults& defaults, bool is_internal,
                             ConfigOverrides& overrides) {
  for (std::uint64_t i = 0; i < count; ++i) {
    for (std::uint64_t j = i + 1; j < count; ++j) {
      if (view(changes[i].name) == view(changes[j].name))
        return {ErrorCode::INVALID_REQUEST, "Error due to duplicate config keys"};
    }
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    if (auto outcome = apply_change(changes[i], defaults, is_internal, overrides); !outcome.ok())
      return outcome;
  }
  return {};
}

}  // namespace fluxmq::core
