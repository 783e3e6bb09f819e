// The records of a compressed batch, all of them at once, uncompressed.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "compression/codec.h"

namespace fluxmq {

// nullopt: not valid, or more than `max_bytes`.
std::optional<std::vector<std::uint8_t>> decompress(protocol::Compression compression,
                                                    protocol::Bytes bytes, std::size_t max_bytes,
                                                    std::int8_t magic = protocol::kMagicV2);

// A batch may hold this much uncompressed; more is taken for an attack on the broker's memory.
inline constexpr std::size_t kMaxUncompressedBytes = std::size_t{256} << 20;

}  // namespace fluxmq
