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
    config_key("max.partitions", FLUXMQ_CONFIG_INT, "100000",
               "Partitions that the broker holds at most, all topics together. An idle partition "
               "takes less than 1 KiB of memory; the limit keeps a client from filling it.",
               1, kMaxInt),
    config_key("log.cleanup.policy", FLUXMQ_CONFIG_LIST, "delete",
               "What becomes of old records by default: delete drops whole segments that retention "
               "has done with; an empty list keeps all.",
               0, 0, "delete"),
    config_key("compression.type", FLUXMQ_CONFIG_STRING, "producer",
               "How batches are stored by default; producer keeps them as they were sent.", 0, 0,
               "producer"),
    config_key("log.segment.delete.delay.ms", FLUXMQ_CONFIG_LONG, "60000",
               "How long a deleted segment's file stays before it is removed.", 0, kMaxLong),
    config_key("log.index.interval.bytes", FLUXMQ_CONFIG_INT, "4096",
               "Bytes of log between two entries of the offset index.", 0, kMaxInt),
    config_key("message.max.bytes", FLUXMQ_CONFIG_INT, "1048588",
               "The largest record batch that is accepted, after compression.", 0, kMaxInt),
    config_key("max.uncompressed.batch.bytes", FLUXMQ_CONFIG_INT, "268435456",
               "What a compressed batch of a client may hold uncompressed; one that holds more is "
               "refused as too large, since a few bytes can stand for gigabytes. It is looked at "
               "piece by piece, so this bounds time rather than memory.",
               1048576, kMaxInt),
    config_key("log.message.timestamp.type", FLUXMQ_CONFIG_STRING, "CreateTime",
               "Whether records carry the producer's time or the time of their append.", 0, 0,
               "CreateTime,LogAppendTime"),
    config_key("log.message.timestamp.before.max.ms", FLUXMQ_CONFIG_LONG, "9223372036854775807",
               "How far a record's time may lie before the broker's.", 0, kMaxLong),
    config_key("log.message.timestamp.after.max.ms", FLUXMQ_CONFIG_LONG, "3600000",
               "How far a record's time may lie after the broker's.", 0, kMaxLong),
    config_key("min.insync.replicas", FLUXMQ_CONFIG_INT, "1",
               "Replicas that must hold a batch before acks=all is answered; never more than the "
               "topic has.",
               1, kMaxInt),
    config_key("log.retention.bytes", FLUXMQ_CONFIG_LONG, "-1",
               "The size of a partition's log beyond which old segments are deleted; -1: no limit.",
               0, 0),
    config_key("log.retention.ms", FLUXMQ_CONFIG_LONG, "",
               "The age at which segments are deleted; -1: never. Comes before "
               "log.retention.minutes and log.retention.hours.",
               -1, kMaxLong),
    config_key("log.retention.minutes", FLUXMQ_CONFIG_INT, "",
               "The age at which segments are deleted, in minutes.", -1, kMaxInt),
    config_key("log.retention.hours", FLUXMQ_CONFIG_INT, "168",
               "The age at which segments are deleted, in hours.", -1, kMaxInt),
    config_key("log.retention.check.interval.ms", FLUXMQ_CONFIG_LONG, "300000",
               "How often segments are looked through for those that retention has done with.", 1,
               kMaxLong),
    config_key("log.segment.bytes", FLUXMQ_CONFIG_INT, "1073741824",
               "The size at which a log begins its next segment.", 1048576, kMaxInt),
    config_key("log.index.size.max.bytes", FLUXMQ_CONFIG_INT, "10485760",
               "The size of a segment's index at which a log begins its next segment.", 4, kMaxInt),
    config_key("log.roll.ms", FLUXMQ_CONFIG_LONG, "",
               "The age at which a log begins its next segment. Comes before log.roll.hours.", 1,
               kMaxLong),
    config_key("log.roll.hours", FLUXMQ_CONFIG_INT, "168",
               "The age at which a log begins its next segment, in hours.", 1, kMaxInt),
    config_key("producer.id.expiration.ms", FLUXMQ_CONFIG_INT, "86400000",
               "How long the sequence numbers of an idempotent producer are remembered after its "
               "last batch.",
               1, kMaxInt),
    config_key("max.producer.ids", FLUXMQ_CONFIG_INT, "200000",
               "Idempotent producers that are remembered, counted once for each partition that "
               "they write to. Past it a partition forgets its least recent one for a new one; "
               "each takes about 250 bytes.",
               1, kMaxInt),
};

}  // namespace fluxmq::core
