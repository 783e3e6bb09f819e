// What a connection has yet to send: copied bytes, leased memory, ranges of files, in order.
//
// Each lease is released exactly once: when its bytes are written, or with the connection.
#pragma once

#include <cstdint>
#include <span>

#include "fluxmq/abi/segment.h"
#include "net/buffer_pool.h"
#include "net/free_list.h"
#include "net/page_cache.h"
#include "net/transport.h"

namespace fluxmq::kernel {

struct OutPart {
  OutPart* next = nullptr;
  Buffer* buffer = nullptr;       // copied bytes: `data` lies in it
  const uint8_t* data = nullptr;  // null: a range of a file
  uint64_t length = 0;
  uint64_t offset = 0;
  int32_t file = -1;
  void (*release)(void* context) = nullptr;
  void* release_context = nullptr;
};

using OutParts = FreeList<OutPart>;

class SegmentWriter {
 public:
  enum class Result { kDone, kMore, kBlocked, kNotLoaded, kFailed };

  SegmentWriter(BufferPool& buffers, OutParts& parts) : buffers_(buffers), parts_(parts) {}
  ~SegmentWriter() { clear(); }
  SegmentWriter(const SegmentWriter&) = delete;
  SegmentWriter& operator=(const SegmentWriter&) = delete;

  void append_copy(std::span<const uint8_t> bytes);
  // Takes the lease. Small memory is copied and released at once.
  void append(const fluxmq_segment& segment);

  bool empty() const { return first_ == nullptr; }
  uint64_t unsent_bytes() const { return unsent_bytes_; }

  // Writes what the socket takes, but no more than `share`, from which it takes what it wrote.
  Result write(Transport& transport, uint64_t& share);
  // After kNotLoaded: what is to be loaded. Once it is, it is sent without another look: else who
  // takes it out of the page cache all the time could hold this up for ever.
  FileRange next_of_file() const;
  void was_loaded();
  // Drops what is unsent.
  void clear();

 private:
  ssize_t write_memory(Transport& transport, uint64_t share);
  ssize_t write_file(Transport& transport, uint64_t share);
  bool is_next_loaded();
  void consume(uint64_t bytes);
  OutPart* add_part();
  void drop_first();

  BufferPool& buffers_;
  OutParts& parts_;
  OutPart* first_ = nullptr;
  OutPart* last_ = nullptr;
  uint64_t unsent_bytes_ = 0;
  uint64_t loaded_bytes_ = 0;  // of the first part, a file: known to be in the page cache
};

// A segment whose lease is held: what had none is copied, or its descriptor duplicated.
fluxmq_segment hold_segment(const fluxmq_segment& segment);
void release_segment(const fluxmq_segment& segment);

}  // namespace fluxmq::kernel
