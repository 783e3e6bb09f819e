// Any bytes out of each codec, which the first byte names with the magic that holds them: no more
// comes than is allowed. And through it: what is written is read again.
#include <algorithm>
#include <cstdlib>

#include "compression/decompress.h"

using namespace fluxmq;
using namespace fluxmq::protocol;

namespace {

constexpr std::size_t kMaxBytes = 256 * 1024;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto type = static_cast<Compression>(data[0] % 5);
  const auto magic = static_cast<std::int8_t>(data[0] / 5 % 3);
  const Bytes bytes(data + 1, size - 1);
  const auto out = decompress(type, bytes, kMaxBytes, magic);
  if (out && out->size() > kMaxBytes) std::abort();

  std::vector<std::uint8_t> compressed;
  CompressedOutput output({.type = type}, compressed, magic);
  output.write(bytes);
  output.finish();
  const auto back = decompress(type, compressed, bytes.size(), magic);
  if (!back || !std::equal(back->begin(), back->end(), bytes.begin(), bytes.end())) std::abort();
  return 0;
}
