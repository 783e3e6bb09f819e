// Writing requests and reading answers in Kafka's primitive types; small, since the benchmark knows
// only a handful of messages and must not share code with the broker that it checks.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sys.h"

namespace bench {

using Bytes = std::vector<uint8_t>;

class Writer {
 public:
  Writer& i8(int value) {
    bytes.push_back(static_cast<uint8_t>(value));
    return *this;
  }
  Writer& i16(int value) { return i8(value >> 8).i8(value); }
  Writer& i32(int64_t value) {
    return i16(static_cast<int>(value >> 16)).i16(static_cast<int>(value));
  }
  Writer& i64(int64_t value) { return i32(value >> 32).i32(value); }
  Writer& unsigned_varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) i8(static_cast<int>(value | 0x80));
    return i8(static_cast<int>(value));
  }
  Writer& varint(int64_t value) {
    return unsigned_varint(static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
  }
  Writer& raw(std::string_view text) {
    bytes.insert(bytes.end(), text.begin(), text.end());
    return *this;
  }
  Writer& string(std::string_view text) { return i16(static_cast<int>(text.size())).raw(text); }
  Writer& compact_string(std::string_view text) {
    return unsigned_varint(text.size() + 1).raw(text);
  }
  // The length of a compact array; its elements follow.
  Writer& compact_array(size_t count) { return unsigned_varint(count + 1); }
  Writer& no_tags() { return i8(0); }

  Bytes bytes;
};

// Any read past the end ends the program: an answer is either right or the run is worth nothing.
class Reader {
 public:
  explicit Reader(std::span<const uint8_t> bytes) : rest_(bytes) {}

  std::span<const uint8_t> take(size_t size) {
    if (size > rest_.size()) fail("an answer ends before its fields do");
    auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  int i8() { return static_cast<int8_t>(take(1)[0]); }
  int i16() {
    auto p = take(2);
    return static_cast<int16_t>(p[0] << 8 | p[1]);
  }
  int32_t i32() { return static_cast<int32_t>(read_be32(take(4).data())); }
  int64_t i64() { return static_cast<int64_t>(read_be64(take(8).data())); }
  uint32_t unsigned_varint() {
    uint32_t value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      uint8_t byte = take(1)[0];
      value |= static_cast<uint32_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    fail("a varint without end");
  }
  std::string_view text(size_t size) {
    auto p = take(size);
    return {reinterpret_cast<const char*>(p.data()), p.size()};
  }
  std::string_view string() {
    int size = i16();
    return size < 0 ? std::string_view() : text(static_cast<size_t>(size));
  }
  // Null reads as empty, for strings, bytes and arrays alike.
  uint32_t compact_length() {
    uint32_t length = unsigned_varint();
    return length == 0 ? 0 : length - 1;
  }
  std::string_view compact_string() { return text(compact_length()); }
  std::span<const uint8_t> compact_bytes() { return take(compact_length()); }
  void skip_tags() {
    for (uint32_t count = unsigned_varint(); count > 0; count--) {
      unsigned_varint();
      take(unsigned_varint());
    }
  }

 private:
  std::span<const uint8_t> rest_;
};

}  // namespace bench
