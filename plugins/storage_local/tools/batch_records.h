// The records of a batch in a .log file, uncompressed.
#pragma once
#include <cstdint>
#include <vector>

#include "batch_scanner.h"
#include "fluxmq/protocol/record.h"

namespace fluxmq::storage_local {

// A batch is looked into if it has no more bytes than this, compressed or not: what a file claims
// must not decide how much memory is taken.
inline constexpr std::size_t kMaxBatchBytes = std::size_t{256} << 20;

class BatchRecords {
 public:
  // Reads the batch. Throws protocol::DecodeError if it can't be uncompressed, or is too large.
  BatchRecords(const File& file, const BatchScanner::Batch& batch);

  // False after the last one. Throws protocol::DecodeError.
  bool next(protocol::Record& record) { return reader_.next(record); }

 private:
  std::vector<std::uint8_t> bytes_;
  std::vector<std::uint8_t> uncompressed_;
  protocol::RecordReader reader_;
};

}  // namespace fluxmq::storage_local
