// Any bytes as record batches, and what they hold as uncompressed records.
#include <cstdlib>

#include "fluxmq/protocol/crc32c.h"
#include "fluxmq/protocol/record.h"

using namespace fluxmq::protocol;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, size);
  RecordBatchCursor cursor(bytes);
  std::size_t seen = 0;
  while (const auto batch = cursor.next()) {
    seen += batch->size_bytes();
    if (!batch->has_header()) continue;
    volatile std::uint32_t crc = crc32c(batch->checksummed());
    static_cast<void>(crc);
    try {
      RecordReader reader(*batch);
      Record record;
      while (reader.next(record)) {
        std::size_t headers = 0;
        record.for_each_header([&](const RecordHeader& header) {
          headers += header.key.size() + (header.value ? header.value->size() : 0);
        });
        if (headers > record.header_bytes.size()) std::abort();
      }
    } catch (const DecodeError&) {
      continue;
    }
  }
  if (seen != cursor.position() || seen + cursor.remaining() != size) std::abort();
  return 0;
}
