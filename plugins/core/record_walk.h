// The walk over the records of a produced batch, as they lie in memory: each is looked at as deep
// as Kafka looks, so that whatever is stored can be read.
#pragma once
#include <cstdint>
#include <limits>
#include <type_traits>

#include "fluxmq/protocol/primitives.h"
#include "record_window.h"

namespace fluxmq::core {

template <class T>
T from_zigzag(std::make_unsigned_t<T> raw) {
  return static_cast<T>((raw >> 1) ^ (~(raw & 1) + 1));
}

template <class T>
[[gnu::noinline]] bool take_long_varint(const std::uint8_t*& at, const std::uint8_t* end,
                                        T& value) {
  std::make_unsigned_t<T> raw = 0;
  for (unsigned shift = 0; shift < sizeof(T) * 8; shift += 7) {
    if (at == end) return false;
    const std::uint8_t byte = *at++;
    raw |= static_cast<std::make_unsigned_t<T>>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      value = from_zigzag<T>(raw);
      return true;
    }
  }
  return false;
}

// A varint as it lies in a record; false past the end. Most are of one or two bytes.
template <class T>
[[gnu::always_inline]] inline bool take_varint(const std::uint8_t*& at, const std::uint8_t* end,
                                               T& value) {
  if (end - at < 2) return take_long_varint(at, end, value);
  const std::uint32_t first = at[0];
  if (first < 0x80) {
    value = from_zigzag<T>(first);
    at += 1;
    return true;
  }
  const std::uint32_t second = at[1];
  if (second >= 0x80) return take_long_varint(at, end, value);
  value = from_zigzag<T>((first & 0x7f) | second << 7);
  at += 2;
  return true;
}

// What the rules of an append are about.
struct RecordFacts {
  std::int64_t timestamp_delta = 0;
  std::int32_t offset_delta = 0;
  bool has_key = false;
};

// Skips bytes with their length before them; a negative length is null, where that may be.
[[gnu::always_inline]] inline bool skip_bytes(const std::uint8_t*& at, const std::uint8_t* end,
                                              bool nullable) {
  std::int32_t length = 0;
  if (!take_varint(at, end, length) || length > end - at || (length < 0 && !nullable)) return false;
  if (length > 0) at += length;
  return true;
}

// One record without the length before it; false if it doesn't hold what it claims, or more.
[[gnu::always_inline]] inline bool read_facts(const std::uint8_t* at, const std::uint8_t* end,
                                              RecordFacts& facts) {
  if (at == end) return false;
  ++at;  // attributes: none are in use
  std::int32_t key_length = 0;
  if (!take_varint(at, end, facts.timestamp_delta) || !take_varint(at, end, facts.offset_delta) ||
      !take_varint(at, end, key_length) || key_length > end - at)
    return false;
  facts.has_key = key_length >= 0;
  if (facts.has_key) at += key_length;
  if (!skip_bytes(at, end, true)) return false;
  if (end - at == 1 && *at == 0) [[likely]]
    return true;  // no headers
  std::int32_t header_count = 0;
  if (!take_varint(at, end, header_count) || header_count < 0) return false;
  for (; header_count > 0; --header_count) {
    if (!skip_bytes(at, end, false) || !skip_bytes(at, end, true)) return false;
  }
  return at == end;
}

// Calls visit(index, record bytes) for each of `count` records; false if it returns false, or the
// records aren't so many.
template <class Visit>
bool walk_records(protocol::Bytes records, std::int32_t count, Visit visit) {
  const std::uint8_t* at = records.data();
  const std::uint8_t* const end = at + records.size();
  for (std::int32_t i = 0; i < count; ++i) {
    std::int32_t length = 0;
    if (!take_varint(at, end, length) || length < 1 || end - at < length) return false;
    if (!visit(i, protocol::Bytes(at, static_cast<std::size_t>(length)))) return false;
    at += length;
  }
  return at == end;
}

// The same while they come out of a codec.
template <class Visit>
bool walk_records(RecordWindow& window, std::int32_t count, Visit visit) {
  constexpr std::size_t kMaxVarintBytes = 5;
  for (std::int32_t i = 0; i < count; ++i) {
    if (window.available() < kMaxVarintBytes) window.has(kMaxVarintBytes);
    const std::uint8_t* const begin = window.data();
    const std::uint8_t* at = begin;
    std::int32_t length = 0;
    if (!take_varint(at, begin + window.available(), length) || length < 1) return false;
    window.take(static_cast<std::size_t>(at - begin));
    const auto size = static_cast<std::size_t>(length);
    if (!window.has(size) || !visit(i, window.take(size))) return false;
  }
  return !window.has(1);
}

}  // namespace fluxmq::core
