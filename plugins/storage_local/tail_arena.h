// Memory for the tails of logs: what was appended and isn't in its file yet, and as much of what
// came before it as there is room for, so that who reads at the end of a log touches no file.
//
// It is a file on tmpfs, mapped. So what lies in it outlives the death of the process, and the next
// start writes it to the files of the logs (tail_replay). Blocks are backed by memory when they are
// first taken; then they are used again and again, which costs a fraction of fresh pages.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fluxmq/abi/base.h"

namespace fluxmq::storage_local {

class TailArena {
 public:
  // A fetch of 1 MiB takes nine of them, and 64 MiB serve 500 logs that are appended to at once.
  static constexpr std::size_t kBlockBytes = 128 * 1024;  // tests have smaller ones
  // Bytes keep their place in a page, in the file as in memory, as O_DIRECT wants it.
  static constexpr std::size_t kPageBytes = 4096;
  static constexpr std::size_t kMaxLogNameBytes = 255;  // of a folder, on Linux

  // What a replay has to know of a block, kept in the arena itself. A killed process leaves it as
  // it was at some moment, so bytes are stored before they are counted.
  struct alignas(64) Record {
    std::atomic<std::uint32_t> length;   // of what the block holds; 0: nothing
    std::atomic<std::uint32_t> written;  // of which are in the file
    std::int64_t position;               // in the file, of the block's first byte
    std::int64_t base_offset;            // of the segment
    fluxmq_uuid topic_id;
    std::uint16_t log_bytes;
    char log[kMaxLogNameBytes];  // the name of the log's folder

    std::string_view log_name() const { return {log, log_bytes}; }
  };

  class Block {
   public:
    Record& record() { return *record_; }
    // Where the byte at the record's position lies.
    std::uint8_t* data() const { return data_; }
    std::size_t capacity() const { return capacity_; }

   private:
    friend class TailArena;
    enum class State : std::uint8_t { kFree, kUnwritten, kWritten, kDiscarded };

    TailArena* arena_ = nullptr;
    Record* record_ = nullptr;
    std::uint8_t* memory_ = nullptr;
    std::uint8_t* data_ = nullptr;
    std::size_t capacity_ = 0;
    Block* previous_ = nullptr;  // in the list of reusable ones
    Block* next_ = nullptr;      // likewise, or in the list of free ones
    std::uint64_t uses_ = 0;     // how often it was taken
    std::uint32_t leases_ = 0;
    State state_ = State::kFree;
  };

  // A block as it was taken: once others have it, the handle is stale.
  struct Handle {
    Block* block = nullptr;
    std::uint64_t use = 0;
  };

  // What the blocks of a log have in common.
  struct Owner {
    std::string_view log;
    fluxmq_uuid topic_id;
  };

  struct Counts {
    std::size_t all;
    std::size_t unwritten;  // in no file, or not all of it
    std::size_t read;       // by somebody, and of no use to others meanwhile
    std::size_t free;       // for whoever takes them; what was written out lies there until then
  };

  // Makes the file, which must not exist; `bytes` is the most it grows to. Throws
  // std::runtime_error: it can't be had there, and why.
  TailArena(std::string path, std::size_t bytes, std::size_t block_bytes = kBlockBytes);
  ~TailArena();
  TailArena(const TailArena&) = delete;
  TailArena& operator=(const TailArena&) = delete;

  // Why there can be none in this folder; "": there can.
  static std::string why_not(const std::string& folder);

  const std::string& path() const { return path_; }
  Counts counts();
  // Nothing in it is needed any more: removes the file. The memory stays until the end.
  void remove();

