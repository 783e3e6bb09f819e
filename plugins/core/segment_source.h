// The bytes that a log's segments point to, in memory or in files. Blocks.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compression/codec.h"
#include "fluxmq/abi/segment.h"

namespace fluxmq::core {

// The file can't be read as far as its segment says.
struct SegmentError : std::runtime_error {
  using runtime_error::runtime_error;
};

// Reads one segment after the other; they must stay. Throws SegmentError.
class SegmentSource final : public ByteSource {
 public:
  explicit SegmentSource(std::span<const fluxmq_segment> segments) : segments_(segments) {}
  std::size_t read(protocol::MutableBytes out) override;
  // All of `out`; false if the segments end before.
  bool fill(protocol::MutableBytes out);
  // Goes on `size` bytes later, reading none of them; false if the segments end before.
  bool skip(std::uint64_t size);

 private:
  void drop_used_segments();

  std::span<const fluxmq_segment> segments_;
  std::uint64_t position_ = 0;  // in the first of them
};

// All of it; nullopt if it can't be read.
std::optional<std::vector<std::uint8_t>> gather(std::span<const fluxmq_segment> segments);

// Gives the leases back, and forgets the segments.
void release(std::vector<fluxmq_segment>& segments);

}  // namespace fluxmq::core
