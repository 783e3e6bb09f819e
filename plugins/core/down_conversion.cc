#include "down_conversion.h"

#include "compression/codec.h"
#include "fluxmq/protocol/message_set.h"
#include "fluxmq/protocol/record.h"
#include "record_walk.h"

namespace fluxmq::core {
namespace {

using protocol::Bytes;
using protocol::Compression;
using protocol::NewMessage;
using protocol::Record;
using protocol::RecordBatch;

// Magic 1 knows of append times, magic 0 of no time at all.
std::int8_t attributes_of(const RecordBatch& batch, std::int8_t magic) {
  const bool is_append_time = batch.timestamp_type() == protocol::TimestampType::kLogAppendTime;
  return magic == protocol::kMagicV1 && is_append_time
             ? static_cast<std::int8_t>(protocol::kLogAppendTimeFlag)
             : std::int8_t{0};
}

Record record_of(const RecordBatch& batch, Bytes bytes) {
  Record record;
  protocol::RecordReader::read(batch, protocol::Reader::of_constant(bytes), record);
  return record;
}

void check_walk(bool complete) {
  if (!complete) protocol::Reader::fail("a record batch is not what its header says");
}

void convert_plain(const RecordBatch& batch, std::int8_t magic, std::int64_t from_offset,
                   std::vector<std::uint8_t>& out) {
  const std::int8_t attributes = attributes_of(batch, magic);
  check_walk(walk_records(batch.records(), batch.record_count(), [&](std::int32_t, Bytes bytes) {
    const Record record = record_of(batch, bytes);
    if (record.offset < from_offset) return true;
    protocol::append_message(
        {record.offset, magic, attributes, record.timestamp_ms, record.key, record.value}, out);
    return true;
  }));
}

// Inner offsets of magic 1 count from the first message; the wrapper has the last one's offset.
void convert_compressed(const RecordBatch& batch, std::int8_t magic,
                        std::size_t max_uncompressed_bytes, std::vector<std::uint8_t>& out) {
  const auto source = make_decompressor(batch.compression(), batch.records());
  RecordWindow window(*source, max_uncompressed_bytes);
  const std::int8_t attributes = attributes_of(batch, magic);
  std::vector<std::uint8_t> value;
  CompressedOutput compressed({.type = batch.compression()}, value, magic);
  std::vector<std::uint8_t> message;
  std::int64_t first_offset = 0;
  std::int64_t last_offset = 0;
  std::int64_t max_timestamp_ms = protocol::kNoTimestamp;
  check_walk(walk_records(window, batch.record_count(), [&](std::int32_t index, Bytes bytes) {
    const Record record = record_of(batch, bytes);
    if (index == 0) first_offset = record.offset;
    last_offset = record.offset;
    max_timestamp_ms = std::max(max_timestamp_ms, record.timestamp_ms);
    message.clear();
    const auto offset = magic == protocol::kMagicV1 ? last_offset - first_offset : last_offset;
    protocol::append_message(
        {offset, magic, attributes, record.timestamp_ms, record.key, record.value}, message);
    compressed.write(message);
    return true;
  }));
  compressed.finish();
  const auto wrapper_attributes =
      static_cast<std::int8_t>(attributes | static_cast<int>(batch.compression()));
  protocol::append_message(
      {last_offset, magic, wrapper_attributes, max_timestamp_ms, std::nullopt, value}, out);
}

}  // namespace

void convert_down(const RecordBatch& batch, std::int8_t magic, std::int64_t from_offset,
                  std::size_t max_uncompressed_bytes, std::vector<std::uint8_t>& out) {
  if (batch.is_control() || batch.record_count() <= 0) return;
  if (batch.compression() == Compression::kNone) {
    convert_plain(batch, magic, from_offset, out);
  } else {
    convert_compressed(batch, magic, max_uncompressed_bytes, out);
  }
}

}  // namespace fluxmq::core
