// Compressed bytes, read and made a piece at a time: gzip, snappy (as Java frames it, and raw), lz4
// frames (also with the header checksum that magic 0 gets wrong) and zstd.
//
// What is read is hostile. A codec gives at most what it is asked for, so the caller bounds its
// output as it grows; nothing is allocated on the word of a length.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "fluxmq/protocol/record_batch.h"

namespace fluxmq {

// The bytes are not what their codec makes.
struct CompressionError : protocol::DecodeError {
  using DecodeError::DecodeError;
};

// Bytes that come a piece at a time: out of a codec, or from a log.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills the beginning of `out`, which isn't empty, and returns how much; 0 once all is read.
  // Throws CompressionError.
  virtual std::size_t read(protocol::MutableBytes out) = 0;
};

class Compressor {
 public:
  virtual ~Compressor() = default;
  virtual void write(protocol::Bytes in) = 0;
  // All is written; nothing may follow.
  virtual void finish() = 0;
};

// The codec of a batch, and how hard it is to try; without a level it is Kafka's own.
struct CompressionChoice {
  protocol::Compression type = protocol::Compression::kNone;
  std::optional<std::int32_t> level{};
};

// Reads `in`, which must stay. `magic` is that of the batch or message that holds it.
std::unique_ptr<ByteSource> make_decompressor(protocol::Compression type, protocol::Bytes in,
                                              std::int8_t magic = protocol::kMagicV2);
// Appends to `out`, which must stay.
std::unique_ptr<Compressor> make_compressor(const CompressionChoice& choice,
                                            std::vector<std::uint8_t>& out,
                                            std::int8_t magic = protocol::kMagicV2);

// Gathers small pieces for a compressor, whose every call costs.
class CompressedOutput {
 public:
  CompressedOutput(const CompressionChoice& choice, std::vector<std::uint8_t>& out,
                   std::int8_t magic = protocol::kMagicV2)
      : compressor_(make_compressor(choice, out, magic)) {
    gathered_.reserve(kGatheredBytes);
  }

  void write(protocol::Bytes piece) {
    if (piece.size() > kGatheredBytes - gathered_.size()) flush();
    if (piece.size() >= kGatheredBytes) return compressor_->write(piece);
    gathered_.insert(gathered_.end(), piece.begin(), piece.end());
  }
  void finish() {
    flush();
    compressor_->finish();
  }

 private:
  static constexpr std::size_t kGatheredBytes = 16 * 1024;

  void flush() {
    if (!gathered_.empty()) compressor_->write(gathered_);
    gathered_.clear();
  }

  std::unique_ptr<Compressor> compressor_;
  std::vector<std::uint8_t> gathered_;
};

// Each codec's own, in a file of its name.
std::unique_ptr<ByteSource> make_gzip_decompressor(protocol::Bytes in);
std::unique_ptr<ByteSource> make_snappy_decompressor(protocol::Bytes in);
std::unique_ptr<ByteSource> make_lz4_decompressor(protocol::Bytes in, bool any_header_checksum);
std::unique_ptr<ByteSource> make_zstd_decompressor(protocol::Bytes in);
std::unique_ptr<Compressor> make_gzip_compressor(std::optional<std::int32_t> level,
                                                 std::vector<std::uint8_t>& out);
std::unique_ptr<Compressor> make_snappy_compressor(std::vector<std::uint8_t>& out);
std::unique_ptr<Compressor> make_lz4_compressor(std::optional<std::int32_t> level,
                                                std::vector<std::uint8_t>& out,
                                                bool wrong_header_checksum);
std::unique_ptr<Compressor> make_zstd_compressor(std::optional<std::int32_t> level,
                                                 std::vector<std::uint8_t>& out);

}  // namespace fluxmq
