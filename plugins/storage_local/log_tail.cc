#include "log_tail.h"

#include <algorithm>
#include <cstring>

namespace fluxmq::storage_local {

bool LogTail::reserve(std::int64_t base_offset, std::int64_t position, std::size_t bytes) {
  if (position != end_ || !hold_last()) clear();
  if (pieces_.empty()) written_ = end_ = position;
  const auto end = position + static_cast<std::int64_t>(bytes);
  const auto room_end = pieces_.empty() ? position : pieces_.back().capacity_end;
  if (end > room_end && !take_blocks(base_offset, room_end, end)) {
    release_last();
    return false;
  }
  reserved_end_ = end;
  return true;
}

// A last block that isn't full is appended to, unless others have it meanwhile.
bool LogTail::hold_last() {
  return pieces_.empty() || pieces_.back().capacity_end == end_ ||
         arena_.set_unwritten(pieces_.back().handle);
}

void LogTail::release_last() {
  if (!pieces_.empty() && written_ == end_) arena_.set_written(pieces_.back().handle);
}

bool LogTail::take_blocks(std::int64_t base_offset, std::int64_t begin, std::int64_t end) {
  thread_local std::vector<TailArena::Handle> blocks;
  blocks.clear();
  if (!arena_.take(owner_, unwritten_blocks(), base_offset, begin,
                   static_cast<std::size_t>(end - begin), blocks)) {
    return false;
  }
  const auto recycled = std::find_if(pieces_.begin(), pieces_.end(), [this](const Piece& piece) {
    return arena_.has(piece.handle);
  });
  pieces_.erase(pieces_.begin(), recycled);
  for (const auto& handle : blocks) {
    pieces_.push_back({handle, begin, begin + static_cast<std::int64_t>(handle.block->capacity())});
    begin = pieces_.back().capacity_end;
  }
  return true;
}

void LogTail::copy(std::span<const iovec> ranges) {
  std::int64_t position = end_;
  std::size_t piece = piece_at(position);
  for (const iovec& range : ranges) {
    const auto* bytes = static_cast<const std::uint8_t*>(range.iov_base);
    for (std::size_t left = range.iov_len; left > 0;) {
      if (position == pieces_[piece].capacity_end) ++piece;
      const Piece& to = pieces_[piece];
      const auto size = std::min(left, static_cast<std::size_t>(to.capacity_end - position));
      std::memcpy(to.handle.block->data() + (position - to.position), bytes, size);
      bytes += size;
      left -= size;
      position += static_cast<std::int64_t>(size);
    }
  }
}

void LogTail::commit() {
  const auto first = piece_at(end_);
  end_ = reserved_end_;
  for (auto i = first; i < pieces_.size(); ++i) {
    const auto length = std::min(pieces_[i].capacity_end, end_) - pieces_[i].position;
    pieces_[i].handle.block->record().length.store(static_cast<std::uint32_t>(length),
                                                   std::memory_order_release);
  }
  reserved_end_ = 0;
}

void LogTail::add_batch(std::int64_t first_offset, std::int64_t position) {
  Piece& piece = pieces_[piece_at(position)];
  if (piece.first_offset >= 0) return;
  piece.first_offset = first_offset;
  piece.first_position = position;
}

// The last piece that begins at or before `position`.
std::size_t LogTail::piece_at(std::int64_t position) const {
  const auto after = std::upper_bound(
      pieces_.begin(), pieces_.end(), position,
      [](std::int64_t value, const Piece& piece) { return value < piece.position; });
  return after == pieces_.begin() ? 0 : static_cast<std::size_t>(after - pieces_.begin()) - 1;
}

// With a last one that is held for more.
std::size_t LogTail::unwritten_blocks() const {
  if (pieces_.empty()) return 0;
  if (written_ == end_) return pieces_.back().capacity_end > end_ ? 1 : 0;
  return pieces_.size() - piece_at(written_);
}

void LogTail::unwritten(std::vector<iovec>& ranges) const {
  ranges.clear();
  if (written_ == end_) return;
  for (auto i = piece_at(written_); i < pieces_.size() && pieces_[i].position < end_; ++i) {
    const Piece& piece = pieces_[i];
    const auto begin = std::max(piece.position, written_);
    ranges.push_back({piece.handle.block->data() + (begin - piece.position),
                      static_cast<std::size_t>(end_of(i) - begin)});
  }
}

void LogTail::set_written(std::int64_t position) {
  if (position == written_) return;
  for (auto i = piece_at(written_); i < pieces_.size() && pieces_[i].position < position; ++i) {
    const Piece& piece = pieces_[i];
    const auto end = end_of(i);
    piece.handle.block->record().written.store(
        static_cast<std::uint32_t>(std::min(end, position) - piece.position),
        std::memory_order_release);
    const bool grows = reserved_end_ > end_ && end < piece.capacity_end;
    if (end <= position && !grows) arena_.set_written(piece.handle);
  }
  written_ = position;
}

void LogTail::clear() {
  for (const Piece& piece : pieces_) arena_.discard(piece.handle);
  pieces_.clear();
  written_ = end_ = reserved_end_ = 0;
}

std::optional<std::int64_t> LogTail::find(std::int64_t offset) const {
  for (auto i = pieces_.size(); i-- > 0;) {
    if (pieces_[i].first_offset >= 0 && pieces_[i].first_offset <= offset) {
      return pieces_[i].first_position;
    }
  }
  return std::nullopt;
}

LogTail::View LogTail::view(std::int64_t position) const {
  View view;
  view.begin_ = position;
  if (pieces_.empty() || position < pieces_[0].position) return view;
  for (auto i = piece_at(position); i < pieces_.size() && view.count_ < View::kMaxPieces; ++i) {
    const Piece& piece = pieces_[i];
    if (piece.position >= end_ || !arena_.lease(piece.handle)) break;
    view.pieces_[view.count_++] = {piece.handle.block, piece.handle.block->data(), piece.position,
                                   end_of(i) - piece.position};
  }
  return view;
}

std::optional<LogTail::View::Batch> LogTail::View::batch_at(std::int64_t position) const {
  std::array<std::uint8_t, protocol::kRecordBatchHeaderBytes> bytes;
  if (!copy(position, bytes)) return std::nullopt;
  const protocol::RecordBatch header(bytes);
  return Batch{header.base_offset(), header.last_offset(),
               std::int64_t{protocol::kBatchPrefixBytes} + header.batch_length()};
}

bool LogTail::View::copy(std::int64_t position, std::span<std::uint8_t> bytes) const {
  const auto end_position = position + static_cast<std::int64_t>(bytes.size());
  if (position < begin() || end_position > end()) return false;
  std::size_t done = 0;
  for (std::size_t i = 0; i < count_ && done < bytes.size(); ++i) {
    const Piece& piece = pieces_[i];
    if (position >= piece.end()) continue;
    const auto size =
        std::min(bytes.size() - done, static_cast<std::size_t>(piece.end() - position));
    std::memcpy(bytes.data() + done, piece.data + (position - piece.position), size);
    done += size;
    position += static_cast<std::int64_t>(size);
  }
  return true;
}

std::size_t LogTail::View::to_segments(std::int64_t position, std::int64_t length,
                                       fluxmq_segment* segments) {
  std::size_t count = 0;
  std::size_t kept = 0;
  const auto end_position = position + length;
  for (std::size_t i = 0; i < count_; ++i) {
    const Piece& piece = pieces_[i];
    const auto begin = std::max(position, piece.position);
    const auto end = std::min(end_position, piece.end());
    if (begin >= end) {
      pieces_[kept++] = piece;
      continue;
    }
    segments[count++] = {FLUXMQ_SEGMENT_MEMORY,
                         -1,
                         piece.data + (begin - piece.position),
                         0,
                         static_cast<std::uint64_t>(end - begin),
                         &TailArena::give_back,
                         piece.block};
  }
  count_ = kept;
  return count;
}

}  // namespace fluxmq::storage_local
