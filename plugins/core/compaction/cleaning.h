// One cleaning of one log, as Kafka's Cleaner does it: the last offset of each key in the dirty
// part goes into a map, as far as the map reaches; then all segments up to there are rewritten, in
// groups that each become one, without the records that have a later one with their key.
//
// Offsets stay what they were. A tombstone stays for delete.retention.ms after the first cleaning
// that met it. The last batch of each live producer stays, without records if need be.
#pragma once
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "batch_filter.h"
#include "fluxmq/abi/log_store.h"
#include "fluxmq/protocol/errors.h"
#include "offset_map.h"
#include "throttle.h"
#include "transactions.h"

namespace fluxmq::core {

// The log can't be cleaned; `error` is the store's, or 0 for what the log holds.
struct CleaningError : std::runtime_error {
  CleaningError(const std::string& what, std::int16_t error)
      : std::runtime_error(error == 0 ? what : what + ": error " + std::to_string(error)),
        error(error) {}
  std::int16_t error;
};
// Somebody wants it to end.
struct CleaningStopped {};

// The newest that is known of a live producer.
struct LastBatch {
  std::int64_t last_offset;  // of its last records; -1: none are known
  std::int16_t epoch;
};
using LastBatches = std::unordered_map<std::int64_t, LastBatch>;

struct CleaningOrder {
  std::int64_t first_dirty_offset;
  std::int64_t first_uncleanable_offset;  // where a segment begins
  std::int64_t high_watermark;
  std::int64_t delete_retention_ms;
  std::int64_t segment_bytes;
  std::int64_t segment_index_bytes;
  std::int64_t now_ms;
  LastBatches last_batches;
};

struct CleaningLimits {
  std::size_t dedupe_buffer_bytes;
  double load_factor;
  std::size_t io_buffer_bytes;
};

struct CleaningResult {
  std::int64_t end_offset = 0;  // the log is clean below it
  std::int64_t bytes_read = 0;
  std::int64_t bytes_written = 0;
  std::int64_t records_read = 0;
  std::int64_t records_kept = 0;
  std::int64_t keys = 0;
};

class Cleaning {
 public:
  // `must_stop` is asked now and then.
  Cleaning(const fluxmq_log_store* store, fluxmq_log* log, const CleaningOrder& order,
           const CleaningLimits& limits, Throttle& throttle, std::function<bool()> must_stop);

  // Throws CleaningError, CleaningStopped. Blocks, for as long as it takes.
  CleaningResult run();

 private:
  struct Group {
    std::int64_t first_base_offset;
    std::int64_t end_base_offset;
  };

  void read_segments();
  void build_map();
  bool map_batch(const protocol::RecordBatch& batch, TransactionWalk& transactions);
  void learn_transactions();
  std::int64_t segment_base_of(std::int64_t offset) const;
  std::vector<Group> groups() const;
  void clean(const Group& group, TransactionWalk& transactions);
  void clean_batch(const protocol::RecordBatch& batch, TransactionWalk& transactions,
                   std::vector<std::uint8_t>& out);
  bool is_last_of_producer(const protocol::RecordBatch& batch) const;
  bool wants(const protocol::RecordBatch& batch, const protocol::Record& record) const;
  void write(fluxmq_log_rewrite* rewrite, protocol::Bytes batches);
  void check(std::int16_t error, const char* what) const;
  void pause(std::size_t bytes);

  const fluxmq_log_store* const store_;
  fluxmq_log* const log_;
  const CleaningOrder& order_;
  const CleaningLimits limits_;
  Throttle& throttle_;
  const std::function<bool()> must_stop_;

  OffsetMap map_;
  std::vector<fluxmq_log_segment_info> segments_;
  std::int64_t log_start_offset_ = 0;
  std::int64_t upper_offset_;  // nothing from here on is touched
  std::int64_t end_offset_;    // the map reaches up to here
  bool transactions_known_ = false;
  TransactionOutcomes::Aborted aborted_;
  BatchFilter filter_;
  CleaningResult result_;
};

}  // namespace fluxmq::core
