#include "batch_records.h"

#include "compression/decompress.h"

namespace fluxmq::storage_local {
namespace {

using namespace protocol;

std::vector<std::uint8_t> read_batch(const File& file, const BatchScanner::Batch& batch) {
  if (batch.size_bytes > static_cast<std::int64_t>(kMaxBatchBytes))
    Reader::fail("the batch is too large to look into");
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(batch.size_bytes));
  if (file.read_at(bytes.data(), bytes.size(), batch.position) != bytes.size())
    Reader::fail("the batch became shorter while it was read");
  return bytes;
}

RecordReader read_records(Bytes bytes, std::vector<std::uint8_t>& uncompressed) {
  const RecordBatch batch(bytes);
  if (batch.compression() == Compression::kNone) return RecordReader(batch);
  if (!batch.compression_is_known()) Reader::fail("the batch has an unknown compression");
  auto records = decompress(batch.compression(), batch.records(), kMaxBatchBytes);
  if (!records) Reader::fail("the records can't be uncompressed");
  uncompressed = std::move(*records);
  return {batch, uncompressed};
}

}  // namespace

BatchRecords::BatchRecords(const File& file, const BatchScanner::Batch& batch)
    : bytes_(read_batch(file, batch)), reader_(read_records(bytes_, uncompressed_)) {}

}  // namespace fluxmq::storage_local
