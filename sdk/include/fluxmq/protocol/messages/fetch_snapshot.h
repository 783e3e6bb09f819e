// FetchSnapshot (key 59): reads a part of a snapshot of the metadata log.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct FetchSnapshotRequest {
  static constexpr std::int16_t api_key = 59;
  static constexpr std::string_view name = "FetchSnapshotRequest";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(0);

  struct SnapshotId {
    std::int64_t end_offset = 0;
    std::int32_t epoch = 0;

    static constexpr FieldList fields{
        field("EndOffset", &SnapshotId::end_offset),
        field("Epoch", &SnapshotId::epoch),
    };
  };

  struct PartitionSnapshot {
    std::int32_t partition = 0;
    std::int32_t current_leader_epoch = 0;
    SnapshotId snapshot_id{};
    std::int64_t position = 0;
    Uuid replica_directory_id{};

    static constexpr FieldList fields{
        field("Partition", &PartitionSnapshot::partition),
        field("CurrentLeaderEpoch", &PartitionSnapshot::current_leader_epoch),
        field("SnapshotId", &PartitionSnapshot::snapshot_id),
        field("Position", &PartitionSnapshot::position),
        field("ReplicaDirectoryId", &PartitionSnapshot::replica_directory_id, since(1), tag(0)),
    };
  };

  struct TopicSnapshot {
    std::string_view name;
    std::vector<PartitionSnapshot> partitions;

    static constexpr FieldList fields{
        field("Name", &TopicSnapshot::name),
        field("Partitions", &TopicSnapshot::partitions),
    };
  };

  std::optional<std::string_view> cluster_id;
  std::int32_t replica_id = -1;
  std::int32_t max_bytes = std::numeric_limits<std::int32_t>::max();
  std::vector<TopicSnapshot> topics;

  static constexpr FieldList fields{
      field("ClusterId", &FetchSnapshotRequest::cluster_id, nullable(), tag(0)),
      field("ReplicaId", &FetchSnapshotRequest::replica_id),
      field("MaxBytes", &FetchSnapshotRequest::max_bytes),
      field("Topics", &FetchSnapshotRequest::topics),
  };
};

struct FetchSnapshotResponse {
  static constexpr std::int16_t api_key = 59;
  static constexpr std::string_view name = "FetchSnapshotResponse";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(0);

  struct SnapshotId {
    std::int64_t end_offset = 0;
    std::int32_t epoch = 0;

    static constexpr FieldList fields{
        field("EndOffset", &SnapshotId::end_offset),
        field("Epoch", &SnapshotId::epoch),
    };
  };

  struct LeaderIdAndEpoch {
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = 0;

    static constexpr FieldList fields{
        field("LeaderId", &LeaderIdAndEpoch::leader_id),
        field("LeaderEpoch", &LeaderIdAndEpoch::leader_epoch),
    };
  };

  struct PartitionSnapshot {
    std::int32_t index = 0;
    std::int16_t error_code = 0;
    SnapshotId snapshot_id{};
    LeaderIdAndEpoch current_leader{};
    std::int64_t size = 0;
    std::int64_t position = 0;
    Records unaligned_records{};

    static constexpr FieldList fields{
        field("Index", &PartitionSnapshot::index),
        field("ErrorCode", &PartitionSnapshot::error_code),
        field("SnapshotId", &PartitionSnapshot::snapshot_id),
        field("CurrentLeader", &PartitionSnapshot::current_leader, tag(0)),
        field("Size", &PartitionSnapshot::size),
        field("Position", &PartitionSnapshot::position),
        field("UnalignedRecords", &PartitionSnapshot::unaligned_records),
    };
  };

  struct TopicSnapshot {
    std::string_view name;
    std::vector<PartitionSnapshot> partitions;

    static constexpr FieldList fields{
        field("Name", &TopicSnapshot::name),
        field("Partitions", &TopicSnapshot::partitions),
    };
  };

  struct NodeEndpoint {
    std::int32_t node_id = 0;
    std::string_view host;
    std::uint16_t port = 0;

    static constexpr FieldList fields{
        field("NodeId", &NodeEndpoint::node_id, since(1)),
        field("Host", &NodeEndpoint::host, since(1)),
        field("Port", &NodeEndpoint::port, since(1)),
    };
  };

  std::int32_t throttle_time_ms = 0;
  std::int16_t error_code = 0;
  std::vector<TopicSnapshot> topics;
  std::vector<NodeEndpoint> node_endpoints;

  static constexpr FieldList fields{
      field("ThrottleTimeMs", &FetchSnapshotResponse::throttle_time_ms),
      field("ErrorCode", &FetchSnapshotResponse::error_code),
      field("Topics", &FetchSnapshotResponse::topics),
      field("NodeEndpoints", &FetchSnapshotResponse::node_endpoints, since(1), tag(0)),
  };
};

}  // namespace fluxmq::protocol
