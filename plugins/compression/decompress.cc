#include "decompress.h"

#include <algorithm>

namespace fluxmq {
namespace {

constexpr std::size_t kFirstOutputBytes = 4096;

}  // namespace

std::optional<std::vector<std::uint8_t>> decompress(protocol::Compression compression,
                                                    protocol::Bytes bytes, std::size_t max_bytes,
                                                    std::int8_t magic) try {
  const auto source = make_decompressor(compression, bytes, magic);
  std::vector<std::uint8_t> out;
  std::size_t made = 0;
  for (;;) {
    // One byte more than allowed shows that there is more.
    if (made == out.size())
      out.resize(std::min(max_bytes + 1, std::max(kFirstOutputBytes, out.size() * 2)));
    const std::size_t got = source->read(protocol::MutableBytes(out).subspan(made));
    made += got;
    if (made > max_bytes) return std::nullopt;
    if (got == 0) break;
  }
  out.resize(made);
  return out;
} catch (const CompressionError&) {
  return std::nullopt;
}

}  // namespace fluxmq
