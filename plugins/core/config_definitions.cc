// The table of topic configs: Kafka's names, types and ranges, and one of ours, write.caching.
#include "config_definitions.h"

#include <algorithm>

#include "core_config_keys.h"

namespace fluxmq::core {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kMinSegmentBytes = 1'048'576;

const char* gzip_level_problem(std::string_view normal) {
  const auto level = to_number(normal);
  if (level == -1 || (level >= 1 && level <= 9)) return nullptr;
  return "Value must be between 1 and 9 or equal to -1";
}

const char* preallocate_problem(std::string_view normal) {
  return normal == "true" ? "not served by this broker, which takes space as it writes" : nullptr;
}

bool is_replica(std::string_view word) {
  const auto colon = word.find(':');
  const auto is_number = [](std::string_view digits) {
    return !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return colon != std::string_view::npos && is_number(word.substr(0, colon)) &&
         is_number(word.substr(colon + 1));
}

const char* throttled_replicas_problem(std::string_view normal) {
  const auto words = split_list(normal);
  const bool is_right = normal == "*" || std::all_of(words.begin(), words.end(), [](auto word) {
                          return word.empty() || is_replica(word);
                        });
  return is_right ? nullptr
                  : " must be the literal '*' or a list of replicas in the following format: "
                    "[partitionId]:[brokerId],[partitionId]:[brokerId],...";
}

constexpr std::array<ConfigDefinition, kTopicConfigCount> kDefinitions{{
    {"cleanup.policy",
     {.type = ConfigType::kList, .valid_values = "compact, delete"},
     {{{"log.cleanup.policy"}}},
     "",
     "What becomes of old records. \"delete\" drops segments that retention has done with, "
     "\"compact\" keeps the last record of each key; an empty list keeps all."},
    {"compression.gzip.level",
     {.type = ConfigType::kInt, .problem = gzip_level_problem},
     {{{"compression.gzip.level"}}},
     "",
     "The level of gzip where the broker compresses with it: 1 to 9, or -1 for its default."},
    {"compression.lz4.level",
     {.type = ConfigType::kInt, .minimum = 1, .maximum = 17},
     {{{"compression.lz4.level"}}},
     "",
     "The level of lz4 where the broker compresses with it."},
    {"compression.type",
     {.type = ConfigType::kString,
      .valid_values = "uncompressed, zstd, lz4, snappy, gzip, producer"},
     {{{"compression.type"}}},
     "",
     "How batches are stored; \"producer\" keeps them as they were sent."},
    {"compression.zstd.level",
     {.type = ConfigType::kInt, .minimum = -131072, .maximum = 22},
     {{{"compression.zstd.level"}}},
     "",
     "The level of zstd where the broker compresses with it."},
    {"delete.retention.ms",
     {.type = ConfigType::kLong, .minimum = 0},
     {{{"log.cleaner.delete.retention.ms"}}},
     "",
     "How long a compacted topic keeps the tombstone of a deleted key: the time that a reader "
     "from the beginning has."},
    {"file.delete.delay.ms",
     {.type = ConfigType::kLong, .minimum = 0},
     {{{"log.segment.delete.delay.ms"}}},
     "",
     "How long a deleted segment's file stays before it is removed."},
    {"flush.messages",
     {.type = ConfigType::kLong, .minimum = 1},
     {{{"log.flush.interval.messages"}}},
     "",
     "Records after which a partition is brought to the disk, whoever waits for it; 1 is after "
     "each append."},
    {"flush.ms",
     {.type = ConfigType::kLong, .minimum = 0},
     {{{"log.flush.interval.ms"}, {"log.flush.scheduler.interval.ms"}}},
     "",
     "The time after which what was appended to a partition is brought to the disk, whoever "
     "waits for it."},
    {"follower.replication.throttled.replicas",
     {.type = ConfigType::kList, .problem = throttled_replicas_problem},
     {},
     "",
     "Replicas whose replication is throttled: partition:broker pairs, or \"*\". Has no effect "
     "where each partition has one replica."},
    {"index.interval.bytes",
     {.type = ConfigType::kInt, .minimum = 0},
     {{{"log.index.interval.bytes"}}},
     "",
     "Bytes of log between two entries of the offset index."},
    {"leader.replication.throttled.replicas",
     {.type = ConfigType::kList, .problem = throttled_replicas_problem},
     {},
     "",
     "Replicas whose replication is throttled: partition:broker pairs, or \"*\". Has no effect "
     "where each partition has one replica."},
    {"local.retention.bytes",
     {.type = ConfigType::kLong, .minimum = -2},
     {{{"log.local.retention.bytes"}}},
     "",
     "What remote storage leaves on this machine, in bytes; -2: retention.bytes. Has no effect "
     "without remote storage."},
    {"local.retention.ms",
     {.type = ConfigType::kLong, .minimum = -2},
     {{{"log.local.retention.ms"}}},
     "",
     "What remote storage leaves on this machine, by age; -2: retention.ms. Has no effect "
     "without remote storage."},
    {"max.compaction.lag.ms",
     {.type = ConfigType::kLong, .minimum = 1},
     {{{"log.cleaner.max.compaction.lag.ms"}}},
     "",
     "The longest time that a record of a compacted topic may wait for its compaction."},
    {"max.message.bytes",
     {.type = ConfigType::kInt, .minimum = 0},
     {{{"message.max.bytes"}}},
     "",
     "The largest record batch that is accepted, after compression."},
    {"message.timestamp.after.max.ms",
     {.type = ConfigType::kLong, .minimum = 0},
     {{{"log.message.timestamp.after.max.ms"}}},
     "",
     "How far a record's time may lie after the broker's; not looked at with LogAppendTime."},
    {"message.timestamp.before.max.ms",
     {.type = ConfigType::kLong, .minimum = 0},
     {{{"log.message.timestamp.before.max.ms"}}},
     "",
     "How far a record's time may lie before the broker's; not looked at with LogAppendTime."},
    {"message.timestamp.type",
     {.type = ConfigType::kString, .valid_values = "CreateTime, LogAppendTime"},
     {{{"log.message.timestamp.type"}}},
     "",
     "Whether records carry the producer's time or the time of their append."},
    {"min.cleanable.dirty.ratio",
     {.type = ConfigType::kDouble, .minimum = 0, .maximum = 1},
     {{{"log.cleaner.min.cleanable.ratio"}}},
     "",
     "The part of a log that was not compacted yet, from which on it is compacted."},
    {"min.compaction.lag.ms",
     {.type = ConfigType::kLong, .minimum = 0},
     {{{"log.cleaner.min.compaction.lag.ms"}}},
     "",
     "The time that each record of a compacted topic is kept at least."},
    {"min.insync.replicas",
     {.type = ConfigType::kInt, .minimum = 1},
     {{{"min.insync.replicas"}}},
     "",
     "Replicas that must hold a batch before acks=all is answered; never more than the topic "
     "has."},
    {"preallocate",
     {.type = ConfigType::kBoolean, .problem = preallocate_problem},
     {{{"log.preallocate"}}},
     "",
     "Whether a new segment takes its whole space on the disk at once; only false is served."},
    {"remote.log.copy.disable",
     {.type = ConfigType::kBoolean},
     {},
     "false",
     "Whether nothing more is copied to remote storage. Has no effect without remote storage."},
    {"remote.log.delete.on.disable",
     {.type = ConfigType::kBoolean},
     {},
     "false",
     "Whether what is in remote storage is deleted when that is switched off. Has no effect "
     "without remote storage."},
    {"remote.storage.enable",
     {.type = ConfigType::kBoolean},
     {},
     "false",
     "Whether old segments go to remote storage, which this broker does not have."},
    {"retention.bytes",
     {.type = ConfigType::kLong},
     {{{"log.retention.bytes"}}},
     "",
     "The size of a partition's log beyond which old segments are deleted; -1: no limit."},
    {"retention.ms",
     {.type = ConfigType::kLong, .minimum = -1},
     {{{"log.retention.ms"},
       {"log.retention.minutes", kMinuteMs},
       {"log.retention.hours", kHourMs}}},
     "",
     "The age at which segments are deleted; -1: never."},
    {"segment.bytes",
     {.type = ConfigType::kInt, .minimum = kMinSegmentBytes},
     {{{"log.segment.bytes"}}},
     "",
     "The size at which a log begins its next segment."},
    {"segment.index.bytes",
     {.type = ConfigType::kInt, .minimum = 4},
     {{{"log.index.size.max.bytes"}}},
     "",
     "The size of a segment's index at which a log begins its next segment."},
    {"segment.jitter.ms",
     {.type = ConfigType::kLong, .minimum = 0},
     {{{"log.roll.jitter.ms"}, {"log.roll.jitter.hours", kHourMs}}},
     "",
     "The most that is taken off segment.ms, at random for each partition, so that not all "
     "begin a segment at once."},
    {"segment.ms",
     {.type = ConfigType::kLong, .minimum = 1},
     {{{"log.roll.ms"}, {"log.roll.hours", kHourMs}}},
     "",
     "The age at which a log begins its next segment."},
    {"unclean.leader.election.enable",
     {.type = ConfigType::kBoolean},
     {{{"unclean.leader.election.enable"}}},
     "",
     "Whether a replica that lags may become leader. Has no effect where each partition has "
     "one replica."},
    {"write.caching",
     {.type = ConfigType::kBoolean},
     {{{"write.caching"}}},
     "",
     "Whether acks=all is answered once the batch survives the death of the process, as acks=1 "
     "is, rather than that of the machine. flush.messages and flush.ms then say how much a "
     "power failure may take."},
}};

}  // namespace

std::span<const ConfigDefinition, kTopicConfigCount> topic_config_definitions() {
  return kDefinitions;
}

std::size_t find_topic_config(std::string_view name) {
  std::size_t index = 0;
  while (index < kTopicConfigCount && name != kDefinitions[index].name) ++index;
  return index;
}

const ConfigDefinition* find_synonym(std::string_view broker_key) {
  for (const auto& definition : kDefinitions) {
    for (const auto& synonym : definition.synonyms) {
      if (synonym.key != nullptr && broker_key == synonym.key) return &definition;
    }
  }
  return nullptr;
}

std::span<const fluxmq_config_key> broker_config_keys() {
  return kConfigKeys;
}

}  // namespace fluxmq::core
