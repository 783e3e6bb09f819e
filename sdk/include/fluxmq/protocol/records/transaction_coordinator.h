// Records of the transaction coordinator in __transaction_state.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct TransactionLogKey {
  static constexpr std::int16_t record_type = 0;
  static constexpr std::string_view name = "TransactionLogKey";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = never();

  std::string_view transactional_id;

  static constexpr FieldList fields{
      field("TransactionalId", &TransactionLogKey::transactional_id),
  };
};

struct TransactionLogValue {
  static constexpr std::string_view name = "TransactionLogValue";
  static constexpr VersionRange versions{0, 1};
  static constexpr VersionRange flexible = since(1);

  struct PartitionsSchema {
    std::string_view topic;
    std::vector<std::int32_t> partition_ids;

    static constexpr FieldList fields{
        field("Topic", &PartitionsSchema::topic),
        field("PartitionIds", &PartitionsSchema::partition_ids),
    };
  };

  std::int64_t producer_id = 0;
  std::int64_t previous_producer_id = -1;
  std::int64_t next_producer_id = -1;
  std::int16_t producer_epoch = 0;
  std::int16_t client_transaction_version = 0;
  std::int32_t transaction_timeout_ms = 0;
  std::int8_t transaction_status = 0;
  std::optional<std::vector<PartitionsSchema>> transaction_partitions =
      std::vector<PartitionsSchema>{};
  std::int64_t transaction_last_update_timestamp_ms = 0;
  std::int64_t transaction_start_timestamp_ms = 0;
  std::int16_t next_producer_epoch = -1;

  static constexpr FieldList fields{
      field("ProducerId", &TransactionLogValue::producer_id),
      field("PreviousProducerId", &TransactionLogValue::previous_producer_id, since(1), tag(0)),
      field("NextProducerId", &TransactionLogValue::next_producer_id, since(1), tag(1)),
      field("ProducerEpoch", &TransactionLogValue::producer_epoch),
      field("ClientTransactionVersion", &TransactionLogValue::client_transaction_version, since(1),
            tag(2)),
      field("TransactionTimeoutMs", &TransactionLogValue::transaction_timeout_ms),
      field("TransactionStatus", &TransactionLogValue::transaction_status),
      field("TransactionPartitions", &TransactionLogValue::transaction_partitions, nullable()),
      field("TransactionLastUpdateTimestampMs",
            &TransactionLogValue::transaction_last_update_timestamp_ms),
      field("TransactionStartTimestampMs", &TransactionLogValue::transaction_start_timestamp_ms),
      field("NextProducerEpoch", &TransactionLogValue::next_producer_epoch, since(1), tag(3)),
  };
};

}  // namespace fluxmq::protocol
