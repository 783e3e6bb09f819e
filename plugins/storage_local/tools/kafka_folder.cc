#include "kafka_folder.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "checkpoint_file.h"
#include "fluxmq/protocol/big_endian.h"
#include "fluxmq/protocol/record_batch.h"
#include "leader_epochs.h"
#include "log.h"
#include "producer_snapshot.h"
#include "segment_file.h"

namespace fluxmq::storage_local {
namespace {

constexpr std::string_view kMetadataLog = "__cluster_metadata-0";

// "topic-0": a topic's name may itself have dashes. False for folders that aren't logs.
bool parse_log_name(const std::string& name, KafkaPartition& partition) {
  const auto dash = name.rfind('-');
  if (dash == std::string::npos || dash == 0 || dash + 1 == name.size()) return false;
  try {
    partition.partition = static_cast<std::int32_t>(parse_int64(name.substr(dash + 1)));
  } catch (const std::runtime_error&) {
    return false;
  }
  partition.topic = name.substr(0, dash);
  return partition.partition >= 0;
}

std::optional<protocol::Uuid> read_topic_id(FileSystem& files, const std::string& folder) {
  constexpr std::string_view kName = "topic_id: ";
  const auto text = read_file(files, folder + "/" + kPartitionMetadata);
  const auto at = text ? text->find(kName) : std::string::npos;
  if (at == std::string::npos) return std::nullopt;
  const auto begin = at + kName.size();
  return protocol::Uuid::from_string(
      std::string_view(*text).substr(begin, text->find('\n', begin) - begin));
}

}  // namespace

KafkaFolder::KafkaFolder(FileSystem& files, std::string path, bool force)
    : files_(files), path_(std::move(path)) {
  check_properties();
  lock();
  for (const auto& name : files_.list_folder(path_)) {
    if (name == kMetadataLog) {
      metadata_folder_ = path_ + "/" + name;
    } else {
      read_partition(name);
    }
  }
  if (!partitions_.empty() && !force && !files_.exists(path_ + "/.kafka_cleanshutdown")) {
    throw std::runtime_error(path_ +
                             ": Kafka wasn't stopped well; start it and stop it again, or " +
                             "have the logs recovered here with --force");
  }
  read_checkpoint("recovery-point-offset-checkpoint", &KafkaPartition::recovery_point);
  read_checkpoint("log-start-offset-checkpoint", &KafkaPartition::log_start_offset);
  read_checkpoint("cleaner-offset-checkpoint", &KafkaPartition::clean_offset);
}

void KafkaFolder::check_properties() const {
  const auto properties = read_file(files_, path_ + "/meta.properties");
  if (!properties)
    throw std::runtime_error(path_ + ": not a data folder of Kafka: it has no meta.properties");
  if (properties->find("fluxmq.") != std::string::npos)
    throw std::runtime_error(path_ + ": FluxMQ's own data folder; start FluxMQ with --data-dir " +
                             path_);
}

void KafkaFolder::lock() {
  if (!files_.exists(path_ + "/.lock")) return;
  lock_ = files_.open(path_ + "/.lock", OpenMode::kWrite);
  if (!lock_->lock())
    throw std::runtime_error(path_ + ": in use by a Kafka that runs; stop it first");
}

void KafkaFolder::read_partition(const std::string& name) {
  KafkaPartition partition;
  partition.folder = path_ + "/" + name;
  if (!parse_log_name(name, partition)) return;
  partition.topic_id = read_topic_id(files_, partition.folder);
  if (const auto epochs = read_file(files_, partition.folder + "/" + kLeaderEpochs))
    partition.leader_epoch = LeaderEpochs::parse(*epochs).latest();
  for (const auto& file : files_.list_folder(partition.folder)) {
    const auto path = partition.folder + "/" + file;
    if (file.ends_with(".log")) partition.size_bytes += files_.file_size(path);
    if (file.ends_with(".txnindex"))
      partition.has_aborted_transactions |= files_.file_size(path) > 0;
    if (offset_of(file, ".snapshot") >= 0) {
      if (const auto snapshot = read_file(files_, path))
        partition.last_producer_id =
            std::max(partition.last_producer_id, last_producer_id(protocol::as_bytes(*snapshot)));
    }
  }
  partitions_.push_back(std::move(partition));
}

void KafkaFolder::read_checkpoint(const char* file, std::int64_t KafkaPartition::*member) {
  const auto text = read_file(files_, path_ + "/" + file);
  if (!text) return;
  std::map<std::string, std::int64_t> offsets;
  try {
    for (const auto& line : parse_checkpoint(*text, 3))
      offsets[std::string(line[0]) + "-" + std::string(line[1])] = parse_int64(line[2]);
  } catch (const std::runtime_error& failure) {
    throw std::runtime_error(path_ + "/" + file + ": " + failure.what());
  }
  for (auto& partition : partitions_) {
    const auto found = offsets.find(partition.topic + "-" + std::to_string(partition.partition));
    if (found != offsets.end()) partition.*member = found->second;
  }
}

// Where a segment has old messages, they come first.
std::string why_not_readable(FileSystem& files, const KafkaPartition& partition) {
  for (const auto& name : files.list_folder(partition.folder)) {
    if (offset_of(name, ".log") < 0) continue;
    std::array<std::uint8_t, protocol::kMagicAt + 1> bytes{};
    const auto path = partition.folder + "/" + name;
    if (files.open(path, OpenMode::kRead)->read_at(bytes.data(), bytes.size(), 0) < bytes.size())
      continue;
    if (bytes[protocol::kMagicAt] < static_cast<std::uint8_t>(protocol::kMagicV2)) {
      return path + " has messages of the old format " + std::to_string(bytes[protocol::kMagicAt]) +
             ", which are only kept as new ones: mirror the topic instead";
    }
  }
  return "";
}

}  // namespace fluxmq::storage_local
