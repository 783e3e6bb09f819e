#include "cluster_metadata.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "batch_records.h"
#include "fluxmq/host.h"
#include "fluxmq/protocol/message.h"
#include "segment_file.h"

namespace fluxmq::storage_local {
namespace {

using namespace protocol;

// The records that tell of topics. All others are passed over.
struct TopicRecord {
  static constexpr std::uint32_t api_key = 2;
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::string_view name;
  Uuid topic_id{};

  static constexpr FieldList fields{
      field("name", &TopicRecord::name),
      field("topicId", &TopicRecord::topic_id),
  };
};

struct PartitionRecord {
  static constexpr std::uint32_t api_key = 3;
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(0);

  std::int32_t partition_id = -1;
  Uuid topic_id{};
  std::vector<std::int32_t> replicas;
  std::vector<std::int32_t> isr;
  std::vector<std::int32_t> removing_replicas;
  std::vector<std::int32_t> adding_replicas;
  std::int32_t leader = -1;
  std::int32_t leader_epoch = -1;
  std::int32_t partition_epoch = -1;
  std::vector<Uuid> directories;

  static constexpr FieldList fields{
      field("partitionId", &PartitionRecord::partition_id),
      field("topicId", &PartitionRecord::topic_id),
      field("replicas", &PartitionRecord::replicas),
      field("isr", &PartitionRecord::isr),
      field("removingReplicas", &PartitionRecord::removing_replicas),
      field("addingReplicas", &PartitionRecord::adding_replicas),
      field("leader", &PartitionRecord::leader),
      field("leaderEpoch", &PartitionRecord::leader_epoch),
      field("partitionEpoch", &PartitionRecord::partition_epoch),
      field("directories", &PartitionRecord::directories, since(1)),
  };
};

struct ConfigRecord {
  static constexpr std::uint32_t api_key = 4;
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);
  static constexpr std::int8_t kTopic = 2;

  std::int8_t resource_type = 0;
  std::string_view resource_name;
  std::string_view name;
  std::optional<std::string_view> value;

  static constexpr FieldList fields{
      field("resourceType", &ConfigRecord::resource_type),
      field("resourceName", &ConfigRecord::resource_name),
      field("name", &ConfigRecord::name),
      field("value", &ConfigRecord::value, nullable()),
  };
};

struct PartitionChangeRecord {
  static constexpr std::uint32_t api_key = 5;
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(0);
  static constexpr std::int32_t kNoChange = -2;

  std::int32_t partition_id = -1;
  Uuid topic_id{};
  std::int32_t leader = kNoChange;

  static constexpr FieldList fields{
      field("partitionId", &PartitionChangeRecord::partition_id),
      field("topicId", &PartitionChangeRecord::topic_id),
      field("leader", &PartitionChangeRecord::leader, tag(1)),
  };
};

struct RemoveTopicRecord {
  static constexpr std::uint32_t api_key = 9;
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  Uuid topic_id{};

  static constexpr FieldList fields{
      field("topicId", &RemoveTopicRecord::topic_id),
  };
};

struct ProducerIdsRecord {
  static constexpr std::uint32_t api_key = 15;
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::int32_t broker_id = 0;
  std::int64_t broker_epoch = -1;
  std::int64_t next_producer_id = 0;

  static constexpr FieldList fields{
      field("brokerId", &ProducerIdsRecord::broker_id),
      field("brokerEpoch", &ProducerIdsRecord::broker_epoch),
      field("nextProducerId", &ProducerIdsRecord::next_producer_id),
  };
};

class Replay {
 public:
  void apply(Bytes value) {
    Reader reader = Reader::of_constant(value);
    if (reader.read_unsigned_varint() != kFrameVersion) Reader::fail("an unknown kind of record");
    const auto api_key = reader.read_unsigned_varint();
    const auto version = static_cast<std::int16_t>(reader.read_unsigned_varint());
    static_cast<void>((apply_if<TopicRecord>(api_key, version, reader) ||
                       apply_if<PartitionRecord>(api_key, version, reader) ||
                       apply_if<ConfigRecord>(api_key, version, reader) ||
                       apply_if<PartitionChangeRecord>(api_key, version, reader) ||
                       apply_if<RemoveTopicRecord>(api_key, version, reader) ||
                       apply_if<ProducerIdsRecord>(api_key, version, reader)));
  }

