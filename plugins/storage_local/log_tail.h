// The end of a log's last segment, as it lies in blocks of the arena: pieces that follow each
// other, from some position of the segment on. The unwritten ones are to be written to the file,
// which write_out does; those before them stay as long as nobody else needs their blocks.
//
// The owner's state lock guards all but what says otherwise.
#pragma once
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "fluxmq/abi/segment.h"
#include "fluxmq/protocol/record_batch.h"
#include "tail_arena.h"

namespace fluxmq::storage_local {

class LogTail {
 public:
  LogTail(TailArena& arena, const TailArena::Owner& owner) : arena_(arena), owner_(owner) {}
  // What isn't written stays in the arena, for the next start.
  ~LogTail() {
    if (unwritten_bytes() == 0) clear();
  }
  LogTail(const LogTail&) = delete;
  LogTail& operator=(const LogTail&) = delete;

  // An append takes three steps, so that the bytes are copied without the lock: room for them at
  // `position`, which is the end of the tail or, if it is empty, anywhere; the copy; then the tail
  // ends after them. False: there is no room now, and nothing changed.
  bool reserve(std::int64_t base_offset, std::int64_t position, std::size_t bytes);
  void copy(std::span<const iovec> ranges);  // without the lock, by who reserved
  void commit();
  // Of a batch that was committed: what find() goes by.
  void add_batch(std::int64_t first_offset, std::int64_t position);

  std::int64_t end() const { return end_; }
  std::int64_t unwritten_bytes() const { return end_ - written_; }
  // What is to be written at `written()`. It stays where it is until set_written().
  std::int64_t written() const { return written_; }
  void unwritten(std::vector<iovec>& ranges) const;
  void set_written(std::int64_t position);
  // Drops all of it, written or not.
  void clear();

  // Some of the tail, which stays as it is as long as this lives.
  class View {
   public:
    static constexpr std::size_t kMaxPieces = 64;

    View() = default;
    View(View&& other) noexcept
        : pieces_(other.pieces_), count_(std::exchange(other.count_, 0)), begin_(other.begin_) {}
    View& operator=(View&& other) noexcept {
      std::swap(pieces_, other.pieces_);
      std::swap(count_, other.count_);
      std::swap(begin_, other.begin_);
      return *this;
    }
    ~View() {
      for (std::size_t i = 0; i < count_; ++i) TailArena::give_back(pieces_[i].block);
    }

    std::int64_t begin() const { return begin_; }
    std::int64_t end() const { return count_ == 0 ? 0 : pieces_[count_ - 1].end(); }
    // What the batch's header says that begins there. nullopt: it isn't within the view.
    struct Batch {
      std::int64_t base_offset;
      std::int64_t last_offset;
      std::int64_t size_bytes;
    };
    std::optional<Batch> batch_at(std::int64_t position) const;
    // Leases for the pieces that hold the range, which lies within the view; returns how many.
    std::size_t to_segments(std::int64_t position, std::int64_t length, fluxmq_segment* segments);

   private:
    friend class LogTail;
    bool copy(std::int64_t position, std::span<std::uint8_t> bytes) const;

    struct Piece {
      TailArena::Block* block;
      const std::uint8_t* data;
      std::int64_t position;
      std::int64_t length;
      std::int64_t end() const { return position + length; }
    };
    std::array<Piece, kMaxPieces> pieces_;
    std::size_t count_ = 0;
    std::int64_t begin_ = 0;
  };
  // Where a batch begins at or before `offset`, as late as is known. nullopt: not in the tail.
  std::optional<std::int64_t> find(std::int64_t offset) const;
  // What follows `position`, up to the most that a view has.
  View view(std::int64_t position) const;

 private:
  struct Piece {
    TailArena::Handle handle;
    std::int64_t position;
    std::int64_t capacity_end;         // what fits in it ends here
    std::int64_t first_offset = -1;    // of the first batch that begins in it; -1: none does
    std::int64_t first_position = -1;  // of that batch
  };

  std::int64_t end_of(std::size_t piece) const {
    return piece + 1 < pieces_.size() ? std::min(pieces_[piece + 1].position, end_) : end_;
  }
  std::size_t piece_at(std::int64_t position) const;
  std::size_t unwritten_blocks() const;
  bool hold_last();
  void release_last();
  bool take_blocks(std::int64_t base_offset, std::int64_t begin, std::int64_t end);

  TailArena& arena_;
  const TailArena::Owner owner_;
  std::vector<Piece> pieces_;  // by position; those that are written may be others' by now
  std::int64_t written_ = 0;
  std::int64_t end_ = 0;
  std::int64_t reserved_end_ = 0;  // past `end_`: an append is between its steps
};

}  // namespace fluxmq::storage_local
