// Batches of magic 2 as the message sets that consumers of old read: magic 0 for Fetch 0 and 1,
// magic 1 for Fetch 2 and 3. Headers are lost, control batches are left out.
#pragma once
#include <cstdint>
#include <vector>

#include "fluxmq/protocol/record_batch.h"

namespace fluxmq::core {

// Appends to `out` what a batch is in messages of `magic`: those of an uncompressed one from
// `from_offset` on, a compressed one whole, as a wrapper of the same codec. Nothing if it has no
// records for a client. Throws DecodeError (CompressionError) if the batch can't be read.
// No batch may hold more than `max_uncompressed_bytes`, and none be compressed by zstd, which
// messages don't know.
void convert_down(const protocol::RecordBatch& batch, std::int8_t magic, std::int64_t from_offset,
                  std::size_t max_uncompressed_bytes, std::vector<std::uint8_t>& out);

}  // namespace fluxmq::core
