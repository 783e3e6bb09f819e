// The config keys of groups and offsets: Kafka's names, and a few limits of our own.
#pragma once
#include <array>
#include <cstdint>
#include <limits>

#include "fluxmq/plugin.h"
#include "offset_protocol.h"
#include "protocol_limits.h"

namespace fluxmq::api_groups {

inline constexpr std::int64_t kMaxInt = std::numeric_limits<std::int32_t>::max();

inline constexpr std::array kConfigKeys{
    config_key("group.initial.rebalance.delay.ms", FLUXMQ_CONFIG_INT, "3000",
               "How long the first rebalance of an empty group waits for more members to join.", 0,
               kMaxInt),
    config_key("group.min.session.timeout.ms", FLUXMQ_CONFIG_INT, "6000",
               "The shortest session timeout that a member may ask for.", 0, kMaxInt),
    config_key("group.max.session.timeout.ms", FLUXMQ_CONFIG_INT, "1800000",
               "The longest session timeout that a member may ask for.", 0, kMaxInt),
    config_key("group.max.size", FLUXMQ_CONFIG_INT, "2147483647",
               "Members that a group has at most; more are refused.", 1, kMaxInt),
    config_key("group.max.metadata.bytes", FLUXMQ_CONFIG_INT, "67108864",
               "Bytes that the members of one group tell each other at most (their subscriptions), "
               "and that their leader tells them (their assignments). It keeps a client from "
               "filling the memory.",
               1024, kMaxInt),
    config_key(
        "group.max.pending.members", FLUXMQ_CONFIG_INT, "100000",
        "Member ids of a group that were given out and aren't joined with yet, at most; more "
        "clients are refused. It keeps a client from filling the memory.",
        1, kMaxInt),
    config_key("group.max.total.bytes", FLUXMQ_CONFIG_LONG, "1073741824",
               "Bytes of memory that all groups take at most, with their members and offsets. New "
               "groups, members and offsets beyond that are refused; those that there are go on.",
               65536, std::numeric_limits<std::int64_t>::max()),
    config_key("group.max.count", FLUXMQ_CONFIG_INT, "1000000",
               "Groups that are kept at most. An idle one takes about 1 KiB; the limit keeps a "
               "client from filling the memory.",
               1, kMaxInt),
    config_key("offset.metadata.max.bytes", FLUXMQ_CONFIG_INT, "4096",
               "The longest text that may be committed with an offset.", 0, kMaxInt),
    config_key(
        "offsets.commit.required.acks", FLUXMQ_CONFIG_INT, "-1",
        "When a commit is answered: -1 once it survives the death of the machine, 0 and 1 once "
        "it survives that of the process.",
        -1, 1),
    config_key("offsets.retention.minutes", FLUXMQ_CONFIG_INT, "10080",
               "How long offsets are kept after their group became empty, or, without a group of "
               "consumers that subscribe, after their last commit.",
               1, kMaxInt),
    config_key("offsets.retention.check.interval.ms", FLUXMQ_CONFIG_LONG, "600000",
               "How often offsets and groups are looked through for expired ones.", 1,
               std::numeric_limits<std::int64_t>::max()),
    config_key("offsets.load.buffer.size", FLUXMQ_CONFIG_INT, "5242880",
               "Bytes that are read at once when groups and offsets are loaded.", 1, kMaxInt),
    config_key("offsets.topic.num.partitions", FLUXMQ_CONFIG_INT, "50",
               "Partitions of __consumer_offsets when it is created.", 1, kMaxInt),
    config_key("offsets.topic.replication.factor", FLUXMQ_CONFIG_INT, "1",
               "Replication factor of __consumer_offsets when it is created.", 1, 32767),
    config_key("offsets.topic.segment.bytes", FLUXMQ_CONFIG_INT, "104857600",
               "Segment size of __consumer_offsets when it is created: small, so that it is "
               "compacted and loaded fast.",
               1, kMaxInt),
};

struct GroupConfig {
  explicit GroupConfig(Host host)
      : min_session_timeout_ms(int_of(host, "group.min.session.timeout.ms")),
        max_session_timeout_ms(int_of(host, "group.max.session.timeout.ms")),
        max_groups(int_of(host, "group.max.count")),
        max_bytes(host.config_int("group.max.total.bytes")),
        required_acks(static_cast<std::int16_t>(int_of(host, "offsets.commit.required.acks"))),
        retention_check_interval_ms(host.config_int("offsets.retention.check.interval.ms")),
        load_buffer_bytes(int_of(host, "offsets.load.buffer.size")),
        topic_partitions(int_of(host, "offsets.topic.num.partitions")),
        topic_replication_factor(int_of(host, "offsets.topic.replication.factor")),
        topic_segment_bytes(host.config("offsets.topic.segment.bytes")) {
    protocol.initial_rebalance_delay_ms = int_of(host, "group.initial.rebalance.delay.ms");
    protocol.max_size = int_of(host, "group.max.size");
    protocol.max_pending_members =
        static_cast<std::size_t>(host.config_int("group.max.pending.members"));
    protocol.max_metadata_bytes =
        static_cast<std::size_t>(host.config_int("group.max.metadata.bytes"));
    offsets.max_metadata_length =
        static_cast<std::size_t>(host.config_int("offset.metadata.max.bytes"));
    offsets.retention_ms = host.config_int("offsets.retention.minutes") * 60'000;
  }

  ProtocolLimits protocol;
  OffsetLimits offsets;
  std::int32_t min_session_timeout_ms;
  std::int32_t max_session_timeout_ms;
  std::int32_t max_groups;
  std::int64_t max_bytes;
  std::int16_t required_acks;
  std::int64_t retention_check_interval_ms;
  std::int32_t load_buffer_bytes;
  std::int32_t topic_partitions;
  std::int32_t topic_replication_factor;
  std::string_view topic_segment_bytes;

 private:
  static std::int32_t int_of(Host host, const char* key) {
    return static_cast<std::int32_t>(host.config_int(key));
  }
};

}  // namespace fluxmq::api_groups
