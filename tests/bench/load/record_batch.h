// Builds magic-2 record batches of an exact size, and walks those that a fetch brings.
#pragma once

#include "load/wire.h"

namespace bench {

struct RecordBatch {
  Bytes bytes;
  size_t first_value;  // where the value of the first record starts, for a timestamp of our own
};

constexpr size_t kBatchOverhead = 61;

// `size` bytes in all, `records` records of about equal length.
RecordBatch build_batch(size_t size, int records);

// A record for each key, with values of one size.
Bytes build_keyed_batch(const std::vector<std::string>& keys, size_t value_bytes);

// To be called after the batch's bytes from the attributes on have changed.
void update_crc(uint8_t* batch);

// One batch header as it lies in a fetched record set.
struct BatchView {
  int64_t base_offset;
  int64_t last_offset;
  std::span<const uint8_t> bytes;
};

// Takes the first whole batch off the record set; false when none is left (a partial tail is no
// batch).
bool next_batch(std::span<const uint8_t>& records, BatchView& batch);

}  // namespace bench
