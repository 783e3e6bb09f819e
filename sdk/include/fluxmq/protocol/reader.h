// Reads primitives from a frame. Every length is checked against what is left before it is used,
// every array also against a memory budget, so hostile counts cost bounded memory.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "fluxmq/protocol/big_endian.h"
#include "fluxmq/protocol/primitives.h"
#include "fluxmq/protocol/unknown_tags.h"

namespace fluxmq::protocol {

class Reader {
 public:
  // An element in memory may be much larger than on the wire (an empty compact array: 24 bytes
  // for 1). 16 times covers what real clients send; the constant lets small frames be odd.
  static constexpr std::size_t kMemoryPerWireByte = 16;
  static constexpr std::size_t kMemoryFloorBytes = 64 * 1024;
  static constexpr std::int32_t kNull = -1;

  explicit Reader(MutableBytes frame)
      : Reader(frame, frame.size() * kMemoryPerWireByte + kMemoryFloorBytes) {}
  Reader(MutableBytes frame, std::size_t memory_limit_bytes)
      : begin_(frame.data()),
        cursor_(frame.data()),
        end_(frame.data() + frame.size()),
        memory_left_bytes_(memory_limit_bytes) {}

  // For bytes that must not change: nobody may write through Records decoded from them.
  static Reader of_constant(Bytes bytes) {
    return Reader(MutableBytes(const_cast<std::uint8_t*>(bytes.data()), bytes.size()));
  }

  // Keeps unknown tagged fields instead of skipping them.
  void keep_unknown_tags(UnknownTags* sink) { unknown_tags_ = sink; }
  UnknownTags* unknown_tags() const { return unknown_tags_; }

  std::size_t position() const { return static_cast<std::size_t>(cursor_ - begin_); }
  std::size_t remaining() const { return static_cast<std::size_t>(end_ - cursor_); }

  bool read_bool() { return read_int8() != 0; }
  std::int8_t read_int8() { return read_big_endian<std::int8_t>(); }
  std::int16_t read_int16() { return read_big_endian<std::int16_t>(); }
  std::uint16_t read_uint16() { return read_big_endian<std::uint16_t>(); }
  std::int32_t read_int32() { return read_big_endian<std::int32_t>(); }
  std::uint32_t read_uint32() { return read_big_endian<std::uint32_t>(); }
  std::int64_t read_int64() { return read_big_endian<std::int64_t>(); }
  double read_float64() { return std::bit_cast<double>(read_big_endian<std::uint64_t>()); }

  Uuid read_uuid() {
    Uuid uuid;
    std::memcpy(uuid.bytes.data(), take(uuid.bytes.size()), uuid.bytes.size());
    return uuid;
  }

  MutableBytes read_raw(std::size_t length) { return {take(length), length}; }

  // As Kafka reads them: over-long forms are accepted and bits that don't fit are dropped, but the
  // last possible byte may not announce another.
  std::uint32_t read_unsigned_varint() { return read_base128<std::uint32_t, 5>(); }
  std::uint64_t read_unsigned_varlong() { return read_base128<std::uint64_t, 10>(); }
  std::int32_t read_varint() {
    const std::uint32_t raw = read_unsigned_varint();
    return static_cast<std::int32_t>((raw >> 1) ^ (~(raw & 1) + 1));
  }
  std::int64_t read_varlong() {
    const std::uint64_t raw = read_unsigned_varlong();
    return static_cast<std::int64_t>((raw >> 1) ^ (~(raw & 1) + 1));
  }

  // Lengths of strings, bytes and arrays; kNull for null. Kafka takes any negative for null.
  std::int32_t read_string_length(bool flexible) {
    const std::int32_t length = flexible ? read_compact_length() : null_if_negative(read_int16());
    if (length > kMaxStringBytes) fail("a string is longer than 32767 bytes");
    return length;
  }
  std::int32_t read_length(bool flexible) {
    return flexible ? read_compact_length() : null_if_negative(read_int32());
  }

  // Takes `count` elements of `element_size` bytes from the memory budget. An element has at least
  // one byte on the wire.
  void reserve_elements(std::size_t count, std::size_t element_size) {
    if (count > remaining()) fail("an array claims more elements than bytes are left");
    if (count > memory_left_bytes_ / element_size) fail("an array exceeds the memory limit");
    memory_left_bytes_ -= count * element_size;
  }

  [[noreturn, gnu::cold, gnu::noinline]] static void fail(const char* why) {
    throw DecodeError(why);
  }

 private:
  static constexpr std::int32_t kMaxStringBytes = 32767;

  std::uint8_t* take(std::size_t length) {
    if (length > remaining()) [[unlikely]]
      fail("the message ends within a field");
    std::uint8_t* const at = cursor_;
    cursor_ += length;
    return at;
  }

  template <class T>
  T read_big_endian() {
    return load_big_endian<T>(take(sizeof(T)));
  }

  template <class T, int kMaxBytes>
  T read_base128() {
    T value = 0;
    for (int i = 0; i < kMaxBytes; ++i) {
      const std::uint8_t byte = *take(1);
      value |= static_cast<T>(byte & 0x7f) << (7 * i);
      if ((byte & 0x80) == 0) return value;
    }
    fail("a varint does not end");
  }

  std::int32_t read_compact_length() {
    const std::uint32_t length_plus_one = read_unsigned_varint();
    return null_if_negative(static_cast<std::int32_t>(length_plus_one - 1));
  }

  static std::int32_t null_if_negative(std::int32_t length) { return length < 0 ? kNull : length; }

  std::uint8_t* begin_;
  std::uint8_t* cursor_;
  std::uint8_t* end_;
  std::size_t memory_left_bytes_;
  UnknownTags* unknown_tags_ = nullptr;
};

}  // namespace fluxmq::protocol
