// What Kafka's own language says of a string, given as UTF-8: its hash, which decides a group's
// partition, and its length, which limits offset metadata. Both count UTF-16 units.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fluxmq::api_groups {

// Calls visit(std::uint16_t) for each UTF-16 unit. A byte that is no UTF-8 becomes U+FFFD.
template <class Visitor>
void for_each_utf16_unit(std::string_view text, Visitor visit) {
  constexpr std::uint32_t kReplacement = 0xfffd;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<std::uint8_t>(text[i]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    std::uint32_t point = kReplacement;
    std::size_t used = 1;
    if (length == 1) {
      point = first;
    } else if (first >= 0xc2 && first <= 0xf4 && i + length <= text.size()) {
      std::uint32_t value = first & (0x7fu >> length);
      bool is_valid = true;
      for (std::size_t k = 1; k < length; ++k) {
        const auto next = static_cast<std::uint8_t>(text[i + k]);
        is_valid = is_valid && (next & 0xc0) == 0x80;
        value = value << 6 | (next & 0x3fu);
      }
      if (is_valid) {
        point = value;
        used = length;
      }
    }
    if (point < 0x10000) {
      visit(static_cast<std::uint16_t>(point));
    } else {
      visit(static_cast<std::uint16_t>(0xd800 + ((point - 0x10000) >> 10)));
      visit(static_cast<std::uint16_t>(0xdc00 + ((point - 0x10000) & 0x3ff)));
    }
    i += used;
  }
}

inline std::int32_t java_hash(std::string_view text) {
  std::uint32_t hash = 0;
  for_each_utf16_unit(text, [&hash](std::uint16_t unit) { hash = 31 * hash + unit; });
  return static_cast<std::int32_t>(hash);
}

inline std::size_t utf16_length(std::string_view text) {
  std::size_t length = 0;
  for_each_utf16_unit(text, [&length](std::uint16_t) { ++length; });
  return length;
}

// The partition of __consumer_offsets that keeps a group. The hash -2^31, which has no absolute
// value, counts as 0.
inline std::int32_t partition_for(std::string_view group_id, std::int32_t partition_count) {
  const std::int32_t hash = java_hash(group_id);
  if (hash == INT32_MIN) return 0;
  return (hash < 0 ? -hash : hash) % partition_count;
}

}  // namespace fluxmq::api_groups
