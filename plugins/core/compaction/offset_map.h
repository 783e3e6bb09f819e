// The last offset of each key, by the digest of the key: 24 bytes a key, in memory that is bounded
// whatever the number of keys. One that is full ends the range that a cleaning takes at once.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <random>

#include "key_digest.h"

namespace fluxmq::core {

class OffsetMap {
 public:
  static constexpr std::size_t kBytesPerKey = 24;

  // For up to `keys`, as far as `max_bytes` go; `load_factor` is the part that may be filled.
  OffsetMap(std::size_t max_bytes, double load_factor, std::int64_t keys)
      : capacity_(slots_for(max_bytes, load_factor, keys)),
        limit_(std::max<std::size_t>(
            static_cast<std::size_t>(static_cast<double>(capacity_) * load_factor), 1)),
        slots_(static_cast<Slot*>(std::calloc(capacity_, sizeof(Slot)))),
        hash_(random64(), random64()) {
    if (slots_ == nullptr) throw std::bad_alloc();
  }

  bool is_full() const { return size_ >= limit_; }
  std::size_t size() const { return size_; }

  // Not when it is full.
  void put(protocol::Bytes key, std::int64_t offset) {
    const auto digest = hash_(key);
    Slot& slot = slot_of(digest);
    if (slot.offset_plus_one == 0) {
      slot.digest = digest;
      ++size_;
    }
    slot.offset_plus_one = offset + 1;
  }
  // -1: the key isn't there.
  std::int64_t find(protocol::Bytes key) const { return slot_of(hash_(key)).offset_plus_one - 1; }

 private:
  struct Slot {
    KeyDigest digest;
    std::int64_t offset_plus_one;  // 0: empty, as memory comes
  };
  static_assert(sizeof(Slot) == kBytesPerKey);
  struct Free {
    void operator()(Slot* slots) const { std::free(slots); }
  };

  // One slot more than may be filled: a search always ends.
  static std::size_t slots_for(std::size_t max_bytes, double load_factor, std::int64_t keys) {
    const double wanted = static_cast<double>(std::max<std::int64_t>(keys, 1)) / load_factor;
    const double most = static_cast<double>(max_bytes) / kBytesPerKey;
    return static_cast<std::size_t>(std::min(wanted, most)) + 2;
  }
  static std::uint64_t random64() {
    std::random_device random;
    return std::uint64_t{random()} << 32 | random();
  }

  Slot& slot_of(const KeyDigest& digest) const {
    std::size_t at = static_cast<std::size_t>(digest.first % capacity_);
    while (slots_[at].offset_plus_one != 0 && slots_[at].digest != digest) {
      if (++at == capacity_) at = 0;
    }
    return slots_[at];
  }

  const std::size_t capacity_;
  const std::size_t limit_;
  const std::unique_ptr<Slot[], Free> slots_;
  const KeyHash hash_;
  std::size_t size_ = 0;
};

}  // namespace fluxmq::core
