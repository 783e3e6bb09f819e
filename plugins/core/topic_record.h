// How topics lie in the metadata store:
//
//   cluster/id           the cluster id, 22 characters of base64url
//   producer_ids/next    the first producer id that no block was reserved for, decimal
//   topic/<name>         "1 <id> <partitions> <replication factor> <leader epoch> <internal>\n",
//                        then a line "<config>=<value>\n" for each config that was set
//   broker_config/<id>/<key>  a dynamic config of a broker; of all brokers without an id
//   deleted/<id>         "1 <name> <partitions>\n": a topic whose logs are still to be removed
//
// The leading 1 is the version of the form; a newer one stops the broker.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fluxmq/protocol/primitives.h"
#include "topic_config.h"

namespace fluxmq::core {

inline constexpr std::string_view kClusterIdKey = "cluster/id";
inline constexpr std::string_view kNextProducerIdKey = "producer_ids/next";
inline constexpr std::string_view kTopicPrefix = "topic/";
inline constexpr std::string_view kDeletedPrefix = "deleted/";

struct TopicRecord {
  protocol::Uuid id;
  std::int32_t partition_count = 0;
  std::int32_t replication_factor = 0;
  std::int32_t leader_epoch = 0;
  bool is_internal = false;
  ConfigOverrides configs;
};

struct DeletedTopicRecord {
  std::string name;
  std::int32_t partition_count = 0;
};

std::string topic_key(std::string_view name);
std::string deleted_key(const protocol::Uuid& id);
// Of a broker's dynamic configs, or of those of all brokers.
std::string broker_config_prefix(std::optional<std::int32_t> broker_id);

std::string encode(const TopicRecord& record);
std::string encode(const DeletedTopicRecord& record);
// nullopt: not a record that this version knows.
std::optional<TopicRecord> decode_topic(std::string_view value);
std::optional<DeletedTopicRecord> decode_deleted_topic(std::string_view value);

}  // namespace fluxmq::core
