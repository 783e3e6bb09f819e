// The topic configs, as one table: type, valid values, the broker keys that give the default,
// documentation. And the keys that operators set for this plugin.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "config_values.h"
#include "fluxmq/abi/plugin.h"

namespace fluxmq::core {

// Ordered by name, as DescribeConfigs lists them.
enum class TopicConfigKey : std::size_t {
  kCleanupPolicy,
  kCompressionGzipLevel,
  kCompressionLz4Level,
  kCompressionType,
  kCompressionZstdLevel,
  kDeleteRetentionMs,
  kFileDeleteDelayMs,
  kFlushMessages,
  kFlushMs,
  kFollowerThrottledReplicas,
  kIndexIntervalBytes,
  kLeaderThrottledReplicas,
  kLocalRetentionBytes,
  kLocalRetentionMs,
  kMaxCompactionLagMs,
  kMaxMessageBytes,
  kTimestampAfterMaxMs,
  kTimestampBeforeMaxMs,
  kTimestampType,
  kMinCleanableDirtyRatio,
  kMinCompactionLagMs,
  kMinInsyncReplicas,
  kPreallocate,
  kRemoteLogCopyDisable,
  kRemoteLogDeleteOnDisable,
  kRemoteStorageEnable,
  kRetentionBytes,
  kRetentionMs,
  kSegmentBytes,
  kSegmentIndexBytes,
  kSegmentJitterMs,
  kSegmentMs,
  kUncleanLeaderElection,
  kWriteCaching,
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
  ValueRules rules;
  std::array<BrokerSynonym, 3> synonyms;  // of those that are set the first wins
  const char* default_value;              // where no broker key gives one
  const char* documentation;
};

std::span<const ConfigDefinition, kTopicConfigCount> topic_config_definitions();

// kTopicConfigCount if there is no such config.
std::size_t find_topic_config(std::string_view name);

// The topic config that has this broker key among its synonyms, or null.
const ConfigDefinition* find_synonym(std::string_view broker_key);

// What operators may set; the kernel checks it.
std::span<const fluxmq_config_key> broker_config_keys();

}  // namespace fluxmq::core
