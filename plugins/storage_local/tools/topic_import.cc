#include "topic_import.h"

#include <algorithm>
#include <cstdio>
#include <random>
#include <stdexcept>

#include "fluxmq/catalog.h"
#include "waiting_calls.h"

namespace fluxmq::storage_local {
namespace {

constexpr std::string_view kOffsets = "__consumer_offsets";

// Topics in which Kafka keeps state that this broker has no use for.
constexpr std::string_view kLeftOut[] = {"__transaction_state", "__share_group_state",
                                         "__remote_log_metadata"};

protocol::Uuid random_uuid() {
  protocol::Uuid id;
  std::random_device random;
  for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(random());
  return id;
}

}  // namespace

TopicImport::TopicImport(Host host, FileSystem& files, const CommandOutput& output,
                         ClusterMetadata metadata, bool link_files)
    : catalog_(host.find<fluxmq_catalog>(FLUXMQ_CATALOG)),
      logs_(host.find<fluxmq_log_store>(FLUXMQ_LOG_STORE)),
      files_(files),
      output_(output),
      metadata_(std::move(metadata)),
      link_files_(link_files) {
  if (!offers(logs_, &fluxmq_log_store::adopt) || logs_->adopt == nullptr)
    throw std::runtime_error("the enabled log store keeps no files: enable storage_local");
  if (!offers(catalog_, &fluxmq_catalog::skip_producer_ids))
    throw std::runtime_error("the plugin core is too old for an import");
}

void TopicImport::add(const KafkaFolder& folder) {
  for (const auto& partition : folder.partitions()) topics_[partition.topic].push_back(partition);
}

void TopicImport::run() {
  // The offsets of groups last, when the topics they speak of are there.
  for (auto& [topic, partitions] : topics_) {
    if (topic != kOffsets) take(topic, partitions);
  }
  if (const auto offsets = topics_.find(std::string(kOffsets)); offsets != topics_.end())
    take(offsets->first, offsets->second);
  skip_producer_ids();
}

std::string TopicImport::tell(const std::string& topic, const std::string& what) const {
  return topic + ": " + what + "\n";
}

void TopicImport::take(const std::string& topic, Partitions& partitions) {
  if (std::find(std::begin(kLeftOut), std::end(kLeftOut), topic) != std::end(kLeftOut))
    return output_.print(tell(topic, "left out, it is Kafka's own state"));
  const auto* existing = catalog_->find_topic(catalog_->self, to_abi(std::string_view(topic)));
  if (existing != nullptr) {
    catalog_->release_topic(catalog_->self, existing);
    ++there_already_;
    return output_.print(tell(topic, "there is a topic of that name, which is left as it is"));
  }
  std::sort(partitions.begin(), partitions.end(),
            [](const auto& a, const auto& b) { return a.partition < b.partition; });
  const auto fail = [&](const std::string& why) {
    ++failed_;
    output_.print_error(tell(topic, "not taken: " + why));
  };
  if (const auto problem = problem_of(topic, partitions); !problem.empty()) return fail(problem);
  const auto id = id_of(topic, partitions);
  if (!take_logs(partitions, id)) {
    drop_logs(partitions, id);
    return fail("a log can't be taken over, as said above");
  }
  const auto configs = configs_of(topic);
  fluxmq_new_topic created{};
  created.size = sizeof(created);
  created.flags = topic == kOffsets ? FLUXMQ_INTERNAL_TOPIC : 0;
  created.name = to_abi(std::string_view(topic));
  created.partition_count = static_cast<std::int32_t>(partitions.size());
  created.replication_factor = 1;
  created.configs = configs.data();
  created.config_count = configs.size();
  created.id = to_abi(id);
  created.leader_epoch = leader_epoch_of(topic, partitions);
  const auto outcome = create_topic(catalog_, created);
  if (outcome.error != 0) {
    drop_logs(partitions, id);
    return fail(outcome.text());
  }
  ++taken_;
  std::int64_t bytes = 0;
  bool aborted = false;
  for (const auto& partition : partitions) {
    bytes += partition.size_bytes;
    aborted |= partition.has_aborted_transactions;
  }
  partition_count_ += partitions.size();
  size_bytes_ += bytes;
  output_.print(tell(topic, std::to_string(partitions.size()) +
                                (partitions.size() == 1 ? " partition, " : " partitions, ") +
                                std::to_string(bytes) + " bytes"));
  if (aborted)
    output_.print(tell(topic, "records of aborted transactions are read like all others here"));
}

std::string TopicImport::problem_of(const std::string& topic, const Partitions& partitions) const {
  const auto known = metadata_.topics.find(topic);
  const auto count =
      known == metadata_.topics.end() ? partitions.size() : known->second.leader_epochs.size();
  if (!metadata_.topics.empty() && known == metadata_.topics.end())
    return "the metadata log doesn't know it: it was deleted";
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    if (i > 0 && partitions[i].partition == partitions[i - 1].partition)
      return "partition " + std::to_string(partitions[i].partition) + " is in " +
             partitions[i - 1].folder + " and in " + partitions[i].folder;
    if (partitions[i].topic_id != partitions[0].topic_id ||
        (partitions[i].topic_id && known != metadata_.topics.end() &&
         *partitions[i].topic_id != known->second.id))
      return partitions[i].folder + " is of another topic of that name";
    if (auto problem = why_not_readable(files_, partitions[i]); !problem.empty()) return problem;
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (i >= partitions.size() || partitions[i].partition != static_cast<std::int32_t>(i))
      return "partition " + std::to_string(i) + " is missing: name all data folders with --from";
  }
  return "";
}

