// Budget: how many groups there may be, and how much memory they may take with their members and
// offsets, all together: what no client may go beyond. Bytes are estimates, made where things are
// kept; the map nodes and strings around them are in the constants.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace fluxmq::api_groups {

inline constexpr std::size_t kGroupBytes = 1024;
inline constexpr std::size_t kMemberBytes = 768;
inline constexpr std::size_t kPendingMemberBytes = 256;
inline constexpr std::size_t kTopicBytes = 96;
inline constexpr std::size_t kOffsetBytes = 112;

struct Budget {
  std::int64_t max_groups = INT64_MAX;
  std::int64_t max_bytes = INT64_MAX;
  std::atomic<std::int64_t> groups = 0;
  std::atomic<std::int64_t> bytes = 0;

  bool has_room(std::size_t more_bytes) const {
    return bytes.load(std::memory_order_relaxed) + static_cast<std::int64_t>(more_bytes) <=
           max_bytes;
  }
};

// What one owner takes of a budget (none, in some tests); given back when it goes.
class Share {
 public:
  explicit Share(Budget* budget = nullptr) : budget_(budget) {}
  Share(Share&& other) noexcept
      : budget_(other.budget_), bytes_(std::exchange(other.bytes_, std::size_t{0})) {}
  Share& operator=(Share&& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Share() { shrink(bytes_); }

  void grow(std::size_t bytes) {
    bytes_ += bytes;
    if (budget_ != nullptr) budget_->bytes += static_cast<std::int64_t>(bytes);
  }
  void shrink(std::size_t bytes) {
    bytes_ -= bytes;
    if (budget_ != nullptr) budget_->bytes -= static_cast<std::int64_t>(bytes);
  }

 private:
  Budget* budget_;
  std::size_t bytes_ = 0;
};

}  // namespace fluxmq::api_groups
