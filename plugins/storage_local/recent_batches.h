// Where the newest batches of a log lie, so that who reads at its end needs no index.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

namespace fluxmq::storage_local {

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
    batches_[count_++ % kBatches] = {base_offset, position};
    newest_position_ = position;
  }
  void clear() { count_ = 0; }

  // The newest known batch that begins at or before `offset`.
  std::optional<Batch> find(std::int64_t offset) const {
    const std::uint64_t oldest = count_ > kBatches ? count_ - kBatches : 0;
    for (std::uint64_t i = count_; i > oldest; --i) {
      const Batch& batch = batches_[(i - 1) % kBatches];
      if (batch.base_offset <= offset) return batch;
    }
    return std::nullopt;
  }

 private:
  static constexpr std::uint64_t kBatches = 32;
  std::array<Batch, kBatches> batches_;
  std::uint64_t count_ = 0;
  std::int64_t newest_position_ = 0;
};

}  // namespace fluxmq::storage_local
