#include "segment_source.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace fluxmq::core {

void SegmentSource::drop_used_segments() {
  while (!segments_.empty() && position_ == segments_.front().length) {
    segments_ = segments_.subspan(1);
    position_ = 0;
  }
}

bool SegmentSource::fill(protocol::MutableBytes out) {
  while (!out.empty()) {
    const auto got = read(out);
    if (got == 0) return false;
    out = out.subspan(got);
  }
  return true;
}

bool SegmentSource::skip(std::uint64_t size) {
  for (; size > 0; drop_used_segments()) {
    if (segments_.empty()) return false;
    const auto step = std::min(size, segments_.front().length - position_);
    position_ += step;
    size -= step;
  }
  return true;
}

std::size_t SegmentSource::read(protocol::MutableBytes out) {
  drop_used_segments();
  if (segments_.empty()) return 0;
  const fluxmq_segment& segment = segments_.front();
  const std::size_t wanted = std::min<std::uint64_t>(out.size(), segment.length - position_);
  if (segment.kind == FLUXMQ_SEGMENT_MEMORY) {
    std::memcpy(out.data(), segment.data + position_, wanted);
    position_ += wanted;
    return wanted;
  }
  const auto got =
      ::pread(segment.fd, out.data(), wanted, static_cast<off_t>(segment.offset + position_));
  if (got <= 0) throw SegmentError("a segment's file ends early");
  position_ += static_cast<std::size_t>(got);
  return static_cast<std::size_t>(got);
}

std::optional<std::vector<std::uint8_t>> gather(std::span<const fluxmq_segment> segments) try {
  std::size_t size = 0;
  for (const auto& segment : segments) size += segment.length;
  std::vector<std::uint8_t> bytes(size);
  SegmentSource source(segments);
  for (std::size_t have = 0; have < size;)
    have += source.read(protocol::MutableBytes(bytes).subspan(have));
  return bytes;
} catch (const SegmentError&) {
  return std::nullopt;
}

void release(std::vector<fluxmq_segment>& segments) {
  for (const auto& segment : segments) {
    if (segment.release != nullptr) segment.release(segment.release_context);
  }
  segments.clear();
}

}  // namespace fluxmq::core
