// CRC-32C (Castagnoli), the checksum of record batches, by ISA-L: SSE4.2 and carry-less
// multiplication where the processor has them. Who calls it links isal.
#pragma once

#include <isa-l/crc.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace fluxmq::protocol {

// Pass an earlier result to go on where it ended.
inline std::uint32_t crc32c(std::span<const std::uint8_t> bytes, std::uint32_t previous = 0) {
  constexpr std::size_t kMaxPiece = std::numeric_limits<int>::max();  // ISA-L counts in int
  std::uint32_t crc = ~previous;
  while (!bytes.empty()) {
    const std::size_t piece = std::min(bytes.size(), kMaxPiece);
    // ISA-L reads only, though it asks for a pointer that could write.
    crc = crc32_iscsi(const_cast<std::uint8_t*>(bytes.data()), static_cast<int>(piece), crc);
    bytes = bytes.subspan(piece);
  }
  return ~crc;
}

}  // namespace fluxmq::protocol
