// zstd: one frame or several that follow each other.
#include <zstd.h>

#include "codec.h"
#include "room.h"

namespace fluxmq {
namespace {

using protocol::Bytes;
using protocol::MutableBytes;

// The largest window a frame may ask memory for: what the library itself takes by default.
constexpr int kMaxWindowLog = 27;

class Unzstd final : public ByteSource {
 public:
  explicit Unzstd(Bytes in) : context_(ZSTD_createDCtx()), in_{in.data(), in.size(), 0} {
    if (context_ == nullptr) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kMaxWindowLog);
  }
  ~Unzstd() override { ZSTD_freeDCtx(context_); }
  Unzstd(const Unzstd&) = delete;
  Unzstd& operator=(const Unzstd&) = delete;

  std::size_t read(MutableBytes out) override {
    ZSTD_outBuffer made{out.data(), out.size(), 0};
    while (made.pos == 0 && (in_.pos < in_.size || !is_frame_over_)) {
      const std::size_t before = in_.pos;
      const std::size_t left = ZSTD_decompressStream(context_, &made, &in_);
      if (ZSTD_isError(left)) throw CompressionError("the zstd data are broken");
      is_frame_over_ = left == 0;
      if (!is_frame_over_ && in_.pos == before && made.pos == 0)
        throw CompressionError("the zstd data end early");
    }
    return made.pos;
  }

 private:
  ZSTD_DCtx* context_;
  ZSTD_inBuffer in_;
  bool is_frame_over_ = false;
};

class Zstd final : public Compressor {
 public:
  Zstd(std::optional<std::int32_t> level, std::vector<std::uint8_t>& out)
      : context_(ZSTD_createCCtx()), out_(out) {
    if (context_ == nullptr) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, level.value_or(ZSTD_CLEVEL_DEFAULT));
  }
  ~Zstd() override { ZSTD_freeCCtx(context_); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  void write(Bytes in) override {
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    while (from.pos < from.size) make_piece(from, ZSTD_e_continue);
  }
  void finish() override {
    ZSTD_inBuffer nothing{nullptr, 0, 0};
    while (make_piece(nothing, ZSTD_e_end) != 0) {
    }
  }

 private:
  std::size_t make_piece(ZSTD_inBuffer& from, ZSTD_EndDirective directive) {
    std::size_t left = 0;
    append_piece(out_, kPieceBytes, [&](MutableBytes room) {
      ZSTD_outBuffer made{room.data(), room.size(), 0};
      left = ZSTD_compressStream2(context_, &made, &from, directive);
      if (ZSTD_isError(left)) throw std::bad_alloc();
      return made.pos;
    });
    return left;
  }

  static constexpr std::size_t kPieceBytes = 16 * 1024;
  ZSTD_CCtx* context_;
  std::vector<std::uint8_t>& out_;
};

}  // namespace

std::unique_ptr<ByteSource> make_zstd_decompressor(Bytes in) {
  return std::make_unique<Unzstd>(in);
}

std::unique_ptr<Compressor> make_zstd_compressor(std::optional<std::int32_t> level,
                                                 std::vector<std::uint8_t>& out) {
  return std::make_unique<Zstd>(level, out);
}

}  // namespace fluxmq
