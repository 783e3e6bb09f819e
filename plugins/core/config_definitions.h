// The topic configs that are served, as one table: type, valid values, the broker keys that give
// the default, documentation. And the keys that operators set for this plugin.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fluxmq/abi/plugin.h"
#include "fluxmq/host.h"
#include "outcome.h"

namespace fluxmq::core {

// DescribeConfigs' numbers.
enum class ConfigType : std::int32_t { kBoolean = 1, kString = 2, kInt = 3, kLong = 5, kList = 7 };

enum class TopicConfigKey : std::size_t {
  kCleanupPolicy,
  kCompressionType,
  kFileDeleteDelayMs,
  kIndexIntervalBytes,
  kMaxMessageBytes,
  kTimestampAfterMaxMs,
  kTimestampBeforeMaxMs,
  kTimestampType,
  kMinInsyncReplicas,
  kRetentionBytes,
  kRetentionMs,
  kSegmentBytes,
  kSegmentIndexBytes,
  kSegmentMs,
  kCount
};
inline constexpr std::size_t kTopicConfigCount = static_cast<std::size_t>(TopicConfigKey::kCount);

// A broker key that gives a topic config its default; `unit_ms` makes milliseconds of hours.
struct BrokerSynonym {
  const char* key = nullptr;
  std::int64_t unit_ms = 1;
};

struct ConfigDefinition {
  const char* name;
  ConfigType type;
  std::int64_t minimum;                   // INT, LONG
  const char* valid_values;               // STRING, LIST: ", " between them
  const char* served_values;              // the part of them that this broker serves; null: all
  std::array<BrokerSynonym, 3> synonyms;  // the first that is set wins
  const char* documentation;
};

// By name, as DescribeConfigs lists them; the index is the TopicConfigKey.
std::span<const ConfigDefinition, kTopicConfigCount> topic_config_definitions();

// kTopicConfigCount if there is no such config.
std::size_t find_topic_config(std::string_view name);

// The value as it is kept: trimmed, numbers and lists in their plain form. The outcome carries
// Kafka's message if the value isn't valid.
Outcome normalize(const ConfigDefinition& definition, std::string_view value, std::string& normal);

std::vector<std::string_view> split_list(std::string_view value);
std::string_view trim(std::string_view text);

// What operators may set; the kernel checks it.
std::span<const fluxmq_config_key> broker_config_keys();

}  // namespace fluxmq::core
