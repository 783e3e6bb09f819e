// Any bytes as a stored batch that is converted to messages of magic 0 and 1.
#include <cstdlib>

#include "down_conversion.h"
#include "fluxmq/protocol/message_set.h"

using namespace fluxmq;
using namespace fluxmq::core;
using namespace fluxmq::protocol;

namespace {

constexpr std::size_t kMaxUncompressedBytes = 256 * 1024;

void convert(const RecordBatch& batch, std::int8_t magic) {
  std::vector<std::uint8_t> set;
  try {
    convert_down(batch, magic, batch.base_offset(), kMaxUncompressedBytes, set);
  } catch (const DecodeError&) {
    return;
  }
  RecordBatchCursor cursor(set);
  while (const auto next = cursor.next()) {
    const Message message(next->bytes());
    if (message.magic() != magic || !message.has_valid_crc() || !message.fields()) std::abort();
  }
  if (cursor.end() != RecordBatchCursor::End::kComplete) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  RecordBatchCursor cursor(Bytes(data, size));
  while (const auto batch = cursor.next()) {
    if (!batch->has_header() || batch->compression() >= Compression::kZstd) continue;
    convert(*batch, kMagicV0);
    convert(*batch, kMagicV1);
  }
  return 0;
}
