// What a connection has yet to send.
#include "net/segment_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace fluxmq::kernel {
namespace {

// Answers of a turn that are copied share buffers of this size: one iovec for many of them.
constexpr size_t kCopyBufferBytes = 16 * 1024 - sizeof(Buffer);
// Copying less than this is cheaper than an iovec and a lease that lives on.
constexpr uint64_t kMaxCopiedBytes = 512;
constexpr size_t kMaxIovecs = 256;
// Of a file, looked for in the page cache and loaded in one go: enough for the disk, and little to
// wait for.
constexpr uint64_t kMaxLoadBytes = 1 << 20;

void free_memory(void* memory) {
  std::free(memory);
}

void close_file(void* context) {
  ::close(static_cast<int>(reinterpret_cast<intptr_t>(context)));
}

}  // namespace

fluxmq_segment hold_segment(const fluxmq_segment& segment) {
  fluxmq_segment held = segment;
  if (segment.release != nullptr) return held;
  if (segment.kind == FLUXMQ_SEGMENT_FILE) {
    // If there is no descriptor left, sending fails and with it the connection.
    held.fd = ::fcntl(segment.fd, F_DUPFD_CLOEXEC, 0);
    held.release = held.fd >= 0 ? close_file : [](void*) {};
    held.release_context = reinterpret_cast<void*>(static_cast<intptr_t>(held.fd));
    return held;
  }
  auto* copy = static_cast<uint8_t*>(std::malloc(std::max<uint64_t>(segment.length, 1)));
  if (copy == nullptr) throw std::bad_alloc();
  if (segment.length > 0) std::memcpy(copy, segment.data, segment.length);
  held.data = copy;
  held.release = free_memory;
  held.release_context = copy;
  return held;
}

void release_segment(const fluxmq_segment& segment) {
  if (segment.release != nullptr) segment.release(segment.release_context);
}

void SegmentWriter::append_copy(std::span<const uint8_t> bytes) {
  unsent_bytes_ += bytes.size();
  while (!bytes.empty()) {
    Buffer* buffer = last_ != nullptr ? last_->buffer : nullptr;
    const uint8_t* end = buffer != nullptr ? last_->data + last_->length : nullptr;
    auto room =
        buffer != nullptr ? static_cast<size_t>(buffer->data() + buffer->capacity - end) : 0;
    if (room == 0) {
      buffer = buffers_.take(std::max(kCopyBufferBytes, bytes.size()));
      OutPart* part = add_part();
      part->buffer = buffer;
      part->data = buffer->data();
      end = part->data;
      room = buffer->capacity;
    }
    size_t size = std::min(room, bytes.size());
    std::memcpy(const_cast<uint8_t*>(end), bytes.data(), size);
    last_->length += size;
    bytes = bytes.subspan(size);
  }
}

void SegmentWriter::append(const fluxmq_segment& segment) {
  bool is_memory = segment.kind == FLUXMQ_SEGMENT_MEMORY;
  if (segment.length == 0 ||
      (is_memory && (segment.release == nullptr || segment.length <= kMaxCopiedBytes))) {
    if (segment.length > 0) append_copy({segment.data, segment.length});
    release_segment(segment);
    return;
  }
  fluxmq_segment held = hold_segment(segment);
  OutPart* part = add_part();
  part->data = is_memory ? held.data : nullptr;
  part->file = held.fd;
  part->offset = held.offset;
  part->length = held.length;
  part->release = held.release;
  part->release_context = held.release_context;
  unsent_bytes_ += held.length;
}

SegmentWriter::Result SegmentWriter::write(Transport& transport, uint64_t& share) {
  while (first_ != nullptr) {
    if (share == 0) return Result::kMore;
    const bool is_memory = first_->data != nullptr;
    if (!is_memory && !is_next_loaded()) return Result::kNotLoaded;
    ssize_t written = is_memory ? write_memory(transport, share) : write_file(transport, share);
    if (written < 0) {
      loaded_bytes_ = 0;  // by the time that the socket takes more it may be gone
      return errno == EAGAIN || errno == EWOULDBLOCK ? Result::kBlocked : Result::kFailed;
    }
    if (written == 0) return Result::kFailed;  // the file is shorter than the segment said
    share -= static_cast<uint64_t>(written);
    consume(static_cast<uint64_t>(written));
  }
  return Result::kDone;
}

ssize_t SegmentWriter::write_memory(Transport& transport, uint64_t share) {
  std::array<iovec, kMaxIovecs> iovecs;
  size_t count = 0;
  const OutPart* part = first_;
  for (; part != nullptr && part->data != nullptr && count < kMaxIovecs && share > 0;
       part = part->next) {
    const uint64_t length = std::min(part->length, share);
    iovecs[count++] = {const_cast<uint8_t*>(part->data), length};
    share -= length;
  }
  return transport.write_some(iovecs.data(), count, part != nullptr);
}

ssize_t SegmentWriter::write_file(Transport& transport, uint64_t share) {
  const ssize_t written =
      transport.send_file(first_->file, first_->offset, std::min(loaded_bytes_, share));
  if (written > 0) loaded_bytes_ -= static_cast<uint64_t>(written);
  return written;
}

bool SegmentWriter::is_next_loaded() {
  if (loaded_bytes_ > 0) return true;
  const FileRange next = next_of_file();
  if (is_loaded(next)) loaded_bytes_ = next.length;
  return loaded_bytes_ > 0;
}

FileRange SegmentWriter::next_of_file() const {
  return {first_->file, first_->offset, std::min(first_->length, kMaxLoadBytes)};
}

void SegmentWriter::was_loaded() {
  if (first_ != nullptr) loaded_bytes_ = next_of_file().length;
}

void SegmentWriter::consume(uint64_t bytes) {
  unsent_bytes_ -= bytes;
  while (bytes > 0) {
    uint64_t taken = std::min(bytes, first_->length);
    first_->length -= taken;
    first_->offset += taken;
    if (first_->data != nullptr) first_->data += taken;
    bytes -= taken;
    if (first_->length == 0) drop_first();
  }
}

void SegmentWriter::clear() {
  while (first_ != nullptr) drop_first();
  unsent_bytes_ = 0;
  loaded_bytes_ = 0;
}

OutPart* SegmentWriter::add_part() {
  OutPart* part = parts_.take();
  *part = OutPart{};
  (first_ == nullptr ? first_ : last_->next) = part;
  last_ = part;
  return part;
}

void SegmentWriter::drop_first() {
  OutPart* part = std::exchange(first_, first_->next);
  if (first_ == nullptr) last_ = nullptr;
  if (part->buffer != nullptr) buffers_.release(part->buffer);
  auto release = part->release;
  void* context = part->release_context;
  parts_.give_back(part);
  // Last, as it may come back here with another answer.
  if (release != nullptr) release(context);
}

}  // namespace fluxmq::kernel
