// Room at the end of a growing output, for codecs that write to memory of their caller's.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "fluxmq/protocol/primitives.h"

namespace fluxmq {

// Offers room for a piece, and keeps what was used of it.
template <class Fill>
void append_piece(std::vector<std::uint8_t>& out, std::size_t room_bytes, Fill fill) {
  const std::size_t at = out.size();
  out.resize(at + room_bytes);
  out.resize(at + fill(protocol::MutableBytes(out).subspan(at)));
}

}  // namespace fluxmq
