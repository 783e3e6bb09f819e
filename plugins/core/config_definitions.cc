// The table of topic configs, and how their values are checked: Kafka's names, types, ranges and
// messages.
#include "config_definitions.h"

#include <charconv>
#include <limits>

#include "core_config_keys.h"

namespace fluxmq::core {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kAny = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMinSegmentBytes = 1'048'576;

constexpr std::array<ConfigDefinition, kTopicConfigCount> kDefinitions{{
    {"cleanup.policy",
     ConfigType::kList,
     kAny,
     "compact, delete",
     "delete",
     {{{"log.cleanup.policy"}}},
     "What becomes of old records. \"delete\" drops segments that retention has done with; an "
     "empty list keeps all."},
    {"compression.type",
     ConfigType::kString,
     kAny,
     "uncompressed, zstd, lz4, snappy, gzip, producer",
     "producer",
     {{{"compression.type"}}},
     "How batches are stored; \"producer\" keeps them as they were sent."},
    {"file.delete.delay.ms",
     ConfigType::kLong,
     0,
     nullptr,
     nullptr,
     {{{"log.segment.delete.delay.ms"}}},
     "How long a deleted segment's file stays before it is removed."},
    {"index.interval.bytes",
     ConfigType::kInt,
     0,
     nullptr,
     nullptr,
     {{{"log.index.interval.bytes"}}},
     "Bytes of log between two entries of the offset index."},
    {"max.message.bytes",
     ConfigType::kInt,
     0,
     nullptr,
     nullptr,
     {{{"message.max.bytes"}}},
     "The largest record batch that is accepted, after compression."},
    {"message.timestamp.after.max.ms",
     ConfigType::kLong,
     0,
     nullptr,
     nullptr,
     {{{"log.message.timestamp.after.max.ms"}}},
     "How far a record's time may lie after the broker's; not looked at with LogAppendTime."},
    {"message.timestamp.before.max.ms",
     ConfigType::kLong,
     0,
     nullptr,
     nullptr,
     {{{"log.message.timestamp.before.max.ms"}}},
     "How far a record's time may lie before the broker's; not looked at with LogAppendTime."},
    {"message.timestamp.type",
     ConfigType::kString,
     kAny,
     "CreateTime, LogAppendTime",
     nullptr,
     {{{"log.message.timestamp.type"}}},
     "Whether records carry the producer's time or the time of their append."},
    {"min.insync.replicas",
     ConfigType::kInt,
     1,
     nullptr,
     nullptr,
     {{{"min.insync.replicas"}}},
     "Replicas that must hold a batch before acks=all is answered; never more than the topic "
     "has."},
    {"retention.bytes",
     ConfigType::kLong,
     kAny,
     nullptr,
     nullptr,
     {{{"log.retention.bytes"}}},
     "The size of a partition's log beyond which old segments are deleted; -1: no limit."},
    {"retention.ms",
     ConfigType::kLong,
     -1,
     nullptr,
     nullptr,
     {{{"log.retention.ms"},
       {"log.retention.minutes", kMinuteMs},
       {"log.retention.hours", kHourMs}}},
     "The age at which segments are deleted; -1: never."},
    {"segment.bytes",
     ConfigType::kInt,
     kMinSegmentBytes,
     nullptr,
     nullptr,
     {{{"log.segment.bytes"}}},
     "The size at which a log begins its next segment."},
    {"segment.index.bytes",
     ConfigType::kInt,
     4,
     nullptr,
     nullptr,
     {{{"log.index.size.max.bytes"}}},
     "The size of a segment's index at which a log begins its next segment."},
    {"segment.ms",
     ConfigType::kLong,
     1,
     nullptr,
     nullptr,
     {{{"log.roll.ms"}, {"log.roll.hours", kHourMs}}},
     "The age at which a log begins its next segment."},
}};

Outcome invalid(const ConfigDefinition& definition, std::string_view value,
                std::string_view reason) {
  return {ErrorCode::INVALID_CONFIG,
          concat("Invalid value ", value, " for configuration ", definition.name, ": ", reason)};
}

bool is_one_of(std::string_view list, std::string_view value) {
  for (const auto item : split_list(list)) {
    if (item == value) return true;
  }
  return false;
}

Outcome check_word(const ConfigDefinition& definition, std::string_view word) {
  if (!is_one_of(definition.valid_values, word))
    return invalid(definition, word, concat("String must be one of: ", definition.valid_values));
  if (definition.served_values != nullptr && !is_one_of(definition.served_values, word))
    return invalid(definition, word,
                   concat("not served by this broker, which serves: ", definition.served_values));
  return {};
}

Outcome normalize_number(const ConfigDefinition& definition, std::string_view value,
                         std::string& normal) {
  const bool is_int = definition.type == ConfigType::kInt;
  std::string_view digits = value;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool fits = !is_int || (number >= std::numeric_limits<std::int32_t>::min() &&
                                number <= std::numeric_limits<std::int32_t>::max());
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size() || !fits)
    return invalid(definition, value, concat("Not a number of type ", is_int ? "INT" : "LONG"));
  if (number < definition.minimum)
    return invalid(definition, value, concat("Value must be at least ", definition.minimum));
  normal = std::to_string(number);
  return {};
}

Outcome normalize_list(const ConfigDefinition& definition, std::string_view value,
                       std::string& normal) {
  normal.clear();
  for (const auto word : split_list(value)) {
    if (const auto outcome = check_word(definition, word); !outcome.ok()) return outcome;
    if (!normal.empty()) normal += ',';
    normal += word;
  }
  return {};
}

}  // namespace

std::span<const ConfigDefinition, kTopicConfigCount> topic_config_definitions() {
  return kDefinitions;
}

std::size_t find_topic_config(std::string_view name) {
  std::size_t index = 0;
  while (index < kTopicConfigCount && name != kDefinitions[index].name) ++index;
  return index;
}

Outcome normalize(const ConfigDefinition& definition, std::string_view value, std::string& normal) {
  const auto trimmed = trim(value);
  switch (definition.type) {
    case ConfigType::kInt:
    case ConfigType::kLong:
      return normalize_number(definition, trimmed, normal);
    case ConfigType::kList:
      return normalize_list(definition, trimmed, normal);
    default:
      normal = trimmed;
      return check_word(definition, trimmed);
  }
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::vector<std::string_view> split_list(std::string_view value) {
  std::vector<std::string_view> words;
  value = trim(value);
  while (!value.empty()) {
    const auto comma = value.find(',');
    words.push_back(trim(value.substr(0, comma)));
    value = comma == std::string_view::npos ? std::string_view{} : value.substr(comma + 1);
  }
  return words;
}

std::span<const fluxmq_config_key> broker_config_keys() {
  return kConfigKeys;
}

}  // namespace fluxmq::core
