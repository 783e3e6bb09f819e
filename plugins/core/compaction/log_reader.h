// Reads the batches of a log one buffer after the other, as a cleaning goes through it. Blocks.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "fluxmq/abi/log_store.h"
#include "fluxmq/protocol/record_batch.h"

namespace fluxmq::core {

class LogReader {
 public:
  // From the batch that holds `offset`, or the next there is, up to `end_offset`.
  LogReader(const fluxmq_log_store* store, fluxmq_log* log, std::int64_t offset,
            std::int64_t end_offset, std::size_t buffer_bytes);

  // Whole batches, valid until the next call; none at the end. Throws CleaningError.
  protocol::Bytes next();

 private:
  std::int16_t fill();

  const fluxmq_log_store* const store_;
  fluxmq_log* const log_;
  std::int64_t offset_;
  const std::int64_t end_offset_;
  const std::size_t buffer_bytes_;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace fluxmq::core
