// The records of a compressed batch, uncompressed: gzip, snappy (as Java frames it, and raw), lz4
// frames, zstd. Bytes are hostile: output is bounded, and every length is checked.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "fluxmq/protocol/record_batch.h"

namespace fluxmq::core {

// nullopt: not valid, or more than `max_bytes`.
std::optional<std::vector<std::uint8_t>> decompress(protocol::Compression compression,
                                                    protocol::Bytes bytes, std::size_t max_bytes);

// A batch may hold this much uncompressed; more is taken for an attack on the broker's memory.
inline constexpr std::size_t kMaxUncompressedBytes = std::size_t{256} << 20;

}  // namespace fluxmq::core
