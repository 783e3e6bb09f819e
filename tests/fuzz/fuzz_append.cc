// Any bytes as what a client produces: batches and message sets, plain and compressed, checked,
// converted and built anew. The first byte says by which rules; checksums are made right, so that
// what lies behind them is reached.
#include <cstdlib>

#include "append_check.h"
#include "compression/decompress.h"
#include "fluxmq/protocol/crc32c.h"
#include "fluxmq/protocol/message_set.h"
#include "fluxmq/protocol/record.h"

using namespace fluxmq;
using namespace fluxmq::core;
using namespace fluxmq::protocol;

namespace {

constexpr std::int64_t kNowMs = 1'700'000'500'000;
constexpr std::int32_t kMaxMessageBytes = 64 * 1024;
constexpr std::size_t kMaxUncompressedBytesHere = 256 * 1024;

AppendRules rules_of(std::uint8_t byte) {
  AppendRules rules{.max_message_bytes = kMaxMessageBytes,
                    .segment_bytes = 1 << 30,
                    .log_append_time = (byte & 1) != 0,
                    .compacted = (byte & 2) != 0,
                    .zstd_allowed = true,
                    .old_formats = (byte & 4) == 0,
                    .timestamp_before_max_ms = INT64_MAX,
                    .timestamp_after_max_ms = (byte & 8) != 0 ? 1000 : INT64_MAX};
  const int target = byte >> 4;  // 0 to 4 are codecs, what is above keeps the producer's
  if (target <= static_cast<int>(Compression::kZstd))
    rules.compression = {false, static_cast<Compression>(target), 1};
  rules.max_uncompressed_bytes = kMaxUncompressedBytesHere;
  return rules;
}

void repair_checksums(std::vector<std::uint8_t>& bytes) {
  RecordBatchCursor cursor(bytes);
  while (const auto batch = cursor.next()) {
    const MutableBytes place =
        MutableBytes(bytes).subspan(cursor.position() - batch->size_bytes(), batch->size_bytes());
    if (batch->has_header()) {
      MutableRecordBatch(place).set_crc(crc32c(batch->checksummed()));
    } else if (batch->magic() < kMagicV2) {
      store_big_endian(place.data() + kMessageCrcAt, message_crc(place));
    }
  }
}

// What was taken is one whole batch that anyone can read.
void check_stored(const CheckedAppend& checked, std::size_t sent_bytes) {
  if (checked.batch.empty()) return;
  const RecordBatch batch(checked.batch);
  if (!checked.rebuilt.empty() && batch.size_bytes() > kMaxMessageBytes) std::abort();
  if (checked.rebuilt.empty() && batch.size_bytes() > sent_bytes) std::abort();
  if (batch.crc() != crc32c(batch.checksummed())) std::abort();
  const auto records =
      decompress(batch.compression(), batch.records(), kMaxUncompressedBytesHere * 16);
  if (!records) std::abort();
  RecordReader reader(batch, *records);  // throws, and so ends the fuzzer, if it can't be read
  for (Record record; reader.next(record);) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::vector<std::uint8_t> bytes(data + 1, data + size);
  repair_checksums(bytes);
  const auto checked = check_append(bytes, rules_of(data[0]), kNowMs);
  if (checked.outcome.ok()) check_stored(checked, bytes.size());
  return 0;
}
