// The log of one partition, in memory.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fluxmq/abi/log_store.h"
#include "fluxmq/protocol/errors.h"
#include "fluxmq/protocol/primitives.h"
#include "memory.h"

namespace fluxmq::storage_memory {

using protocol::ErrorCode;

struct Batch {
  std::int64_t base_offset;
  std::int64_t last_offset;
  std::int64_t max_timestamp_ms;
  std::int32_t leader_epoch;
  std::int64_t size_bytes;
  const std::uint8_t* data;
  std::shared_ptr<Block> block;
};

// What is to take the place of some segments.
struct Rewrite;

class Log {
 public:
  Log(std::shared_ptr<Memory> memory, const fluxmq_log_config& config)
      : memory_(std::move(memory)), config_(config) {}

  void configure(const fluxmq_log_config& config);
  fluxmq_log_state state() const;

  struct Appended {
    ErrorCode error;
    std::uint32_t flags;
  };
  Appended append(std::span<const fluxmq_bytes> pieces, std::int32_t leader_epoch);
  ErrorCode read(const fluxmq_log_read_request& request, std::vector<fluxmq_segment>& segments);

  // The first batch whose max timestamp is late enough; nullopt: none.
  std::optional<Batch> find_timestamp(std::int64_t timestamp_ms) const;
  std::optional<Batch> find_max_timestamp() const;
  std::pair<std::int32_t, std::int64_t> epoch_end_offset(std::int32_t leader_epoch) const;
  void visit_batches(std::int64_t offset, const std::function<bool(const std::uint8_t*)>& visitor);

  ErrorCode set_log_start_offset(std::int64_t offset);
  void truncate(std::int64_t offset);
  void apply_retention(std::int64_t now_ms, std::int64_t max_offset);

  void save_producer_snapshot(std::int64_t offset, std::string_view snapshot);
  std::optional<std::pair<std::int64_t, std::string>> load_producer_snapshot(
      std::int64_t max_offset) const;

  void visit_segments(const std::function<bool(const fluxmq_log_segment_info&)>& visitor) const;
  // nullptr: no segments begin there.
  std::unique_ptr<Rewrite> begin_rewrite(std::int64_t first_base_offset,
                                         std::int64_t end_base_offset);
  ErrorCode write(Rewrite& rewrite, protocol::Bytes bytes) const;
  void commit(const Rewrite& rewrite);
  void set_clean_offset(std::int64_t offset);

 private:
  // Batches that leave the log together.
  struct Segment {
    std::int64_t base_offset;
    std::int64_t size_bytes = 0;
    std::int64_t max_timestamp_ms = -1;
    std::size_t batch_count = 0;
    std::int64_t first_timestamp_ms = -1;
  };

  // All under mutex_.
  bool make_room(std::int64_t size_bytes);
  bool must_roll(const Batch& batch) const;
  void add(const Batch& batch);
  static void add(Segment& segment, const Batch& batch);
  std::deque<Batch>::const_iterator batch_of(std::int64_t offset) const;
  std::deque<Segment>::iterator segment_at(std::int64_t base_offset);
  bool is_deletable(const Segment& segment, std::int64_t end_offset, bool last,
                    std::int64_t now_ms) const;

  const std::shared_ptr<Memory> memory_;
  mutable std::mutex mutex_;
  fluxmq_log_config config_;
  std::deque<Batch> batches_;
  std::deque<Segment> segments_;
  std::shared_ptr<Block> block_;  // that is being filled
  std::int64_t log_start_offset_ = 0;
  std::int64_t log_end_offset_ = 0;
  std::int64_t size_bytes_ = 0;
  std::int64_t clean_offset_ = 0;
  std::int32_t leader_epoch_ = -1;
  std::map<std::int64_t, std::string> snapshots_;
};

struct Rewrite {
  Log& log;
  std::int64_t first_offset;
  std::int64_t next_offset;
  std::int64_t end_offset;
  std::vector<Batch> batches;
};

}  // namespace fluxmq::storage_memory
