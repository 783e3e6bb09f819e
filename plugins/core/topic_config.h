// The configs of a topic: what was set for it, and the settings that follow from that and from the
// broker's defaults.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "append_rules.h"
#include "broker_values.h"
#include "compaction/dirtiness.h"
#include "config_definitions.h"
#include "fluxmq/abi/catalog.h"
#include "fluxmq/abi/log_store.h"

namespace fluxmq::core {

// What partitions act by.
struct TopicSettings {
  fluxmq_log_config log{};
  std::int32_t max_message_bytes = 0;
  bool log_append_time = false;
  bool compacted = false;
  bool deleting = false;       // cleanup.policy holds delete
  bool write_caching = false;  // acks=all doesn't wait for the disk
  std::int64_t timestamp_before_max_ms = 0;
  std::int64_t timestamp_after_max_ms = 0;
  TopicCompression compression{};
  std::int64_t flush_messages = 0;
  std::int64_t flush_ms = 0;
  std::int64_t segment_jitter_ms = 0;
  CompactionConfig compaction;
};

// The broker's value for a topic config, and the keys that it comes from.
struct ConfigDefault {
  std::string value;
  std::int32_t source = FLUXMQ_SOURCE_DEFAULT;
  struct Synonym {
    std::string key;
    std::string value;
    std::int32_t source;
  };
  // Kafka tells those from the first key's on: none where hours alone stand for milliseconds.
  std::vector<Synonym> synonyms;
};

class ConfigDefaults {
 public:
  explicit ConfigDefaults(const BrokerValues& values);
  const ConfigDefault& of(std::size_t index) const { return defaults_[index]; }

 private:
  std::array<ConfigDefault, kTopicConfigCount> defaults_;
};

// What was set for one topic: definition index and normal value, ordered by index.
class ConfigOverrides {
 public:
  const std::string* find(std::size_t index) const;
  void set(std::size_t index, std::string value);
  void remove(std::size_t index);
  void clear() { values_.clear(); }
  bool empty() const { return values_.empty(); }
  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }

 private:
  std::vector<std::pair<std::size_t, std::string>> values_;
};

TopicSettings make_settings(const ConfigDefaults& defaults, const ConfigOverrides& overrides);

// Kafka's rules for the configs of a new topic, and for IncrementalAlterConfigs. An internal
// topic's cleanup.policy may be compact.
Outcome apply_new_configs(const fluxmq_new_topic& topic, const ConfigDefaults& defaults,
                          bool is_internal, ConfigOverrides& overrides);
Outcome apply_config_changes(const fluxmq_config_change* changes, std::uint64_t count,
                             const ConfigDefaults& defaults, bool is_internal,
                             ConfigOverrides& overrides);

// What IncrementalAlterConfigs' APPEND and SUBTRACT make of a list.
std::string changed_list(std::string_view list, std::uint32_t operation, std::string_view value);
// Kafka's refusal of changes that name a key twice, or give one no value; else ok.
Outcome check_changes(const fluxmq_config_change* changes, std::uint64_t count);

}  // namespace fluxmq::core
