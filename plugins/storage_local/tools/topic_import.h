// Topics of a Kafka become topics of this broker, one after the other, each as a whole.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cluster_metadata.h"
#include "fluxmq/abi/catalog.h"
#include "fluxmq/abi/log_store.h"
#include "fluxmq/command.h"
#include "kafka_folder.h"

namespace fluxmq::storage_local {

class TopicImport {
 public:
  // Throws std::runtime_error if the broker's log store can't take over files.
  TopicImport(Host host, FileSystem& files, const CommandOutput& output, ClusterMetadata metadata,
              bool link_files);

  void add(const KafkaFolder& folder);
  void run();
  std::string summary(double seconds) const;
  std::size_t failed_count() const { return failed_; }

 private:
  // Of one topic, in all folders.
  using Partitions = std::vector<KafkaPartition>;

  void take(const std::string& topic, Partitions& partitions);
  // Why it can't be taken; "" if it can.
  std::string problem_of(const std::string& topic, const Partitions& partitions) const;
  protocol::Uuid id_of(const std::string& topic, const Partitions& partitions) const;
  std::int32_t leader_epoch_of(const std::string& topic, const Partitions& partitions) const;
  // Those that this broker takes, too.
  std::vector<fluxmq_config_entry> configs_of(const std::string& topic) const;

  bool take_logs(const Partitions& partitions, const protocol::Uuid& id) const;
  bool take_log(const KafkaPartition& partition, const protocol::Uuid& id) const;
  void drop_logs(const Partitions& partitions, const protocol::Uuid& id) const;
  void skip_producer_ids();
  std::string tell(const std::string& topic, const std::string& what) const;

  const fluxmq_catalog* const catalog_;
  const fluxmq_log_store* const logs_;
  FileSystem& files_;
  const CommandOutput& output_;
  const ClusterMetadata metadata_;
  const bool link_files_;
  std::map<std::string, Partitions> topics_;

  std::size_t taken_ = 0;
  std::size_t there_already_ = 0;
  std::size_t failed_ = 0;
  std::size_t partition_count_ = 0;
  std::int64_t size_bytes_ = 0;
  std::int64_t last_producer_id_ = -1;
};

}  // namespace fluxmq::storage_local
