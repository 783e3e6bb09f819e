#include "batch_filter.h"

#include <algorithm>

#include "compression/codec.h"
#include "compression/decompress.h"
#include "fluxmq/protocol/crc32c.h"
#include "fluxmq/protocol/writer.h"

namespace fluxmq::core {
namespace {

using protocol::Bytes;
using protocol::kRecordBatchHeaderBytes;
using protocol::MutableRecordBatch;
using protocol::RecordBatch;

template <class Out>
void write_nullable(Out& out, const std::optional<Bytes>& bytes) {
  out.write_varint(bytes ? static_cast<std::int32_t>(bytes->size()) : -1);
  if (bytes) out.write_raw(*bytes);
}

template <class Out>
void write_body(Out& out, const protocol::Record& record, std::int64_t base_timestamp_ms) {
  out.write_int8(0);  // attributes
  out.write_varlong(static_cast<std::int64_t>(static_cast<std::uint64_t>(record.timestamp_ms) -
                                              static_cast<std::uint64_t>(base_timestamp_ms)));
  out.write_varint(record.offset_delta);
  write_nullable(out, record.key);
  write_nullable(out, record.value);
  out.write_varint(record.header_count);
  out.write_raw(record.header_bytes);
}

// The header of `batch` with other records; offsets, producer and epochs stay.
void append_batch(const RecordBatch& batch, Bytes records, std::vector<std::uint8_t>& out) {
  const std::size_t at = out.size();
  const auto header = batch.bytes().first(kRecordBatchHeaderBytes);
  out.insert(out.end(), header.begin(), header.end());
  out.insert(out.end(), records.begin(), records.end());
  MutableRecordBatch(protocol::MutableBytes(out).subspan(at))
      .set_batch_length(static_cast<std::int32_t>(out.size() - at - protocol::kBatchPrefixBytes));
}

void set_crc(std::vector<std::uint8_t>& out, std::size_t at) {
  MutableRecordBatch made(protocol::MutableBytes(out).subspan(at));
  made.set_crc(protocol::crc32c(made.checksummed()));
}

std::int16_t without(std::int16_t attributes, int flags) {
  return static_cast<std::int16_t>(attributes & ~flags);
}

}  // namespace

Bytes BatchFilter::uncompressed(const RecordBatch& batch) {
  if (batch.compression() == protocol::Compression::kNone) return batch.records();
  auto made = decompress(batch.compression(), batch.records(), kMaxUncompressedBytes);
  if (!made) throw protocol::DecodeError("a batch can't be uncompressed");
  uncompressed_ = std::move(*made);
  return uncompressed_;
}

void BatchFilter::copy(const RecordBatch& batch, std::vector<std::uint8_t>& out) const {
  out.insert(out.end(), batch.bytes().begin(), batch.bytes().end());
}

void BatchFilter::write_header_alone(const RecordBatch& batch,
                                     std::vector<std::uint8_t>& out) const {
  const std::size_t at = out.size();
  append_batch(batch, {}, out);
  MutableRecordBatch made(protocol::MutableBytes(out).subspan(at));
  made.set_attributes(
      without(batch.attributes(), protocol::kCompressionMask | protocol::kDeleteHorizonFlag));
  made.set_base_timestamp(protocol::kNoTimestamp);
  made.set_record_count(0);
  set_crc(out, at);
}

// As Kafka does, timestamps count from the horizon, or else from the first record that is left.
void BatchFilter::write_kept(const RecordBatch& batch, std::optional<std::int64_t> horizon_ms,
                             std::vector<std::uint8_t>& out) const {
  const auto base_timestamp_ms = horizon_ms.value_or(kept_.front().timestamp_ms);
  std::int64_t max_timestamp_ms = protocol::kNoTimestamp;
  protocol::Writer writer;
  for (const auto& record : kept_) {
    protocol::SizeCounter size;
    write_body(size, record, base_timestamp_ms);
    writer.write_varint(static_cast<std::int32_t>(size.size()));
    write_body(writer, record, base_timestamp_ms);
    max_timestamp_ms = std::max(max_timestamp_ms, record.timestamp_ms);
  }
  const std::size_t at = out.size();
  if (batch.compression() == protocol::Compression::kNone) {
    append_batch(batch, writer.bytes(), out);
  } else {
    std::vector<std::uint8_t> compressed;
    const auto compressor = make_compressor({.type = batch.compression()}, compressed);
    compressor->write(writer.bytes());
    compressor->finish();
    append_batch(batch, compressed, out);
  }
  MutableRecordBatch made(protocol::MutableBytes(out).subspan(at));
  if (horizon_ms) {
    made.set_attributes(
        static_cast<std::int16_t>(batch.attributes() | protocol::kDeleteHorizonFlag));
  }
  made.set_base_timestamp(base_timestamp_ms);
  made.set_max_timestamp(max_timestamp_ms);
  made.set_record_count(static_cast<std::int32_t>(kept_.size()));
  set_crc(out, at);
}

}  // namespace fluxmq::core