  ClusterMetadata take() {
    // Configs may come before the topic that has them.
    for (auto& [name, topic] : metadata_.topics) topic.configs = std::move(configs_[name]);
    return std::move(metadata_);
  }

 private:
  static constexpr std::uint32_t kFrameVersion = 1;

  template <class Record>
  bool apply_if(std::uint32_t api_key, std::int16_t version, Reader& reader) {
    if (api_key != Record::api_key) return false;
    if (!Record::versions.contains(version)) Reader::fail("a record of a newer Kafka");
    apply(decode<Record>(reader, version));
    return true;
  }

  void apply(const TopicRecord& record) {
    metadata_.topics[std::string(record.name)] = {record.topic_id, {}, {}};
  }
  void apply(const PartitionRecord& record) {
    if (auto* topic = find(record.topic_id))
      topic->leader_epochs[record.partition_id] = record.leader_epoch;
  }
  void apply(const PartitionChangeRecord& record) {
    if (record.leader == PartitionChangeRecord::kNoChange) return;
    if (auto* topic = find(record.topic_id)) ++topic->leader_epochs[record.partition_id];
  }
  void apply(const ConfigRecord& record) {
    if (record.resource_type != ConfigRecord::kTopic) return;
    auto& configs = configs_[std::string(record.resource_name)];
    if (record.value) {
      configs[std::string(record.name)] = *record.value;
    } else {
      configs.erase(std::string(record.name));
    }
  }
  void apply(const RemoveTopicRecord& record) {
    std::erase_if(metadata_.topics, [&](const auto& topic) {
      if (topic.second.id != record.topic_id) return false;
      configs_.erase(topic.first);
      return true;
    });
  }
  void apply(const ProducerIdsRecord& record) {
    metadata_.next_producer_id = std::max(metadata_.next_producer_id, record.next_producer_id);
  }

  KafkaTopic* find(const Uuid& id) {
    for (auto& [name, topic] : metadata_.topics) {
      if (topic.id == id) return &topic;
    }
    return nullptr;
  }

  ClusterMetadata metadata_;
  std::map<std::string, std::map<std::string, std::string>> configs_;
};

// Batches from `first_offset` on.
void replay_file(FileSystem& files, const std::string& path, std::int64_t first_offset,
                 Replay& replay) try {
  const auto file = files.open(path, OpenMode::kRead);
  BatchScanner scanner(*file, 0, file->size(), kScanWindowBytes);
  while (const auto batch = scanner.next()) {
    if (batch->header.is_control() || batch->header.last_offset() < first_offset) continue;
    if (!scanner.checksum_fits(*batch)) Reader::fail("a batch with a wrong checksum");
    BatchRecords records(*file, *batch);
    Record record;
    while (records.next(record)) {
      if (record.value && record.offset >= first_offset) replay.apply(*record.value);
    }
  }
} catch (const DecodeError& error) {
  throw std::runtime_error(path + ": " + error.what());
}

}  // namespace

ClusterMetadata read_cluster_metadata(FileSystem& files, const std::string& folder) {
  // "00000000000000000123-0000000004.checkpoint": the state below offset 123.
  constexpr std::string_view kSnapshotSuffix = ".checkpoint";
  constexpr std::size_t kEpochBytes = 11;
  auto names = files.list_folder(folder);
  std::sort(names.begin(), names.end());
  std::string snapshot;
  std::int64_t snapshot_offset = 0;
  for (const auto& name : names) {
    if (!name.ends_with(kSnapshotSuffix) || name.size() < kEpochBytes + kSnapshotSuffix.size())
      continue;
    const auto epoch = name.substr(name.size() - kSnapshotSuffix.size() - kEpochBytes);
    const auto offset = offset_of(name, epoch);
    if (offset < 0) continue;
    snapshot = name;
    snapshot_offset = offset;
  }
  Replay replay;
  if (!snapshot.empty()) replay_file(files, concat(folder, "/", snapshot), 0, replay);
  for (const auto& name : names) {
    if (offset_of(name, ".log") >= 0)
      replay_file(files, concat(folder, "/", name), snapshot_offset, replay);
  }
  return replay.take();
}

}  // namespace fluxmq::storage_local
