// Where the newest batches of a log lie, so that who reads at its end needs no index.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace fluxmq::storage_local {

// Grows with what is appended: most of many logs get a few batches now and then, and shall take
// little memory.
class RecentBatches {
 public:
  struct Batch {
    std::int64_t base_offset;
    std::int64_t position;
  };

  // Batches that follow closely are left out: a short read finds them.
  void add(std::int64_t base_offset, std::int64_t position, bool first_of_append) {
    constexpr std::int64_t kSpacingBytes = 2048;
    if (!first_of_append && position - newest_position_ < kSpacingBytes) return;
    if (batches_.size() < kMaxBatches) {
      batches_.push_back({base_offset, position});
    } else {
      batches_[oldest_] = {base_offset, position};
      oldest_ = (oldest_ + 1) % kMaxBatches;
    }
    newest_position_ = position;
  }

  // The newest known batch that begins at or before `offset`.
  std::optional<Batch> find(std::int64_t offset) const {
    for (std::size_t age = 1; age <= batches_.size(); ++age) {
      const Batch& batch = batches_[(oldest_ + batches_.size() - age) % kMaxBatches];
      if (batch.base_offset <= offset) return batch;
    }
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kMaxBatches = 32;  // a power of two
  std::vector<Batch> batches_;                    // a ring once it is full
  std::size_t oldest_ = 0;
  std::int64_t newest_position_ = 0;
};

}  // namespace fluxmq::storage_local
