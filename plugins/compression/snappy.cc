// snappy: in Java's framing, which is a magic, two versions, then blocks that each begin with their
// length; or one raw block, as other clients send it.
#include <snappy-c.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "codec.h"
#include "fluxmq/protocol/big_endian.h"
#include "room.h"

namespace fluxmq {
namespace {

using protocol::Bytes;
using protocol::MutableBytes;

constexpr std::uint8_t kHeader[] = {0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1};
constexpr std::size_t kMagicBytes = 8;
constexpr std::size_t kBlockBytes = 32 * 1024;  // as Java's SnappyOutputStream cuts
// Three bytes of snappy make 64 at most. A block that claims more isn't given the memory.
constexpr std::size_t kMostExpansion = 22;
constexpr std::size_t kExpansionFloorBytes = 64;

class Unsnap final : public ByteSource {
 public:
  explicit Unsnap(Bytes in) : in_(in) {
    is_framed_ = in.size() >= sizeof(kHeader) && std::memcmp(in.data(), kHeader, kMagicBytes) == 0;
    if (is_framed_) in_ = in.subspan(sizeof(kHeader));
  }

  std::size_t read(MutableBytes out) override {
    while (rest_.empty()) {
      if (in_.empty()) return 0;
      open_block(next_block());
    }
    const std::size_t size = std::min(rest_.size(), out.size());
    std::memcpy(out.data(), rest_.data(), size);
    rest_ = rest_.subspan(size);
    return size;
  }

 private:
  Bytes next_block() {
    if (!is_framed_) return std::exchange(in_, {});
    if (in_.size() < 4) throw CompressionError("a snappy block ends early");
    const auto length = protocol::load_big_endian<std::uint32_t>(in_.data());
    in_ = in_.subspan(4);
    if (length > in_.size()) throw CompressionError("a snappy block ends early");
    const Bytes block = in_.first(length);
    in_ = in_.subspan(length);
    return block;
  }

  void open_block(Bytes block) {
    const auto* data = reinterpret_cast<const char*>(block.data());
    std::size_t length = 0;
    if (snappy_uncompressed_length(data, block.size(), &length) != SNAPPY_OK ||
        length > block.size() * kMostExpansion + kExpansionFloorBytes)
      throw CompressionError("a snappy block claims what it can't hold");
    block_.resize(length);
    if (snappy_uncompress(data, block.size(), reinterpret_cast<char*>(block_.data()), &length) !=
        SNAPPY_OK)
      throw CompressionError("a snappy block is broken");
    rest_ = Bytes(block_).first(length);
  }

  Bytes in_;
  bool is_framed_ = false;
  std::vector<std::uint8_t> block_;
  Bytes rest_;  // of the block, not yet read
};

class Snap final : public Compressor {
 public:
  explicit Snap(std::vector<std::uint8_t>& out) : out_(out) {
    out_.insert(out_.end(), std::begin(kHeader), std::end(kHeader));
    block_.reserve(kBlockBytes);
  }

  void write(Bytes in) override {
    while (!in.empty()) {
      const std::size_t size = std::min(in.size(), kBlockBytes - block_.size());
      block_.insert(block_.end(), in.begin(), in.begin() + static_cast<std::ptrdiff_t>(size));
      in = in.subspan(size);
      if (block_.size() == kBlockBytes) end_block();
    }
  }
  void finish() override {
    if (!block_.empty()) end_block();
  }

 private:
  void end_block() {
    std::size_t length = snappy_max_compressed_length(block_.size());
    append_piece(out_, 4 + length, [&](MutableBytes room) {
      snappy_compress(reinterpret_cast<const char*>(block_.data()), block_.size(),
                      reinterpret_cast<char*>(room.data() + 4), &length);
      protocol::store_big_endian(room.data(), static_cast<std::uint32_t>(length));
      return 4 + length;
    });
    block_.clear();
  }

  std::vector<std::uint8_t>& out_;
  std::vector<std::uint8_t> block_;
};

}  // namespace

std::unique_ptr<ByteSource> make_snappy_decompressor(Bytes in) {
  return std::make_unique<Unsnap>(in);
}

std::unique_ptr<Compressor> make_snappy_compressor(std::vector<std::uint8_t>& out) {
  return std::make_unique<Snap>(out);
}

}  // namespace fluxmq
