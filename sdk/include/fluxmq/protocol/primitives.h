// The values that messages are made of. All of them are views: they live as long as the frame that
// they were decoded from, or as the handler's own data that they are to be encoded from.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "fluxmq/abi/segment.h"
#include "fluxmq/protocol/base64.h"

namespace fluxmq::protocol {

using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

// The bytes are not the message that they claim to be. Never crosses the ABI.
struct DecodeError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  friend bool operator==(const Uuid&, const Uuid&) = default;
  friend auto operator<=>(const Uuid&, const Uuid&) = default;

  bool is_zero() const { return *this == Uuid{}; }

  // Kafka's text form: base64url without padding, 22 characters.
  std::string to_string() const { return base64_encode(bytes, Base64::kUrl); }

  static std::optional<Uuid> from_string(std::string_view text) {
    const auto decoded = base64_decode(text, Base64::kUrl);
    if (!decoded || decoded->size() != 16) return std::nullopt;
    Uuid uuid;
    std::copy(decoded->begin(), decoded->end(), uuid.bytes.begin());
    return uuid;
  }
};

// Record batches, opaque here. Decoded: `bytes` is a view into the frame, mutable because the
// produce path stamps base offset and leader epoch in place. To be encoded: `bytes`, which are
// copied, then `segments`, which are spliced in untouched (see Writer).
struct Records {
  bool is_null = false;
  MutableBytes bytes;
  std::vector<fluxmq_segment> segments;

  std::uint64_t size() const {
    std::uint64_t total = bytes.size();
    for (const auto& segment : segments) total += segment.length;
    return total;
  }
};

inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace fluxmq::protocol
