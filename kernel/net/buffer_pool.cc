// Memory for frames and answers: size classes, free lists, and where the bytes come from.
#include "net/buffer_pool.h"

#include <sys/mman.h>

#include <bit>
#include <cstdlib>
#include <new>

namespace fluxmq::kernel {
namespace {

// From here on a buffer is a mapping of its own, so that giving it back really gives it back.
constexpr size_t kMappedBytes = 128 * 1024;

size_t total_bytes(const Buffer* buffer) {
  return buffer->capacity + sizeof(Buffer);
}

size_t round_up(size_t value, size_t step) {
  return (value + step - 1) / step * step;
}

}  // namespace

// From 16 KiB on.
size_t BufferPool::class_of(size_t total_bytes) {
  auto doublings = static_cast<size_t>(std::bit_width(total_bytes >> (kSmallestShift + 1)));
  size_t step = (total_bytes >> (kSmallestShift + doublings - 2)) & (kSteps - 1);
  return doublings * kSteps + step;
}

Buffer* BufferPool::take(size_t bytes) {
  ++taken_;
  size_t total = bytes + sizeof(Buffer);
  if (total < size_t{1} << kSmallestShift) {
    total = round_up(total, alignof(Buffer));
  } else {
    total = round_up(total, std::bit_floor(total) / kSteps);
    Buffer*& head = free_[class_of(total)];
    if (head != nullptr) {
      Buffer* buffer = head;
      head = buffer->next_free;
      free_bytes_ -= total;
      buffer->references = 1;
      return buffer;
    }
  }
  void* memory = nullptr;
  if (total >= kMappedBytes) {
    memory = mmap(nullptr, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
  } else {
    memory = std::aligned_alloc(alignof(Buffer), total);
    if (memory == nullptr) throw std::bad_alloc();
  }
  return new (memory) Buffer{nullptr, total - sizeof(Buffer), 1};
}

void BufferPool::release(Buffer* buffer) {
  if (--buffer->references > 0) return;
  size_t total = total_bytes(buffer);
  if (total < size_t{1} << kSmallestShift || free_bytes_ + total > max_free_bytes_) {
    give_back(buffer);
    return;
  }
  Buffer*& head = free_[class_of(total)];
  buffer->next_free = head;
  head = buffer;
  free_bytes_ += total;
}

void BufferPool::trim() {
  for (Buffer*& head : free_) {
    while (head != nullptr) {
      Buffer* buffer = head;
      head = buffer->next_free;
      give_back(buffer);
    }
  }
  free_bytes_ = 0;
}

void BufferPool::give_back(Buffer* buffer) {
  size_t total = total_bytes(buffer);
  if (total >= kMappedBytes) {
    munmap(buffer, total);
  } else {
    std::free(buffer);
  }
}

}  // namespace fluxmq::kernel
