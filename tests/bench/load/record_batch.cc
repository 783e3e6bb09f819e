// See record_batch.h.
#include "load/record_batch.h"

#include <isa-l/crc.h>

namespace bench {
namespace {

constexpr size_t kLengthAt = 8;
constexpr size_t kCrcAt = 17;
constexpr size_t kAttributesAt = 21;
constexpr size_t kLastOffsetDeltaAt = 23;

size_t varint_size(size_t value) {
  size_t size = 1;
  for (value <<= 1; value >= 0x80; value >>= 7) size++;
  return size;
}

// Neither zeros nor random: bytes that look like a log line, the same in every run.
void write_text(Writer& out, size_t size) {
  for (size_t i = 0; i < size; i++) out.i8('a' + static_cast<int>(i * 7 % 26));
}

// `size`: of the whole batch.
void write_header(Writer& out, size_t size, int records) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  int64_t timestamp = int64_t{now.tv_sec} * 1000;
  out.i64(0).i32(static_cast<int64_t>(size) - 12).i32(-1).i8(2).i32(0);  // ..., leader epoch,
                                                                         // magic, crc
  out.i16(0).i32(records - 1).i64(timestamp).i64(timestamp);
  out.i64(-1).i16(-1).i32(-1).i32(records);  // producer id, epoch, base sequence, count
}

// A record without key and headers, `size` bytes with its own length; false if no value length
// fits.
bool write_record(Writer& out, int offset_delta, size_t size) {
  size_t fixed =
      4 + varint_size(static_cast<size_t>(offset_delta));  // attributes, times, key, headers
  for (size_t value = size > fixed + 8 ? size - fixed - 8 : 0; value + fixed < size; value++) {
    size_t body = fixed + varint_size(value) + value;
    if (varint_size(body) + body != size) continue;
    out.varint(static_cast<int64_t>(body)).i8(0).varint(0).varint(offset_delta).varint(-1);
    out.varint(static_cast<int64_t>(value));
    write_text(out, value);
    out.varint(0);
    return true;
  }
  return false;
}

}  // namespace

void update_crc(uint8_t* batch) {
  auto size = static_cast<int>(read_be32(batch + kLengthAt) + 12 - kAttributesAt);
  write_be32(batch + kCrcAt, ~crc32_iscsi(batch + kAttributesAt, size, ~0u));
}

RecordBatch build_batch(size_t size, int records) {
  if (records < 1 || size < kBatchOverhead + static_cast<size_t>(records) * 20) {
    fail("the batch is too small for its records");
  }
  Writer out;
  write_header(out, size, records);
  for (int i = 0; i < records; i++) {
    // What is left is shared out evenly; a length that no varint reaches exactly goes to the next
    // one.
    size_t share = (size - out.bytes.size()) / static_cast<size_t>(records - i);
    if (!write_record(out, i, share) && (i + 1 == records || !write_record(out, i, share - 1))) {
      fail("no batch of exactly this size with so many records");
    }
  }
  RecordBatch batch{.bytes = std::move(out.bytes), .first_value = 0};
  update_crc(batch.bytes.data());
  Reader reader(std::span<const uint8_t>(batch.bytes).subspan(kBatchOverhead));
  uint32_t length = reader.unsigned_varint() >> 1;
  uint32_t before_value = 4;  // attributes, timestamp delta, offset delta, null key: a byte each
  reader.take(before_value);
  uint32_t value = reader.unsigned_varint() >> 1;
  batch.first_value = kBatchOverhead + varint_size(length) + before_value + varint_size(value);
  return batch;
}

Bytes build_keyed_batch(const std::vector<std::string>& keys, size_t value_bytes) {
  Writer records;
  for (size_t i = 0; i < keys.size(); i++) {
    Writer body;
    body.i8(0).varint(0).varint(static_cast<int64_t>(i));  // attributes, timestamp and offset delta
    body.varint(static_cast<int64_t>(keys[i].size())).raw(keys[i]);
    body.varint(static_cast<int64_t>(value_bytes));
    write_text(body, value_bytes);
    body.varint(0);  // headers
    records.varint(static_cast<int64_t>(body.bytes.size()));
    records.bytes.insert(records.bytes.end(), body.bytes.begin(), body.bytes.end());
  }
  Writer out;
  write_header(out, kBatchOverhead + records.bytes.size(), static_cast<int>(keys.size()));
  out.bytes.insert(out.bytes.end(), records.bytes.begin(), records.bytes.end());
  update_crc(out.bytes.data());
  return std::move(out.bytes);
}

bool next_batch(std::span<const uint8_t>& records, BatchView& batch) {
  if (records.size() < kBatchOverhead) return false;
  size_t size = 12 + size_t{read_be32(records.data() + kLengthAt)};
  if (size < kBatchOverhead) fail("a batch of impossible length");
  if (size > records.size()) return false;
  batch.bytes = records.first(size);
  batch.base_offset = static_cast<int64_t>(read_be64(records.data()));
  batch.last_offset = batch.base_offset + read_be32(records.data() + kLastOffsetDeltaAt);
  records = records.subspan(size);
  return true;
}

}  // namespace bench
