// The records inside a batch of magic 2, once they are uncompressed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "fluxmq/protocol/reader.h"
#include "fluxmq/protocol/record_batch.h"

namespace fluxmq::protocol {

struct RecordHeader {
  std::string_view key;
  std::optional<Bytes> value;
};

struct Record {
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;
  std::int32_t offset_delta = 0;
  std::optional<Bytes> key;
  std::optional<Bytes> value;

  std::int32_t header_count = 0;
  Bytes header_bytes;  // checked already

  // Calls visit(const RecordHeader&) for each, in order.
  template <class Visitor>
  void for_each_header(Visitor&& visit) const {
    Reader reader = Reader::of_constant(header_bytes);
    for (std::int32_t i = 0; i < header_count; ++i) visit(read_header(reader));
  }

  static RecordHeader read_header(Reader& reader) {
    const std::int32_t key_length = reader.read_varint();
    if (key_length < 0) Reader::fail("a record header has no key");
    RecordHeader header;
    header.key = as_text(reader.read_raw(static_cast<std::size_t>(key_length)));
    header.value = read_nullable(reader);
    return header;
  }

  // Any negative length is null.
  static std::optional<Bytes> read_nullable(Reader& reader) {
    const std::int32_t length = reader.read_varint();
    if (length < 0) return std::nullopt;
    return reader.read_raw(static_cast<std::size_t>(length));
  }
};

// Reads one record after the other; allocates nothing. Throws DecodeError when a record does not
// fill the length it claims, or the batch does not hold the number of records it claims.
class RecordReader {
 public:
  // For an uncompressed batch, or with its records as they came out of the decompressor.
  explicit RecordReader(const RecordBatch& batch) : RecordReader(batch, batch.records()) {}
  RecordReader(const RecordBatch& batch, Bytes uncompressed_records)
      : batch_(batch),
        reader_(Reader::of_constant(uncompressed_records)),
        left_(batch.record_count()) {
    if (left_ < 0) Reader::fail("a record batch has a negative count");
  }

  // False after the last record.
  bool next(Record& record) {
    if (left_ == 0) {
      if (reader_.remaining() != 0) Reader::fail("a record batch holds more than its records");
      return false;
    }
    --left_;
    const std::int32_t length = reader_.read_varint();
    if (length < 0) Reader::fail("a record has a negative length");
    read(batch_, Reader(reader_.read_raw(static_cast<std::size_t>(length))), record);
    return true;
  }

  // One record, without the length before it; it fills `body`.
  static void read(const RecordBatch& batch, Reader body, Record& record) {
    body.read_int8();  // attributes: none are in use
    const std::int64_t timestamp_delta = body.read_varlong();
    record.timestamp_ms = batch.timestamp_type() == TimestampType::kLogAppendTime
                              ? batch.max_timestamp()
                              : add_wrapping(batch.base_timestamp(), timestamp_delta);
    record.offset_delta = body.read_varint();
    record.offset = add_wrapping(batch.base_offset(), record.offset_delta);
    record.key = Record::read_nullable(body);
    record.value = Record::read_nullable(body);
    record.header_count = body.read_varint();
    if (record.header_count < 0) Reader::fail("a record has a negative number of headers");
    const std::size_t headers_at = body.position();
    Reader at_headers = body;
    for (std::int32_t i = 0; i < record.header_count; ++i) Record::read_header(body);
    if (body.remaining() != 0) Reader::fail("a record is longer than its fields");
    record.header_bytes = at_headers.read_raw(body.position() - headers_at);
  }

 private:
  // As Java adds: hostile deltas must not be undefined behaviour.
  static std::int64_t add_wrapping(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  }

  RecordBatch batch_;
  Reader reader_;
  std::int32_t left_;
};

}  // namespace fluxmq::protocol
