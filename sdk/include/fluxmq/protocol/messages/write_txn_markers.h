// WriteTxnMarkers (key 27): writes the outcome of transactions into their partitions (broker to
// broker).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct WriteTxnMarkersRequest {
  static constexpr std::int16_t api_key = 27;
  static constexpr std::string_view name = "WriteTxnMarkersRequest";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(1);

  struct WritableTxnMarkerTopic {
    std::string_view name;
    std::vector<std::int32_t> partition_indexes;

    static constexpr FieldList fields{
        field("Name", &WritableTxnMarkerTopic::name),
        field("PartitionIndexes", &WritableTxnMarkerTopic::partition_indexes),
    };
  };

  struct WritableTxnMarker {
    std::int64_t producer_id = 0;
    std::int16_t producer_epoch = 0;
    bool transaction_result = false;
    std::vector<WritableTxnMarkerTopic> topics;
    std::int32_t coordinator_epoch = 0;
    std::int8_t transaction_version = 0;

    static constexpr FieldList fields{
        field("ProducerId", &WritableTxnMarker::producer_id),
        field("ProducerEpoch", &WritableTxnMarker::producer_epoch),
        field("TransactionResult", &WritableTxnMarker::transaction_result),
        field("Topics", &WritableTxnMarker::topics),
        field("CoordinatorEpoch", &WritableTxnMarker::coordinator_epoch),
        field("TransactionVersion", &WritableTxnMarker::transaction_version, since(2)),
    };
  };

  std::vector<WritableTxnMarker> markers;

  static constexpr FieldList fields{
      field("Markers", &WriteTxnMarkersRequest::markers),
  };
};

struct WriteTxnMarkersResponse {
  static constexpr std::int16_t api_key = 27;
  static constexpr std::string_view name = "WriteTxnMarkersResponse";
  static constexpr VersionRange versions{0, 2};
  static constexpr VersionRange flexible = since(1);

  struct WritableTxnMarkerPartitionResult {
    std::int32_t partition_index = 0;
    std::int16_t error_code = 0;

    static constexpr FieldList fields{
        field("PartitionIndex", &WritableTxnMarkerPartitionResult::partition_index),
        field("ErrorCode", &WritableTxnMarkerPartitionResult::error_code),
    };
  };

  struct WritableTxnMarkerTopicResult {
    std::string_view name;
    std::vector<WritableTxnMarkerPartitionResult> partitions;

    static constexpr FieldList fields{
        field("Name", &WritableTxnMarkerTopicResult::name),
        field("Partitions", &WritableTxnMarkerTopicResult::partitions),
    };
  };

  struct WritableTxnMarkerResult {
    std::int64_t producer_id = 0;
    std::vector<WritableTxnMarkerTopicResult> topics;

    static constexpr FieldList fields{
        field("ProducerId", &WritableTxnMarkerResult::producer_id),
        field("Topics", &WritableTxnMarkerResult::topics),
    };
  };

  std::vector<WritableTxnMarkerResult> markers;

  static constexpr FieldList fields{
      field("Markers", &WriteTxnMarkersResponse::markers),
  };
};

}  // namespace fluxmq::protocol
