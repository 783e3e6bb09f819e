// gzip: one member or several, as Java's GZIPInputStream takes them.
#include <zlib.h>

#include "codec.h"
#include "room.h"

namespace fluxmq {
namespace {

using protocol::Bytes;
using protocol::MutableBytes;

constexpr int kGzipWindowBits = 15 + 16;  // zlib's way to ask for gzip's header and trailer
constexpr int kMemoryLevel = 8;
constexpr std::size_t kPieceBytes = 16 * 1024;

class Gunzip final : public ByteSource {
 public:
  explicit Gunzip(Bytes in) {
    stream_.next_in = const_cast<std::uint8_t*>(in.data());
    stream_.avail_in = static_cast<uInt>(in.size());
    if (inflateInit2(&stream_, kGzipWindowBits) != Z_OK) throw std::bad_alloc();
  }
  ~Gunzip() override { inflateEnd(&stream_); }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  std::size_t read(MutableBytes out) override {
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<uInt>(out.size());
    while (!at_end_ && stream_.avail_out == out.size()) {
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_STREAM_END) {
        begin_next_member();
      } else if (result != Z_OK) {
        throw CompressionError("the gzip data are broken or end early");
      }
    }
    return out.size() - stream_.avail_out;
  }

 private:
  // What follows the trailer and is no member is left alone, as Java does.
  void begin_next_member() {
    at_end_ = stream_.avail_in < 2 || stream_.next_in[0] != 0x1f || stream_.next_in[1] != 0x8b;
    if (!at_end_) inflateReset(&stream_);
  }

  z_stream stream_{};
  bool at_end_ = false;
};

class Gzip final : public Compressor {
 public:
  Gzip(std::optional<std::int32_t> level, std::vector<std::uint8_t>& out) : out_(out) {
    if (deflateInit2(&stream_, level.value_or(Z_DEFAULT_COMPRESSION), Z_DEFLATED, kGzipWindowBits,
                     kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  ~Gzip() override { deflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  void write(Bytes in) override {
    stream_.next_in = const_cast<std::uint8_t*>(in.data());
    stream_.avail_in = static_cast<uInt>(in.size());
    while (stream_.avail_in != 0) make_piece(Z_NO_FLUSH);
  }
  void finish() override {
    while (make_piece(Z_FINISH) != Z_STREAM_END) {
    }
  }

 private:
  int make_piece(int flush) {
    int result = Z_OK;
    append_piece(out_, kPieceBytes, [&](MutableBytes room) {
      stream_.next_out = room.data();
      stream_.avail_out = static_cast<uInt>(room.size());
      result = deflate(&stream_, flush);
      return room.size() - stream_.avail_out;
    });
    return result;
  }

  z_stream stream_{};
  std::vector<std::uint8_t>& out_;
};

}  // namespace

std::unique_ptr<ByteSource> make_gzip_decompressor(Bytes in) {
  return std::make_unique<Gunzip>(in);
}

std::unique_ptr<Compressor> make_gzip_compressor(std::optional<std::int32_t> level,
                                                 std::vector<std::uint8_t>& out) {
  return std::make_unique<Gzip>(level, out);
}

}  // namespace fluxmq
