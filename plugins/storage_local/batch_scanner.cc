#include "batch_scanner.h"

#include <algorithm>
#include <array>

#include "file_system.h"
#include "fluxmq/protocol/crc32c.h"

namespace fluxmq::storage_local {

using protocol::RecordBatch;

namespace {

constexpr auto kHeaderBytes = static_cast<std::int64_t>(protocol::kRecordBatchHeaderBytes);

bool is_sane(const RecordBatch& header) {
  return header.magic() == protocol::kMagicV2 &&
         header.batch_length() >= kHeaderBytes - std::int64_t{protocol::kBatchPrefixBytes} &&
         header.base_offset() >= 0 && header.base_offset() <= protocol::kMaxBaseOffset &&
         header.last_offset_delta() >= 0;
}

}  // namespace

BatchScanner::BatchScanner(const File& file, std::int64_t position, std::int64_t end,
                           std::size_t window_bytes, ReadFrom from)
    : file_(file),
      end_(end),
      window_bytes_(window_bytes),
      from_(from),
      position_(position),
      window_(std::make_unique_for_overwrite<std::uint8_t[]>(window_bytes)) {}

const std::uint8_t* BatchScanner::header_at(std::int64_t position) {
  if (position < window_position_ || position + kHeaderBytes > window_end_) {
    const auto wanted = std::min(static_cast<std::int64_t>(window_bytes_), end_ - position);
    const auto got =
        file_.read_at(window_.get(), static_cast<std::size_t>(wanted), position, from_);
    window_position_ = position;
    window_end_ = position + static_cast<std::int64_t>(got);
    if (position + kHeaderBytes > window_end_) return nullptr;
  }
  return window_.get() + (position - window_position_);
}

std::optional<BatchScanner::Batch> BatchScanner::next() {
  if (position_ + kHeaderBytes > end_) return std::nullopt;
  const std::uint8_t* bytes = header_at(position_);
  if (bytes == nullptr) return std::nullopt;
  const RecordBatch header({bytes, protocol::kRecordBatchHeaderBytes});
  if (!is_sane(header)) return std::nullopt;
  const Batch batch{header, position_,
                    std::int64_t{protocol::kBatchPrefixBytes} + header.batch_length()};
  if (batch.end() > end_) return std::nullopt;
  position_ = batch.end();
  return batch;
}

bool BatchScanner::checksum_fits(const Batch& batch) const {
  auto at = batch.position + std::int64_t{protocol::kAttributesAt};
  const auto size = static_cast<std::size_t>(batch.end() - at);
  if (at >= window_position_ && batch.end() <= window_end_) {
    return protocol::crc32c({window_.get() + (at - window_position_), size}) == batch.header.crc();
  }
  std::array<std::uint8_t, kScanWindowBytes> piece;
  std::uint32_t crc = 0;
  for (std::size_t done = 0; done < size;) {
    const auto wanted = std::min(size - done, piece.size());
    if (file_.read_at(piece.data(), wanted, at) != wanted) return false;
    crc = protocol::crc32c({piece.data(), wanted}, crc);
    at += static_cast<std::int64_t>(wanted);
    done += wanted;
  }
  return crc == batch.header.crc();
}

}  // namespace fluxmq::storage_local
