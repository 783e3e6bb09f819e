// The config keys that this plugin declares.
#pragma once
#include <array>
#include <cstdint>
#include <limits>

#include "fluxmq/plugin.h"

namespace fluxmq::core {

inline constexpr std::int64_t kMaxInt = std::numeric_limits<std::int32_t>::max();
inline constexpr std::int64_t kMaxLong = std::numeric_limits<std::int64_t>::max();

inline constexpr std::array kConfigKeys{
    config_key("node.id", FLUXMQ_CONFIG_INT, "1", "The id of this broker in the cluster.", 0,
               kMaxInt),
    config_key("broker.id", FLUXMQ_CONFIG_INT, "-1",
               "The older name of node.id; used if node.id isn't set.", -1, kMaxInt),
    config_key("broker.rack", FLUXMQ_CONFIG_STRING, "",
               "Where the broker stands; told to clients that prefer a near one."),
    config_key("num.partitions", FLUXMQ_CONFIG_INT, "1",
               "Partitions of a topic that is created without saying how many.", 1, kMaxInt),
    config_key("default.replication.factor", FLUXMQ_CONFIG_INT, "1",
               "Replication factor of a topic that is created without saying one.", 1, 32767),
    config_key("replication.factor.cap.enable", FLUXMQ_CONFIG_BOOLEAN, "false",
               "What becomes of a topic that asks for more replicas than there are brokers: true "
               "creates it with as many as there can be, and tells these; false refuses it "
               "(INVALID_REPLICATION_FACTOR), as Kafka does. For programs that ask for 3 "
               "everywhere."),
    config_key("max.partitions", FLUXMQ_CONFIG_INT, "100000",
               "Partitions that the broker holds at most, all topics together. An idle partition "
               "takes less than 1 KiB of memory; the limit keeps a client from filling it.",
               1, kMaxInt),
    config_key("max.uncompressed.batch.bytes", FLUXMQ_CONFIG_INT, "268435456",
               "What a compressed batch of a client may hold uncompressed; one that holds more is "
               "refused as too large, since a few bytes can stand for gigabytes. It is looked at "
               "piece by piece, so this bounds time rather than memory.",
               1048576, kMaxInt),
    dynamic(config_key(
        "compression.gzip.level", FLUXMQ_CONFIG_INT, "-1",
        "The level of gzip where the broker compresses with it: 1 to 9, or -1 for its default.", -1,
        9)),
    dynamic(config_key("compression.lz4.level", FLUXMQ_CONFIG_INT, "9",
                       "The level of lz4 where the broker compresses with it.", 1, 17)),
    dynamic(config_key("compression.type", FLUXMQ_CONFIG_STRING, "producer",
                       "How batches are stored by default; producer keeps them as they were sent.",
                       0, 0, "uncompressed,zstd,lz4,snappy,gzip,producer")),
    dynamic(config_key("compression.zstd.level", FLUXMQ_CONFIG_INT, "3",
                       "The level of zstd where the broker compresses with it.", -131072, 22)),
    dynamic(config_key(
        "follower.replication.throttled.rate", FLUXMQ_CONFIG_LONG, "9223372036854775807",
        "Bytes a second of throttled replicas. Has no effect where each partition has one replica.",
        0, kMaxLong)),
    dynamic(config_key(
        "leader.replication.throttled.rate", FLUXMQ_CONFIG_LONG, "9223372036854775807",
        "Bytes a second of throttled replicas. Has no effect where each partition has one replica.",
        0, kMaxLong)),
    dynamic(
        config_key("log.cleaner.backoff.ms", FLUXMQ_CONFIG_LONG, "15000",
                   "How long the log cleaner waits where no log is dirty enough to be compacted.",
                   0, kMaxInt)),
    dynamic(config_key(
        "log.cleaner.dedupe.buffer.size", FLUXMQ_CONFIG_LONG, "134217728",
        "Memory that compactions may take for the keys of a log, all threads together; a "
        "key takes 24 bytes. A log with more keys is compacted in several passes.",
        1048576, kMaxLong)),
    dynamic(config_key("log.cleaner.delete.retention.ms", FLUXMQ_CONFIG_LONG, "86400000",
                       "How long a compacted topic keeps the tombstone of a deleted key: the time "
                       "that a reader from the beginning has.",
                       0, kMaxLong)),
    config_key("log.cleaner.enable", FLUXMQ_CONFIG_BOOLEAN, "true",
               "Whether logs are compacted. If not, those with cleanup.policy=compact only grow."),
    dynamic(config_key("log.cleaner.io.buffer.load.factor", FLUXMQ_CONFIG_DOUBLE, "0.9",
                       "The part of log.cleaner.dedupe.buffer.size that may be filled.")),
    dynamic(config_key("log.cleaner.io.buffer.size", FLUXMQ_CONFIG_INT, "524288",
                       "Bytes that compactions read and write at a time, all threads together.", 0,
                       kMaxInt)),
    dynamic(config_key(
        "log.cleaner.io.max.bytes.per.second", FLUXMQ_CONFIG_DOUBLE, "1.7976931348623157E308",
        "What compactions may read and write in a second, together and on average.")),
    dynamic(config_key(
        "log.cleaner.max.compaction.lag.ms", FLUXMQ_CONFIG_LONG, "9223372036854775807",
        "The longest time that a record of a compacted topic may wait for its compaction.", 1,
        kMaxLong)),
    dynamic(config_key(
        "log.cleaner.min.cleanable.ratio", FLUXMQ_CONFIG_DOUBLE, "0.5",
        "The part of a log that was not compacted yet, from which on it is compacted: 0 to 1.")),
    dynamic(config_key("log.cleaner.min.compaction.lag.ms", FLUXMQ_CONFIG_LONG, "0",
                       "The time that each record of a compacted topic is kept at least.", 0,
                       kMaxLong)),
    dynamic(config_key("log.cleaner.threads", FLUXMQ_CONFIG_INT, "1", "Threads that compact logs.",
                       0, 1000)),
    dynamic(config_key("log.cleanup.policy", FLUXMQ_CONFIG_LIST, "delete",
                       "What becomes of old records by default: delete drops whole segments that "
                       "retention has done with, compact keeps the last record of each key; an "
                       "empty list keeps all.",
                       0, 0, "compact,delete")),
    dynamic(config_key("log.flush.interval.messages", FLUXMQ_CONFIG_LONG, "9223372036854775807",
                       "Records after which a partition is brought to the disk, whoever waits for "
                       "it; 1 is after each append.",
                       1, kMaxLong)),
    dynamic(
        config_key("log.flush.interval.ms", FLUXMQ_CONFIG_LONG, "",
                   "The time after which what was appended to a partition is brought to the disk, "
                   "whoever waits for it. Comes before log.flush.scheduler.interval.ms.")),
    config_key("log.flush.scheduler.interval.ms", FLUXMQ_CONFIG_LONG, "9223372036854775807",
               "The default of log.flush.interval.ms, as in Kafka."),
    dynamic(config_key("log.index.interval.bytes", FLUXMQ_CONFIG_INT, "4096",
                       "Bytes of log between two entries of the offset index.", 0, kMaxInt)),
    dynamic(config_key("log.index.size.max.bytes", FLUXMQ_CONFIG_INT, "10485760",
                       "The size of a segment's index at which a log begins its next segment.", 4,
                       kMaxInt)),
    dynamic(
        config_key("log.local.retention.bytes", FLUXMQ_CONFIG_LONG, "-2",
                   "What remote storage leaves on this machine, in bytes; -2: log.retention.bytes. "
                   "Has no effect without remote storage, which this release does not have.",
                   -2, kMaxLong)),
    dynamic(config_key("log.local.retention.ms", FLUXMQ_CONFIG_LONG, "-2",
                       "What remote storage leaves on this machine, by age; -2: log.retention.ms. "
                       "Has no effect without remote storage, which this release does not have.",
                       -2, kMaxLong)),
    dynamic(config_key("log.message.timestamp.after.max.ms", FLUXMQ_CONFIG_LONG, "3600000",
                       "How far a record's time may lie after the broker's.", 0, kMaxLong)),
    dynamic(config_key("log.message.timestamp.before.max.ms", FLUXMQ_CONFIG_LONG,
                       "9223372036854775807",
                       "How far a record's time may lie before the broker's.", 0, kMaxLong)),
    dynamic(config_key("log.message.timestamp.type", FLUXMQ_CONFIG_STRING, "CreateTime",
                       "Whether records carry the producer's time or the time of their append.", 0,
                       0, "CreateTime,LogAppendTime")),
    dynamic(config_key(
        "log.preallocate", FLUXMQ_CONFIG_BOOLEAN, "false",
        "Whether a new segment takes its whole space on the disk at once; only false is served.")),
    dynamic(config_key(
        "log.retention.bytes", FLUXMQ_CONFIG_LONG, "-1",
        "The size of a partition's log beyond which old segments are deleted; -1: no limit.")),
    config_key("log.retention.check.interval.ms", FLUXMQ_CONFIG_LONG, "300000",
               "How often segments are looked through for those that retention has done with.", 1,
               kMaxLong),
    config_key("log.retention.hours", FLUXMQ_CONFIG_INT, "168",
               "The age at which segments are deleted, in hours."),
    config_key("log.retention.minutes", FLUXMQ_CONFIG_INT, "",
               "The age at which segments are deleted, in minutes."),
    dynamic(config_key("log.retention.ms", FLUXMQ_CONFIG_LONG, "",
                       "The age at which segments are deleted; -1: never. Comes before "
                       "log.retention.minutes and log.retention.hours.")),
    config_key("log.roll.hours", FLUXMQ_CONFIG_INT, "168",
               "The age at which a log begins its next segment, in hours.", 1, kMaxInt),
    config_key("log.roll.jitter.hours", FLUXMQ_CONFIG_INT, "0",
               "The most that is taken off log.roll.hours, in hours.", 0, kMaxInt),
    dynamic(config_key(
        "log.roll.jitter.ms", FLUXMQ_CONFIG_LONG, "",
        "The most that is taken off the age at which a log begins its next segment, at random for "
        "each partition, so that not all begin one at once. Comes before log.roll.jitter.hours.")),
    dynamic(
        config_key("log.roll.ms", FLUXMQ_CONFIG_LONG, "",
                   "The age at which a log begins its next segment. Comes before log.roll.hours.")),
    dynamic(config_key("log.segment.bytes", FLUXMQ_CONFIG_INT, "1073741824",
                       "The size at which a log begins its next segment.", 1048576, kMaxInt)),
    dynamic(config_key("log.segment.delete.delay.ms", FLUXMQ_CONFIG_LONG, "60000",
                       "How long a deleted segment's file stays before it is removed.", 0,
                       kMaxLong)),
    dynamic(config_key("message.max.bytes", FLUXMQ_CONFIG_INT, "1048588",
                       "The largest record batch that is accepted, after compression.", 0,
                       kMaxInt)),
    dynamic(config_key("min.insync.replicas", FLUXMQ_CONFIG_INT, "1",
                       "Replicas that must hold a batch before acks=all is answered; never more "
                       "than the topic has.",
                       1, kMaxInt)),
    dynamic(config_key(
        "replica.alter.log.dirs.io.max.bytes.per.second", FLUXMQ_CONFIG_LONG, "9223372036854775807",
        "Bytes a second of replicas that move between folders. Has no effect: none do.", 0,
        kMaxLong)),
    dynamic(config_key("unclean.leader.election.enable", FLUXMQ_CONFIG_BOOLEAN, "false",
                       "Whether a replica that lags may become leader. Has no effect where each "
                       "partition has one replica.")),
    dynamic(
        config_key("write.caching", FLUXMQ_CONFIG_BOOLEAN, "false",
                   "Whether acks=all is answered once the batch survives the death of the process, "
                   "as acks=1 is, rather than that of the machine. log.flush.interval.messages and "
                   "log.flush.interval.ms then say how much a power failure may take.")),
    dynamic(config_key(
        "producer.id.expiration.ms", FLUXMQ_CONFIG_INT, "86400000",
        "How long the sequence numbers of an idempotent producer are remembered after its "
        "last batch.",
        1, kMaxInt)),
    config_key("max.producer.ids", FLUXMQ_CONFIG_INT, "200000",
               "Idempotent producers that are remembered, counted once for each partition that "
               "they write to. Past it a partition forgets its least recent one for a new one; "
               "each takes about 250 bytes.",
               1, kMaxInt),
};

}  // namespace fluxmq::core
