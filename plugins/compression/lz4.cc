// lz4 frames. Kafka's first clients computed the checksum of the frame's header over its magic too;
// messages of magic 0 are written so to this day, and are read with either checksum.
#include <lz4frame.h>

#include <array>
#include <bit>
#include <cstring>

#include "codec.h"
#include "room.h"

namespace fluxmq {
namespace {

using protocol::Bytes;
using protocol::MutableBytes;

constexpr std::uint8_t kMagic[] = {0x04, 0x22, 0x4d, 0x18};
constexpr std::size_t kFlagsAt = 4;  // flags, block size, 8 bytes of length if flagged, checksum
constexpr std::uint8_t kHasLength = 0x08;
constexpr std::int32_t kFastLevel = 9;  // Kafka's default, which means its fast compressor

constexpr std::size_t checksum_at(std::uint8_t flags) {
  return kFlagsAt + 2 + ((flags & kHasLength) != 0 ? 8 : 0);
}

// XXH32 with seed 0 of less than 16 bytes, as headers are.
std::uint32_t xxh32_of_few(Bytes bytes) {
  constexpr std::uint32_t kPrime1 = 2654435761u, kPrime2 = 2246822519u, kPrime3 = 3266489917u,
                          kPrime4 = 668265263u, kPrime5 = 374761393u;
  std::uint32_t hash = kPrime5 + static_cast<std::uint32_t>(bytes.size());
  for (; bytes.size() >= 4; bytes = bytes.subspan(4)) {
    const std::uint32_t word = std::uint32_t{bytes[0]} | std::uint32_t{bytes[1]} << 8 |
                               std::uint32_t{bytes[2]} << 16 | std::uint32_t{bytes[3]} << 24;
    hash = std::rotl(hash + word * kPrime3, 17) * kPrime4;
  }
  for (const std::uint8_t byte : bytes) hash = std::rotl(hash + byte * kPrime5, 11) * kPrime1;
  hash = (hash ^ (hash >> 15)) * kPrime2;
  hash = (hash ^ (hash >> 13)) * kPrime3;
  return hash ^ (hash >> 16);
}

std::uint8_t header_checksum(Bytes covered) {
  return static_cast<std::uint8_t>(xxh32_of_few(covered) >> 8);
}

class UnLz4 final : public ByteSource {
 public:
  UnLz4(Bytes in, bool any_header_checksum) : in_(in) {
    if (LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)))
      throw std::bad_alloc();
    if (any_header_checksum) repair_header();
  }
  ~UnLz4() override { LZ4F_freeDecompressionContext(context_); }
  UnLz4(const UnLz4&) = delete;
  UnLz4& operator=(const UnLz4&) = delete;

  std::size_t read(MutableBytes out) override {
    std::size_t made = 0;
    while (!at_end_ && made == 0) {
      Bytes& from = header_.empty() ? in_ : header_;
      std::size_t taken = from.size();
      made = out.size();
      const std::size_t hint =
          LZ4F_decompress(context_, out.data(), &made, from.data(), &taken, nullptr);
      if (LZ4F_isError(hint)) throw CompressionError("the lz4 data are broken");
      from = from.subspan(taken);
      at_end_ = hint == 0;
      if (!at_end_ && taken == 0 && made == 0) throw CompressionError("the lz4 data end early");
    }
    return made;
  }

 private:
  // The codec is given a copy of the header, with the checksum that it expects.
  void repair_header() {
    if (in_.size() <= kFlagsAt || std::memcmp(in_.data(), kMagic, sizeof(kMagic)) != 0) return;
    const std::size_t at = checksum_at(in_[kFlagsAt]);
    if (in_.size() <= at) return;
    std::memcpy(repaired_.data(), in_.data(), at);
    repaired_[at] = header_checksum(Bytes(repaired_).subspan(kFlagsAt, at - kFlagsAt));
    header_ = Bytes(repaired_).first(at + 1);
    in_ = in_.subspan(at + 1);
  }

  LZ4F_dctx* context_ = nullptr;
  std::array<std::uint8_t, checksum_at(kHasLength) + 1> repaired_{};
  Bytes header_;  // what is left of it
  Bytes in_;
  bool at_end_ = false;
};

class Lz4 final : public Compressor {
 public:
  Lz4(std::optional<std::int32_t> level, std::vector<std::uint8_t>& out, bool wrong_header_checksum)
      : out_(out) {
    if (LZ4F_isError(LZ4F_createCompressionContext(&context_, LZ4F_VERSION)))
      throw std::bad_alloc();
    preferences_.frameInfo.blockSizeID = LZ4F_max64KB;
    preferences_.frameInfo.blockMode = LZ4F_blockIndependent;  // what Java's reader knows
    preferences_.compressionLevel = level.value_or(kFastLevel) == kFastLevel ? 0 : *level;
    const std::size_t at = out_.size();
    append(LZ4F_HEADER_SIZE_MAX, [&](MutableBytes room) {
      return LZ4F_compressBegin(context_, room.data(), room.size(), &preferences_);
    });
    if (!wrong_header_checksum) return;
    const std::size_t checksum = checksum_at(out_[at + kFlagsAt]);
    out_[at + checksum] = header_checksum(Bytes(out_).subspan(at, checksum));
  }
  ~Lz4() override { LZ4F_freeCompressionContext(context_); }
  Lz4(const Lz4&) = delete;
  Lz4& operator=(const Lz4&) = delete;

  void write(Bytes in) override {
    append(LZ4F_compressBound(in.size(), &preferences_), [&](MutableBytes room) {
      return LZ4F_compressUpdate(context_, room.data(), room.size(), in.data(), in.size(), nullptr);
    });
  }
  void finish() override {
    append(LZ4F_compressBound(0, &preferences_), [&](MutableBytes room) {
      return LZ4F_compressEnd(context_, room.data(), room.size(), nullptr);
    });
  }

 private:
  template <class Step>
  void append(std::size_t room_bytes, Step step) {
    append_piece(out_, room_bytes, [&](MutableBytes room) {
      const std::size_t made = step(room);
      if (LZ4F_isError(made)) throw std::bad_alloc();
      return made;
    });
  }

  LZ4F_cctx* context_ = nullptr;
  LZ4F_preferences_t preferences_{};
  std::vector<std::uint8_t>& out_;
};

}  // namespace

std::unique_ptr<ByteSource> make_lz4_decompressor(Bytes in, bool any_header_checksum) {
  return std::make_unique<UnLz4>(in, any_header_checksum);
}

std::unique_ptr<Compressor> make_lz4_compressor(std::optional<std::int32_t> level,
                                                std::vector<std::uint8_t>& out,
                                                bool wrong_header_checksum) {
  return std::make_unique<Lz4>(level, out, wrong_header_checksum);
}

}  // namespace fluxmq
