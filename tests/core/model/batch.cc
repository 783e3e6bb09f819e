#include "batch.h"

#include <algorithm>
#include <stdexcept>

#include "fluxmq/host.h"
#include "fluxmq/protocol/record_batch_builder.h"

namespace fluxmq::core_model {
namespace {

using protocol::Bytes;

std::optional<Bytes> to_optional_bytes(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return protocol::as_bytes(*text);
}

std::optional<std::string> to_text(const std::optional<Bytes>& bytes) {
  if (!bytes) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

void check_max_timestamp(const protocol::RecordBatch& bytes, const Batch& batch) {
  std::int64_t max_ms = protocol::kNoTimestamp;
  for (const Record& record : batch.records) max_ms = std::max(max_ms, record.timestamp_ms);
  if (!batch.records.empty() && bytes.max_timestamp() != max_ms) {
    throw std::runtime_error(concat("the batch at ", batch.base_offset, " tells a time of ",
                                    bytes.max_timestamp(), ", its records of ", max_ms));
  }
}

}  // namespace

bool Batch::has_header_of(const Batch& other) const {
  return base_offset == other.base_offset && last_offset == other.last_offset &&
         leader_epoch == other.leader_epoch && producer == other.producer &&
         base_sequence == other.base_sequence && is_transactional == other.is_transactional &&
         is_control == other.is_control && (!marker || !other.marker || marker == other.marker);
}

Record marker_record(core::MarkerType marker, std::int64_t timestamp_ms) {
  // A version and the type; a version and the coordinator's epoch.
  return {.timestamp_ms = timestamp_ms,
          .key = std::string{0, 0, 0, static_cast<char>(marker)},
          .value = std::string(6, '\0')};
}

std::vector<std::uint8_t> to_bytes(const Batch& batch) {
  protocol::RecordBatchBuilder builder({.producer_id = batch.producer.id,
                                        .producer_epoch = batch.producer.epoch,
                                        .base_sequence = batch.base_sequence,
                                        .is_transactional = batch.is_transactional,
                                        .is_control = batch.is_control});
  for (const Record& record : batch.records) {
    builder.append(record.timestamp_ms, to_optional_bytes(record.key),
                   to_optional_bytes(record.value));
  }
  const auto bytes = builder.finish();
  return {bytes.begin(), bytes.end()};
}

Batch to_batch(const protocol::RecordBatch& bytes) {
  if (!bytes.has_header()) throw std::runtime_error("a batch without a header is read");
  if (bytes.crc() != protocol::crc32c(bytes.checksummed())) {
    throw std::runtime_error(concat("the batch at ", bytes.base_offset(), " is damaged"));
  }
  Batch batch{.base_offset = bytes.base_offset(),
              .last_offset = bytes.last_offset(),
              .leader_epoch = bytes.partition_leader_epoch(),
              .producer = {bytes.producer_id(), bytes.producer_epoch()},
              .base_sequence = bytes.base_sequence(),
              .is_transactional = bytes.is_transactional(),
              .is_control = bytes.is_control(),
              .horizon_ms = bytes.delete_horizon_ms()};
  if (batch.is_control) batch.marker = core::marker_of(bytes);
  protocol::RecordReader reader(bytes);
  for (protocol::Record record; reader.next(record);) {
    if (record.offset < batch.base_offset || record.offset > batch.last_offset ||
        (!batch.records.empty() && record.offset <= batch.records.back().offset)) {
      throw std::runtime_error(concat("a record at ", record.offset, " is out of its place"));
    }
    batch.records.push_back(
        {record.offset, record.timestamp_ms, to_text(record.key), to_text(record.value)});
  }
  check_max_timestamp(bytes, batch);
  return batch;
}

std::vector<Batch> to_batches(const std::string& bytes) {
  std::vector<Batch> batches;
  protocol::RecordBatchCursor cursor(protocol::as_bytes(bytes));
  while (const auto batch = cursor.next()) {
    batches.push_back(to_batch(*batch));
    const auto count = batches.size();
    if (count > 1 && batches[count - 1].base_offset <= batches[count - 2].last_offset) {
      throw std::runtime_error(concat("offset ", batches.back().base_offset, " comes twice"));
    }
  }
  if (cursor.end() != protocol::RecordBatchCursor::End::kComplete) {
    throw std::runtime_error("half a batch is read");
  }
  return batches;
}

}  // namespace fluxmq::core_model
