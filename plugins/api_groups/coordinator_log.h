// CoordinatorLog: the way of records to a partition of __consumer_offsets. One batch at a time is
// on its way; what is written meanwhile waits, and goes with the next one together.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "fluxmq/partition.h"
#include "fluxmq/protocol/record_batch_builder.h"
#include "surroundings.h"

namespace fluxmq::api_groups {

class CoordinatorLog {
 public:
  CoordinatorLog(const Partition& partition, std::int16_t required_acks)
      : partition_(partition), required_acks_(required_acks) {}
  CoordinatorLog(const CoordinatorLog&) = delete;
  CoordinatorLog& operator=(const CoordinatorLog&) = delete;

  void write(std::vector<CoordinatorRecord> records, Durability durability, WriteDone done);
  // How many writes wait for a batch.
  std::size_t waiting() const { return queue_.size(); }

  // At the end of a turn: whether there is a batch to append, which is to follow, out of the turn.
  bool begin_batch(std::int64_t timestamp_ms);
  void append_batch(fluxmq_append_done done, void* context);
  // In a turn: tells all whose records were in it.
  void end_batch(ErrorCode error);

 private:
  struct Write {
    std::vector<CoordinatorRecord> records;  // none: waits for the writes before it
    WriteDone done;
    Durability durability;
  };

  void add(const std::vector<CoordinatorRecord>& records, std::int64_t timestamp_ms);

  const Partition& partition_;
  const std::int16_t required_acks_;
  std::deque<Write> queue_;
  std::vector<Write> in_flight_;
  protocol::RecordBatchBuilder builder_;  // its bytes are the log's while something is in flight
  protocol::MutableBytes batch_;
  std::int16_t acks_ = 1;
};

}  // namespace fluxmq::api_groups
