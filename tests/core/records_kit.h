// What the tests of records share: rules, and records in the form that the golden vectors tell
// them.
#pragma once
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "append_rules.h"
#include "compression/decompress.h"
#include "fluxmq/protocol/message_set.h"
#include "fluxmq/protocol/record.h"
#include "vectors.h"

namespace fluxmq::testing {

using core::AppendRules;
using core::ErrorCode;
using nlohmann::json;
using protocol::Bytes;
using protocol::Compression;
using Buffer = std::vector<std::uint8_t>;

inline constexpr std::int64_t kNowMs = 1'700'000'500'000;

inline AppendRules default_rules() {
  return {.max_message_bytes = 1 << 20,
          .segment_bytes = 1 << 30,
          .log_append_time = false,
          .compacted = false,
          .zstd_allowed = true,
          .old_formats = true,
          .timestamp_before_max_ms = std::numeric_limits<std::int64_t>::max(),
          .timestamp_after_max_ms = std::numeric_limits<std::int64_t>::max()};
}

inline json base64_or_null(const std::optional<Bytes>& bytes) {
  return bytes ? json(protocol::base64_encode(*bytes)) : json(nullptr);
}

inline Buffer uncompressed_records(const protocol::RecordBatch& batch) {
  auto records = decompress(batch.compression(), batch.records(), kMaxUncompressedBytes);
  EXPECT_TRUE(records);
  return records.value_or(Buffer());
}

// [timestamp, key, value] of each record of a batch of magic 2.
inline json records_of(const protocol::RecordBatch& batch) {
  const Buffer records = uncompressed_records(batch);
  protocol::RecordReader reader(batch, records);
  json list = json::array();
  for (protocol::Record record; reader.next(record);)
    list.push_back({record.timestamp_ms, base64_or_null(record.key), base64_or_null(record.value)});
  return list;
}

// The same of what a vector tells, of all its batches.
inline json records_told(const json& batches) {
  json list = json::array();
  for (const auto& batch : batches) {
    for (const auto& record : batch["records"])
      list.push_back({record["timestamp"], record["key"], record["value"]});
  }
  return list;
}

inline std::vector<json> vectors_of(const char* file) {
  std::vector<json> vectors;
  for (const auto& line : read_lines(vectors_folder() / file)) vectors.push_back(json::parse(line));
  return vectors;
}

}  // namespace fluxmq::testing
