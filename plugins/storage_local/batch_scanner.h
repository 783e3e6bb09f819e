// Walks over the headers of the batches in a .log file, reading as little as it can.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "file_system.h"
#include "fluxmq/protocol/record_batch.h"

namespace fluxmq::storage_local {

// What one read of a lookup covers: a lookup begins at most log.index.interval.bytes (4096) before
// what it looks for, so that one read mostly does.
inline constexpr std::size_t kLookupWindowBytes = 4096;
// What one read of a walk over a whole file covers.
inline constexpr std::size_t kScanWindowBytes = 64 * 1024;

class BatchScanner {
 public:
  struct Batch {
    protocol::RecordBatch header;  // its 61 bytes; valid until the next call of next()
    std::int64_t position;
    std::int64_t size_bytes;
    std::int64_t end() const { return position + size_bytes; }
  };

  // The batches from `position` on that end by `end`.
  BatchScanner(const File& file, std::int64_t position, std::int64_t end, std::size_t window_bytes,
               ReadFrom from = ReadFrom::kDisk);

  // nullopt: there is no further whole batch with a sane header; position() says where.
  std::optional<Batch> next();
  std::int64_t position() const { return position_; }
  // Goes back to a batch that next() gave.
  void rewind(const Batch& batch) { position_ = batch.position; }
  // Whether the bytes of the batch that next() gave have the checksum of its header.
  bool checksum_fits(const Batch& batch) const;

 private:
  const std::uint8_t* header_at(std::int64_t position);

  const File& file_;
  std::int64_t end_;
  std::size_t window_bytes_;
  ReadFrom from_;
  std::int64_t position_;
  std::unique_ptr<std::uint8_t[]> window_;
  std::int64_t window_position_ = 0;
  std::int64_t window_end_ = 0;
};

}  // namespace fluxmq::storage_local