protocol::Uuid TopicImport::id_of(const std::string& topic, const Partitions& partitions) const {
  const auto known = metadata_.topics.find(topic);
  if (known != metadata_.topics.end()) return known->second.id;
  return partitions.front().topic_id.value_or(random_uuid());
}

// This broker becomes the leader, which is a new epoch; clients that still know an older one go by
// which is higher.
std::int32_t TopicImport::leader_epoch_of(const std::string& topic,
                                          const Partitions& partitions) const {
  std::int32_t latest = -1;
  for (const auto& partition : partitions) latest = std::max(latest, partition.leader_epoch);
  if (const auto known = metadata_.topics.find(topic); known != metadata_.topics.end()) {
    for (const auto& [partition, epoch] : known->second.leader_epochs)
      latest = std::max(latest, epoch);
  }
  return latest + 1;
}

std::vector<fluxmq_config_entry> TopicImport::configs_of(const std::string& topic) const {
  std::vector<fluxmq_config_entry> taken;
  const auto known = metadata_.topics.find(topic);
  if (known == metadata_.topics.end()) return taken;
  for (const auto& [name, value] : known->second.configs) {
    const fluxmq_config_entry config{to_abi(std::string_view(name)),
                                     to_abi(std::string_view(value))};
    fluxmq_new_topic asked{};
    asked.size = sizeof(asked);
    asked.flags = FLUXMQ_VALIDATE_ONLY | (topic == kOffsets ? FLUXMQ_INTERNAL_TOPIC : 0);
    asked.name = to_abi(std::string_view(topic));
    asked.partition_count = 1;
    asked.replication_factor = 1;
    asked.configs = &config;
    asked.config_count = 1;
    const auto outcome = create_topic(catalog_, asked);
    if (outcome.error == 0) {
      taken.push_back(config);
    } else {
      output_.print(
          tell(topic, "without its config " + name + "=" + value + ": " + outcome.text()));
    }
  }
  return taken;
}

bool TopicImport::take_logs(const Partitions& partitions, const protocol::Uuid& id) const {
  return std::all_of(partitions.begin(), partitions.end(),
                     [&](const auto& partition) { return take_log(partition, id); });
}

// Opened once: what is damaged shows now, not when clients come.
bool TopicImport::take_log(const KafkaPartition& partition, const protocol::Uuid& id) const {
  const auto topic = to_abi(std::string_view(partition.topic));
  const fluxmq_foreign_log foreign{sizeof foreign,
                                   link_files_ ? FLUXMQ_LINK_FILES : 0,
                                   to_abi(std::string_view(partition.folder)),
                                   partition.recovery_point,
                                   partition.log_start_offset,
                                   partition.clean_offset};
  if (logs_->adopt(logs_->self, topic, to_abi(id), partition.partition, &foreign) != 0)
    return false;
  auto* const handle = open_log(logs_, topic, to_abi(id), partition.partition);
  if (handle == nullptr) return false;
  logs_->close(logs_->self, handle);
  return true;
}

void TopicImport::drop_logs(const Partitions& partitions, const protocol::Uuid& id) const {
  for (const auto& partition : partitions) {
    remove_log(logs_, to_abi(std::string_view(partition.topic)), to_abi(id), partition.partition);
  }
}

// A new producer must not be taken for one whose batches the logs remember.
void TopicImport::skip_producer_ids() {
  std::int64_t first = metadata_.next_producer_id;
  for (const auto& [topic, partitions] : topics_) {
    for (const auto& partition : partitions)
      first = std::max(first, partition.last_producer_id + 1);
  }
  const auto outcome = storage_local::skip_producer_ids(catalog_, first);
  if (outcome.error == 0) return;
  ++failed_;
  output_.print_error("producer ids below " + std::to_string(first) +
                      " can't be reserved: " + outcome.text() + "; call the command again\n");
}

std::string TopicImport::summary(double seconds) const {
  char time[32];
  std::snprintf(time, sizeof time, "%.1f", seconds);
  return "imported " + std::to_string(taken_) + " topics, " + std::to_string(partition_count_) +
         " partitions, " + std::to_string(size_bytes_) + " bytes in " + time + " s; " +
         std::to_string(there_already_) + " there already, " + std::to_string(failed_) +
         " not taken\n";
}

}  // namespace fluxmq::storage_local