  // Blocks for the bytes from `position` on, by a log of which `unwritten` blocks are; all or none.
  // Takes what is free, else what was written out or read longest ago.
  //
  // Who is faster than the disk gets no more than it leaves to the others, as ports share the
  // memory of a switch (Choudhury and Hahne, "Dynamic Queue Length Thresholds", 1998): of one such
  // log about half of the blocks are unwritten, of nine a tenth each, and a log that has none finds
  // one.
  bool take(const Owner& owner, std::size_t unwritten, std::int64_t base_offset,
            std::int64_t position, std::size_t bytes, std::vector<Handle>& taken);
  // All that the block holds is in the file: others may take it.
  void set_written(const Handle& handle);
  // It is going to get more bytes. False: others have it.
  bool set_unwritten(const Handle& handle);
  // False: others have it.
  bool has(const Handle& handle);
  // What the block holds isn't wanted any more.
  void discard(const Handle& handle);

  // Keeps the block as it is until each lease is given back. False: others have it.
  bool lease(const Handle& handle);
  static void give_back(void* block);

  // The arena that another process left, for tail_replay. `visit` is called with each record that
  // isn't written out, and the bytes that it stands for.
  template <class Visit>
  static void visit_unwritten(std::span<std::uint8_t> mapping, Visit visit);

 private:
  // The file begins with a page for it; then come the records, then the blocks.
  struct Header {
    char magic[16];
    std::uint64_t block_count;
    std::uint64_t block_bytes;  // whole pages; 0, of older ones: kBlockBytes
  };
  static constexpr char kMagic[16] = "fluxmq tails 1\n";
  static std::size_t blocks_at(std::size_t block_count) {
    const auto bytes = kPageBytes + block_count * sizeof(Record);
    return (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
  }

  // All under mutex_.
  bool may_take(std::size_t unwritten, std::size_t count) const;
  std::size_t available() const { return free_count_ + reusable_count_ + blocks_.size() - backed_; }
  Block* take_one();
  bool back(Block& block);
  void add_reusable(Block& block);
  void remove_reusable(Block& block);
  void set_free(Block& block);
  bool is_current(const Handle& handle) const { return handle.block->uses_ == handle.use; }
  static bool is_reusable(const Block& block) {
    return block.state_ == Block::State::kWritten && block.leases_ == 0;
  }

  const std::string path_;
  const std::size_t block_bytes_;
  int fd_ = -1;
  std::uint8_t* mapping_ = nullptr;
  std::size_t mapped_bytes_ = 0;
  std::vector<Block> blocks_;

  std::mutex mutex_;
  std::size_t backed_ = 0;  // blocks from here on were never taken
  Block* free_ = nullptr;   // last in, first out: their pages are warm
  std::size_t free_count_ = 0;
  // Written out, and nobody reads them: since the longest time first.
  Block* first_reusable_ = nullptr;
  Block* last_reusable_ = nullptr;
  std::size_t reusable_count_ = 0;
};

template <class Visit>
void TailArena::visit_unwritten(std::span<std::uint8_t> mapping, Visit visit) {
  if (mapping.size() < kPageBytes) return;
  const auto* header = reinterpret_cast<const Header*>(mapping.data());
  const auto count = header->block_count;
  const auto block_bytes = header->block_bytes == 0 ? kBlockBytes : header->block_bytes;
  const bool sane =
      std::string_view(header->magic, sizeof kMagic) == std::string_view(kMagic, sizeof kMagic) &&
      block_bytes >= kPageBytes && block_bytes <= mapping.size() &&
      count <= mapping.size() / block_bytes &&
      mapping.size() == blocks_at(count) + count * block_bytes;
  if (!sane) return;
  auto* records = reinterpret_cast<Record*>(mapping.data() + kPageBytes);
  for (std::size_t i = 0; i < count; ++i) {
    const Record& record = records[i];
    const std::uint32_t length = record.length, written = record.written;
    const auto skew = static_cast<std::size_t>(record.position) % kPageBytes;
    if (written >= length || length > block_bytes - skew) continue;
    const auto* data = mapping.data() + blocks_at(count) + i * block_bytes + skew;
    visit(record, std::span(data + written, length - written));
  }
}

}  // namespace fluxmq::storage_local
