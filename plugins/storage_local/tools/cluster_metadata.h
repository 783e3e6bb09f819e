// What the metadata log of a Kafka cluster (__cluster_metadata) says of topics.
#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "file_system.h"
#include "fluxmq/protocol/primitives.h"

namespace fluxmq::storage_local {

struct KafkaTopic {
  protocol::Uuid id;
  std::map<std::int32_t, std::int32_t> leader_epochs;  // by partition
  std::map<std::string, std::string> configs;
};

struct ClusterMetadata {
  std::map<std::string, KafkaTopic> topics;
  std::int64_t next_producer_id = 0;
};

// Reads the newest snapshot in the folder of the log, and what follows it. Throws
// std::runtime_error that names the file.
ClusterMetadata read_cluster_metadata(FileSystem& files, const std::string& folder);

}  // namespace fluxmq::storage_local
