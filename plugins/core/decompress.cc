// One function for each codec; all grow their output as they go, up to the bound.
#include "decompress.h"

#include <lz4frame.h>
#include <snappy-c.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "fluxmq/protocol/big_endian.h"

namespace fluxmq::core {
namespace {

using protocol::Bytes;
using Output = std::vector<std::uint8_t>;

constexpr std::size_t kFirstOutputBytes = 4096;

// Makes room for more; false once the bound is reached.
bool grow(Output& out, std::size_t max_bytes) {
  if (out.size() >= max_bytes) return false;
  out.resize(std::min(max_bytes, std::max(kFirstOutputBytes, out.size() * 2)));
  return true;
}

bool gunzip(Bytes in, Output& out, std::size_t max_bytes) {
  constexpr int kGzipOnly = 15 + 16;
  z_stream stream{};
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) return false;
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, &inflateEnd);
  stream.next_in = const_cast<std::uint8_t*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  std::size_t made = 0;
  int result = Z_OK;
  while (result == Z_OK) {
    if (made == out.size() && !grow(out, max_bytes)) return false;
    stream.next_out = out.data() + made;
    stream.avail_out = static_cast<uInt>(out.size() - made);
    result = inflate(&stream, Z_NO_FLUSH);
    made = out.size() - stream.avail_out;
  }
  out.resize(made);
  return result == Z_STREAM_END;
}

bool unsnap_block(Bytes in, Output& out, std::size_t max_bytes) {
  const auto* data = reinterpret_cast<const char*>(in.data());
  std::size_t length = 0;
  if (snappy_uncompressed_length(data, in.size(), &length) != SNAPPY_OK ||
      length > max_bytes - out.size())
    return false;
  const std::size_t at = out.size();
  out.resize(at + length);
  return snappy_uncompress(data, in.size(), reinterpret_cast<char*>(out.data() + at), &length) ==
         SNAPPY_OK;
}

// Java's framing: a magic, two versions, then blocks that each begin with their length.
bool unsnap(Bytes in, Output& out, std::size_t max_bytes) {
  constexpr std::uint8_t kMagic[] = {0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0};
  constexpr std::size_t kHeaderBytes = 16;
  if (in.size() < kHeaderBytes || std::memcmp(in.data(), kMagic, sizeof(kMagic)) != 0)
    return unsnap_block(in, out, max_bytes);
  in = in.subspan(kHeaderBytes);
  while (!in.empty()) {
    if (in.size() < 4) return false;
    const auto length = protocol::load_big_endian<std::uint32_t>(in.data());
    in = in.subspan(4);
    if (length > in.size() || !unsnap_block(in.first(length), out, max_bytes)) return false;
    in = in.subspan(length);
  }
  return true;
}

bool unlz4(Bytes in, Output& out, std::size_t max_bytes) {
  LZ4F_dctx* made_context = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&made_context, LZ4F_VERSION))) return false;
  const std::unique_ptr<LZ4F_dctx, decltype(&LZ4F_freeDecompressionContext)> context(
      made_context, &LZ4F_freeDecompressionContext);
  std::size_t made = 0;
  std::size_t hint = 1;
  while (hint != 0) {
    if (made == out.size() && !grow(out, max_bytes)) return false;
    std::size_t written = out.size() - made;
    std::size_t read = in.size();
    hint = LZ4F_decompress(context.get(), out.data() + made, &written, in.data(), &read, nullptr);
    if (LZ4F_isError(hint) || (read == 0 && written == 0 && hint != 0)) return false;
    made += written;
    in = in.subspan(read);
  }
  out.resize(made);
  return true;
}

// Several frames may follow each other.
bool unzstd(Bytes in, Output& out, std::size_t max_bytes) {
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                     &ZSTD_freeDCtx);
  ZSTD_inBuffer input{in.data(), in.size(), 0};
  std::size_t made = 0;
  std::size_t left = 1;
  while (input.pos < input.size || left != 0) {
    if (made == out.size() && !grow(out, max_bytes)) return false;
    ZSTD_outBuffer output{out.data(), out.size(), made};
    const std::size_t before = input.pos;
    left = ZSTD_decompressStream(context.get(), &output, &input);
    if (ZSTD_isError(left) || (input.pos == before && output.pos == made)) return false;
    made = output.pos;
  }
  out.resize(made);
  return true;
}

}  // namespace

std::optional<Output> decompress(protocol::Compression compression, Bytes bytes,
                                 std::size_t max_bytes) {
  using protocol::Compression;
  Output out;
  bool valid = false;
  switch (compression) {
    case Compression::kNone:
      valid = bytes.size() <= max_bytes;
      if (valid) out.assign(bytes.begin(), bytes.end());
      break;
    case Compression::kGzip:
      valid = gunzip(bytes, out, max_bytes);
      break;
    case Compression::kSnappy:
      valid = unsnap(bytes, out, max_bytes);
      break;
    case Compression::kLz4:
      valid = unlz4(bytes, out, max_bytes);
      break;
    case Compression::kZstd:
      valid = unzstd(bytes, out, max_bytes);
      break;
  }
  if (!valid) return std::nullopt;
  return out;
}

}  // namespace fluxmq::core
