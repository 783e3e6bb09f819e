// How settings follow from configs, and how configs are changed.
#include "topic_config.h"

#include <algorithm>
#include <set>

namespace fluxmq::core {
namespace {

// A broker key's value as the topic config's: hours and minutes as milliseconds. A negative time
// stands for none.
std::string as_topic_value(const ConfigDefinition& definition, std::string_view value,
                           std::int64_t unit_ms) {
  std::string normal;
  ValueRules any = definition.rules;
  any.minimum = kNoMinimum;
  any.maximum = kNoMaximum;
  any.served_values = nullptr;
  if (!normalize(any, definition.name, value, normal).ok()) return std::string(value);
  if (definition.rules.type != ConfigType::kLong) return normal;
  const auto number = to_number(normal);
  if (number >= 0) return std::to_string(number * unit_ms);
  return std::to_string(std::max(number, definition.rules.minimum));
}

std::int64_t unit_of(const ConfigDefinition& definition, std::string_view key) {
  for (const auto& synonym : definition.synonyms) {
    if (synonym.key != nullptr && key == synonym.key) return synonym.unit_ms;
  }
  return 1;
}

ConfigDefault make_default(const ConfigDefinition& definition, const BrokerValues& values) {
  ConfigDefault made;
  made.value = definition.default_value;
  const char* first = definition.synonyms[0].key;
  if (first == nullptr) return made;
  bool is_first_seen = false;
  bool is_in_use = true;
  for (const auto& [key, value, source] : values.sources(key_synonyms(first))) {
    if (std::exchange(is_in_use, false)) {
      made.value = as_topic_value(definition, value, unit_of(definition, key));
      made.source = source;
    }
    is_first_seen = is_first_seen || key == first;
    if (is_first_seen) made.synonyms.push_back({std::string(key), std::string(value), source});
  }
  return made;
}

bool holds(const std::vector<std::string_view>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// What the list is without any key of the operator: what APPEND and SUBTRACT begin with.
std::string_view built_in_list(const ConfigDefinition& definition) {
  for (const auto& key : broker_config_keys()) {
    if (definition.synonyms[0].key != nullptr &&
        std::string_view(key.name) == definition.synonyms[0].key)
      return key.default_value;
  }
  return definition.default_value;
}

Outcome set_value(std::size_t index, bool is_internal, std::string_view value,
                  ConfigOverrides& overrides) {
  const auto& definition = topic_config_definitions()[index];
  ValueRules rules = definition.rules;
  // What is served for clients' topics only in part.
  if (is_internal) rules.served_values = nullptr;
  std::string normal;
  auto outcome = normalize(rules, definition.name, value, normal);
  if (outcome.ok()) overrides.set(index, std::move(normal));
  return outcome;
}

Outcome unknown_config(std::string_view name) {
  return {ErrorCode::INVALID_CONFIG, concat("Unknown topic config name: ", name)};
}

const std::string& text_of(const ConfigDefaults& defaults, const ConfigOverrides& overrides,
                           TopicConfigKey key) {
  const auto index = static_cast<std::size_t>(key);
  const std::string* own = overrides.find(index);
  return own != nullptr ? *own : defaults.of(index).value;
}

// What no config tells for itself.
Outcome check_together(const ConfigDefaults& defaults, const ConfigOverrides& overrides) {
  const auto& least = text_of(defaults, overrides, TopicConfigKey::kMinCompactionLagMs);
  const auto& most = text_of(defaults, overrides, TopicConfigKey::kMaxCompactionLagMs);
  if (to_number(least) > to_number(most))
    return {ErrorCode::INVALID_CONFIG,
            concat("conflict topic config setting min.compaction.lag.ms (", least,
                   ") > max.compaction.lag.ms (", most, ")")};
  if (text_of(defaults, overrides, TopicConfigKey::kRemoteStorageEnable) == "true")
    return {ErrorCode::INVALID_CONFIG,
            "Tiered Storage functionality is disabled in the broker. Topic cannot be configured "
            "with remote log storage."};
  return {};
}

// The operations that only lists know; unknown configs are no lists.
Outcome check_list_operation(const fluxmq_config_change& change) {
  if (change.operation != FLUXMQ_CONFIG_APPEND && change.operation != FLUXMQ_CONFIG_SUBTRACT)
    return {};
  const auto index = find_topic_config(view(change.name));
  if (index != kTopicConfigCount &&
      topic_config_definitions()[index].rules.type == ConfigType::kList)
    return {};
  const bool appends = change.operation == FLUXMQ_CONFIG_APPEND;
  return {ErrorCode::INVALID_CONFIG, concat("Can't ", appends ? "APPEND" : "SUBTRACT", " to key ",
                                            view(change.name), " because its type is not LIST.")};
}

Outcome apply_change(const fluxmq_config_change& change, bool is_internal,
                     ConfigOverrides& overrides) {
  const auto index = find_topic_config(view(change.name));
  if (change.operation == FLUXMQ_CONFIG_DELETE) {
    if (index != kTopicConfigCount) overrides.remove(index);
    return {};
  }
  if (change.operation == FLUXMQ_CONFIG_SET)
    return set_value(index, is_internal, view(change.value), overrides);
  const std::string* own = overrides.find(index);
  const std::string_view from =
      own != nullptr ? *own : built_in_list(topic_config_definitions()[index]);
  return set_value(index, is_internal, changed_list(from, change.operation, view(change.value)),
                   overrides);
}

}  // namespace

ConfigDefaults::ConfigDefaults(const BrokerValues& values) {
  for (std::size_t i = 0; i < kTopicConfigCount; ++i)
    defaults_[i] = make_default(topic_config_definitions()[i], values);
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

namespace {

TopicCompression make_compression(const ConfigDefaults& defaults,
                                  const ConfigOverrides& overrides) {
  using protocol::Compression;
  const auto text = [&](TopicConfigKey key) { return text_of(defaults, overrides, key); };
  const auto own = [&](Compression type, TopicConfigKey level) {
    return TopicCompression{false, type, static_cast<std::int32_t>(to_number(text(level)))};
  };
  const auto type = text(TopicConfigKey::kCompressionType);
  if (type == "gzip") return own(Compression::kGzip, TopicConfigKey::kCompressionGzipLevel);
  if (type == "lz4") return own(Compression::kLz4, TopicConfigKey::kCompressionLz4Level);
  if (type == "zstd") return own(Compression::kZstd, TopicConfigKey::kCompressionZstdLevel);
  if (type == "snappy") return {false, Compression::kSnappy, 0};
  if (type == "uncompressed") return {false, Compression::kNone, 0};
  return {};
}

}  // namespace

TopicSettings make_settings(const ConfigDefaults& defaults, const ConfigOverrides& overrides) {
  const auto text = [&](TopicConfigKey key) { return text_of(defaults, overrides, key); };
  const auto number = [&](TopicConfigKey key) { return to_number(text(key)); };
  const auto int_number = [&](TopicConfigKey key) {
    return static_cast<std::int32_t>(number(key));
  };
  const auto flag = [&](TopicConfigKey key) { return text(key) == "true"; };
  const auto policies = text(TopicConfigKey::kCleanupPolicy);
  TopicSettings settings;
  settings.deleting = holds(split_list(policies), "delete");
  settings.compacted = holds(split_list(policies), "compact");
  settings.write_caching = flag(TopicConfigKey::kWriteCaching);
  settings.max_message_bytes = int_number(TopicConfigKey::kMaxMessageBytes);
  settings.log_append_time = text(TopicConfigKey::kTimestampType) == "LogAppendTime";
  settings.timestamp_before_max_ms = number(TopicConfigKey::kTimestampBeforeMaxMs);
  settings.timestamp_after_max_ms = number(TopicConfigKey::kTimestampAfterMaxMs);
  settings.compression = make_compression(defaults, overrides);
  settings.flush_messages = number(TopicConfigKey::kFlushMessages);
  settings.flush_ms = number(TopicConfigKey::kFlushMs);
  settings.segment_jitter_ms = number(TopicConfigKey::kSegmentJitterMs);
  settings.compaction = {
      .min_cleanable_dirty_ratio = to_double(text(TopicConfigKey::kMinCleanableDirtyRatio)),
      .min_compaction_lag_ms = number(TopicConfigKey::kMinCompactionLagMs),
      .max_compaction_lag_ms = number(TopicConfigKey::kMaxCompactionLagMs),
      .delete_retention_ms = number(TopicConfigKey::kDeleteRetentionMs)};
  fluxmq_log_config& log = settings.log;
  log.size = sizeof(log);
  log.segment_bytes = int_number(TopicConfigKey::kSegmentBytes);
  log.segment_ms = number(TopicConfigKey::kSegmentMs);
  if (settings.compacted) {  // what isn't rolled isn't compacted
    log.segment_ms = std::min(log.segment_ms, settings.compaction.max_compaction_lag_ms);
  }
  log.index_interval_bytes = int_number(TopicConfigKey::kIndexIntervalBytes);
  log.segment_index_bytes = int_number(TopicConfigKey::kSegmentIndexBytes);
  log.retention_ms = settings.deleting ? number(TopicConfigKey::kRetentionMs) : -1;
  log.retention_bytes = settings.deleting ? number(TopicConfigKey::kRetentionBytes) : -1;
  log.file_delete_delay_ms = number(TopicConfigKey::kFileDeleteDelayMs);
  return settings;
}

Outcome apply_new_configs(const fluxmq_new_topic& topic, const ConfigDefaults& defaults,
                          bool is_internal, ConfigOverrides& overrides) {
  const std::span configs(topic.configs, topic.config_count);
  std::string without_value;
  for (const auto& [name, value] : configs) {
    if (value.data == nullptr)
      without_value += concat(without_value.empty() ? "" : ",", view(name));
  }
  if (!without_value.empty())
    return {ErrorCode::INVALID_CONFIG,
            concat("Null value not supported for topic configs: ", without_value)};
  for (const auto& [name, value] : configs) {
    if (find_topic_config(view(name)) == kTopicConfigCount) return unknown_config(view(name));
  }
  for (const auto& [name, value] : configs) {
    const auto index = find_topic_config(view(name));
    if (auto outcome = set_value(index, is_internal, view(value), overrides); !outcome.ok())
      return outcome;
  }
  return check_together(defaults, overrides);
}

Outcome apply_config_changes(const fluxmq_config_change* changes, std::uint64_t count,
                             const ConfigDefaults& defaults, bool is_internal,
                             ConfigOverrides& overrides) {
  const std::span all(changes, count);
  if (auto outcome = check_changes(changes, count); !outcome.ok()) return outcome;
  for (const auto& change : all) {
    // As Kafka answers it.
    if (change.operation > FLUXMQ_CONFIG_SUBTRACT) return ErrorCode::UNKNOWN_SERVER_ERROR;
    if (auto outcome = check_list_operation(change); !outcome.ok()) return outcome;
  }
  for (const auto& change : all) {
    if (change.operation != FLUXMQ_CONFIG_DELETE &&
        find_topic_config(view(change.name)) == kTopicConfigCount)
      return unknown_config(view(change.name));
  }
  for (const auto& change : all) {
    if (auto outcome = apply_change(change, is_internal, overrides); !outcome.ok()) return outcome;
  }
  return check_together(defaults, overrides);
}

std::string changed_list(std::string_view list, std::uint32_t operation, std::string_view value) {
  auto words = split_list(list);
  auto named = split_list(value);
  if (named.empty()) named.emplace_back();
  for (const auto word : named) {
    const auto place = std::find(words.begin(), words.end(), word);
    if (operation == FLUXMQ_CONFIG_APPEND) {
      if (place == words.end()) words.push_back(word);
    } else if (place != words.end()) {
      words.erase(place);
    }
  }
  std::string changed;
  for (std::size_t i = 0; i < words.size(); ++i) changed += concat(i == 0 ? "" : ",", words[i]);
  return changed;
}

Outcome check_changes(const fluxmq_config_change* changes, std::uint64_t count) {
  std::set<std::string_view> names;
  std::string without_value;
  for (const auto& change : std::span(changes, count)) {
    if (!names.insert(view(change.name)).second)
      return {ErrorCode::INVALID_REQUEST, "Error due to duplicate config keys"};
    if (change.operation != FLUXMQ_CONFIG_DELETE && change.value.data == nullptr)
      without_value += concat(without_value.empty() ? "" : ", ", view(change.name));
  }
  if (without_value.empty()) return {};
  return {ErrorCode::INVALID_REQUEST, concat("Null value not supported for : ", without_value)};
}

}  // namespace fluxmq::core
