// Message sets: what came before record batches. A message of magic 0 or 1 lies behind an offset
// and its size; a compressed one is a wrapper, whose value is a set of messages. The walk over a
// set: RecordBatchCursor. Links isal for the checksum.
#pragma once

#include <isa-l/crc.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "fluxmq/protocol/record_batch.h"

namespace fluxmq::protocol {

// Where the fields of a message lie, counted from its offset on. Magic 1 has a timestamp.
enum MessageField : std::size_t {
  kMessageCrcAt = 12,
  kMessageMagicAt = 16,
  kMessageAttributesAt = 17,
  kMessageTimestampAt = 18,
};

// Offset, size, checksum, magic, attributes, (timestamp,) and the lengths of key and value.
inline constexpr std::size_t kMessageBytesV0 = 26;
inline constexpr std::size_t kMessageBytesV1 = 34;

constexpr std::size_t message_overhead_bytes(std::int8_t magic) {
  return magic == kMagicV0 ? kMessageBytesV0 : kMessageBytesV1;
}

// The checksum of messages: CRC-32 of all from the magic on.
inline std::uint32_t message_crc(Bytes message) {
  const Bytes covered = message.subspan(kMessageMagicAt);
  return crc32_gzip_refl(0, covered.data(), covered.size());
}

// A view of one message, with the offset before it.
class Message {
 public:
  // What RecordBatchCursor yields for magic 0 and 1, or at least as many bytes.
  explicit Message(Bytes bytes) : bytes_(bytes) {}

  Bytes bytes() const { return bytes_; }
  std::int64_t offset() const { return load_big_endian<std::int64_t>(bytes_.data()); }
  std::uint32_t crc() const {
    return load_big_endian<std::uint32_t>(bytes_.data() + kMessageCrcAt);
  }
  bool has_valid_crc() const { return crc() == message_crc(bytes_); }
  std::int8_t magic() const { return static_cast<std::int8_t>(bytes_[kMessageMagicAt]); }
  std::int8_t attributes() const { return static_cast<std::int8_t>(bytes_[kMessageAttributesAt]); }
  Compression compression() const {
    return static_cast<Compression>(attributes() & kCompressionMask);
  }
  bool is_compressed() const { return compression() != Compression::kNone; }

  // The fields from here on, checked against the message's end.
  struct Fields {
    std::int64_t timestamp_ms = kNoTimestamp;
    TimestampType timestamp_type = TimestampType::kCreateTime;
    std::optional<Bytes> key;
    std::optional<Bytes> value;
  };
  // nullopt if they don't fit into the message. What may follow the value is ignored, as in Kafka.
  std::optional<Fields> fields() const {
    Fields fields;
    std::size_t at = kMessageTimestampAt;
    if (magic() == kMagicV1) {
      if (bytes_.size() < kMessageBytesV1) return std::nullopt;
      fields.timestamp_ms = load_big_endian<std::int64_t>(bytes_.data() + at);
      if ((attributes() & kLogAppendTimeFlag) != 0)
        fields.timestamp_type = TimestampType::kLogAppendTime;
      at += 8;
    }
    if (!take_nullable(at, fields.key) || !take_nullable(at, fields.value)) return std::nullopt;
    return fields;
  }

 private:
  bool take_nullable(std::size_t& at, std::optional<Bytes>& field) const {
    if (bytes_.size() - at < 4) return false;
    const auto length = load_big_endian<std::int32_t>(bytes_.data() + at);
    at += 4;
    if (length < 0) return true;
    if (static_cast<std::size_t>(length) > bytes_.size() - at) return false;
    field = bytes_.subspan(at, static_cast<std::size_t>(length));
    at += static_cast<std::size_t>(length);
    return true;
  }

  Bytes bytes_;
};

// What a message is made of.
struct NewMessage {
  std::int64_t offset = 0;
  std::int8_t magic = kMagicV1;
  std::int8_t attributes = 0;  // magic 1: kLogAppendTimeFlag; a wrapper: its compression
  std::int64_t timestamp_ms = kNoTimestamp;
  std::optional<Bytes> key{};
  std::optional<Bytes> value{};
};

// Appends the message to `out`.
inline void append_message(const NewMessage& message, std::vector<std::uint8_t>& out) {
  const std::size_t begin = out.size();
  const auto size_of = [](const std::optional<Bytes>& field) { return field ? field->size() : 0; };
  const std::size_t size =
      message_overhead_bytes(message.magic) + size_of(message.key) + size_of(message.value);
  out.resize(begin + size);
  std::uint8_t* const data = out.data() + begin;
  store_big_endian(data, message.offset);
  store_big_endian(data + kBatchLengthAt, static_cast<std::int32_t>(size - kBatchPrefixBytes));
  data[kMessageMagicAt] = static_cast<std::uint8_t>(message.magic);
  data[kMessageAttributesAt] = static_cast<std::uint8_t>(message.attributes);
  std::uint8_t* at = data + kMessageTimestampAt;
  if (message.magic == kMagicV1) {
    store_big_endian(at, message.timestamp_ms);
    at += 8;
  }
  const auto put = [&at](const std::optional<Bytes>& field) {
    store_big_endian(at, field ? static_cast<std::int32_t>(field->size()) : std::int32_t{-1});
    at += 4;
    if (!field || field->empty()) return;
    std::memcpy(at, field->data(), field->size());
    at += field->size();
  };
  put(message.key);
  put(message.value);
  store_big_endian(data + kMessageCrcAt, message_crc({data, size}));
}

}  // namespace fluxmq::protocol
