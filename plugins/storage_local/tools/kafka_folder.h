// A data folder (one of log.dirs) of an Apache Kafka that is stopped.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "file_system.h"
#include "fluxmq/protocol/primitives.h"

namespace fluxmq::storage_local {

struct KafkaPartition {
  std::string topic;
  std::int32_t partition = 0;
  std::string folder;
  std::optional<protocol::Uuid> topic_id;  // Kafka before 2.8 had none
  std::int32_t leader_epoch = -1;          // the latest that was written with
  std::int64_t recovery_point = 0;
  std::int64_t log_start_offset = 0;
  std::int64_t clean_offset = 0;
  std::int64_t size_bytes = 0;
  std::int64_t last_producer_id = -1;
  bool has_aborted_transactions = false;
};

class KafkaFolder {
 public:
  // Locks the folder as Kafka would, as long as the object lives. Throws std::runtime_error: it is
  // in use, wasn't closed well (`force` takes it all the same), or isn't Kafka's.
  KafkaFolder(FileSystem& files, std::string path, bool force);

  const std::string& path() const { return path_; }
  const std::vector<KafkaPartition>& partitions() const { return partitions_; }
  // That of __cluster_metadata; "" if it isn't here.
  const std::string& metadata_folder() const { return metadata_folder_; }

 private:
  void lock();
  void check_properties() const;
  void read_partition(const std::string& name);
  void read_checkpoint(const char* file, std::int64_t KafkaPartition::*member);

  FileSystem& files_;
  const std::string path_;
  std::unique_ptr<File> lock_;
  std::string metadata_folder_;
  std::vector<KafkaPartition> partitions_;
};

// Why this broker can't keep the partition; "" if it can.
std::string why_not_readable(FileSystem& files, const KafkaPartition& partition);

}  // namespace fluxmq::storage_local
