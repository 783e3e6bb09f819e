// Integers in network order, at any address.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace fluxmq::protocol {

template <class T>
constexpr T to_or_from_big_endian(T value) {
  using Unsigned = std::make_unsigned_t<T>;
  if constexpr (std::endian::native == std::endian::big || sizeof(T) == 1) return value;
  if constexpr (sizeof(T) == 2) return static_cast<T>(__builtin_bswap16(Unsigned(value)));
  if constexpr (sizeof(T) == 4) return static_cast<T>(__builtin_bswap32(Unsigned(value)));
  if constexpr (sizeof(T) == 8) return static_cast<T>(__builtin_bswap64(Unsigned(value)));
}

template <class T>
T load_big_endian(const std::uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return to_or_from_big_endian(value);
}

template <class T>
void store_big_endian(std::uint8_t* at, T value) {
  value = to_or_from_big_endian(value);
  std::memcpy(at, &value, sizeof(T));
}

}  // namespace fluxmq::protocol
