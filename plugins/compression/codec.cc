// Which codec it is; and none, which copies.
#include "codec.h"

#include <algorithm>
#include <cstring>

namespace fluxmq {
namespace {

using protocol::Bytes;
using protocol::Compression;
using protocol::MutableBytes;

class Plain final : public ByteSource {
 public:
  explicit Plain(Bytes in) : in_(in) {}

  std::size_t read(MutableBytes out) override {
    const std::size_t size = std::min(in_.size(), out.size());
    if (size != 0) std::memcpy(out.data(), in_.data(), size);
    in_ = in_.subspan(size);
    return size;
  }

 private:
  Bytes in_;
};

class Copy final : public Compressor {
 public:
  explicit Copy(std::vector<std::uint8_t>& out) : out_(out) {}

  void write(Bytes in) override { out_.insert(out_.end(), in.begin(), in.end()); }
  void finish() override {}

 private:
  std::vector<std::uint8_t>& out_;
};

}  // namespace

std::unique_ptr<ByteSource> make_decompressor(Compression type, Bytes in, std::int8_t magic) {
  switch (type) {
    case Compression::kNone:
      return std::make_unique<Plain>(in);
    case Compression::kGzip:
      return make_gzip_decompressor(in);
    case Compression::kSnappy:
      return make_snappy_decompressor(in);
    case Compression::kLz4:
      return make_lz4_decompressor(in, magic == protocol::kMagicV0);
    case Compression::kZstd:
      return make_zstd_decompressor(in);
  }
  throw CompressionError("an unknown codec");
}

std::unique_ptr<Compressor> make_compressor(const CompressionChoice& choice,
                                            std::vector<std::uint8_t>& out, std::int8_t magic) {
  switch (choice.type) {
    case Compression::kGzip:
      return make_gzip_compressor(choice.level, out);
    case Compression::kSnappy:
      return make_snappy_compressor(out);
    case Compression::kLz4:
      return make_lz4_compressor(choice.level, out, magic == protocol::kMagicV0);
    case Compression::kZstd:
      return make_zstd_compressor(choice.level, out);
    case Compression::kNone:
      break;
  }
  return std::make_unique<Copy>(out);
}

}  // namespace fluxmq
