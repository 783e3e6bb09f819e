// BatchWriter: makes the batch that is stored in the place of what a client sent: another codec, or
// a message set of old. Its size is bounded while it grows.
#pragma once
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "compression/codec.h"
#include "fluxmq/protocol/record.h"

namespace fluxmq::core {

// The batch outgrew max.message.bytes.
struct BatchTooLarge : std::runtime_error {
  using runtime_error::runtime_error;
};

class BatchWriter {
 public:
  BatchWriter(const CompressionChoice& choice, std::size_t max_bytes);

  // The record gets the next offset; its own is ignored. Throws BatchTooLarge.
  void append(const protocol::Record& record);
  std::int32_t record_count() const { return count_; }

  // What the header says besides what follows from the records.
  struct Facts {
    std::int64_t max_timestamp_ms = protocol::kNoTimestamp;
    bool is_append_time = false;
    bool is_transactional = false;
    std::int64_t producer_id = protocol::kNoProducerId;
    std::int16_t producer_epoch = protocol::kNoProducerEpoch;
    std::int32_t base_sequence = protocol::kNoSequence;
  };
  // The whole batch; the writer is done. Throws BatchTooLarge.
  std::vector<std::uint8_t> finish(const Facts& facts);

 private:
  void check_size() const;

  const protocol::Compression compression_;
  const std::size_t max_bytes_;
  std::vector<std::uint8_t> out_;
  CompressedOutput compressed_;
  std::int32_t count_ = 0;
  std::int64_t base_timestamp_ms_ = protocol::kNoTimestamp;
};

}  // namespace fluxmq::core
