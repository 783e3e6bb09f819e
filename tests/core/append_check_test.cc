// The checks of a produced batch against the golden vectors: what Kafka 4.3.1 answered and stored.
#include "append_check.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "decompress.h"
#include "fluxmq/protocol/crc32c.h"
#include "vectors.h"

namespace fluxmq::testing {
namespace {

using core::AppendRules;
using nlohmann::json;

AppendRules rules_of(const json& vector) {
  return {.max_message_bytes = 1 << 20,
          .segment_bytes = 1 << 30,
          .log_append_time = vector["timestampType"] == "LogAppendTime",
          .compacted = vector["compacted"],
          .zstd_allowed = vector["produceVersion"] >= 7,
          .timestamp_before_max_ms = vector["timestampBeforeMaxMs"],
          .timestamp_after_max_ms = vector["timestampAfterMaxMs"]};
}

// What only a look into a compressed batch shows: such batches are taken as they are.
bool needs_decompression(const std::string& name) {
  return name == "record-offsets-with-gap-lz4" || name == "gzip-count-wrong" ||
         name == "gzip-max-timestamp-wrong";
}

TEST(AppendCheck, AnswersAndStoresAsKafkaDoes) {
  int compared = 0;
  for (const auto& line : read_lines(vectors_folder() / "produce-append.jsonl")) {
    const auto vector = json::parse(line);
    const std::string name = vector["name"];
    if (vector["compressionType"] != "producer" || needs_decompression(name)) continue;
    SCOPED_TRACE(name);
    auto bytes = from_hex(vector["hex"].get<std::string>());
    const auto checked = core::check_append(bytes, rules_of(vector), vector["now"]);
    EXPECT_EQ(checked.outcome.code(), vector["errorCode"].get<int>());
    ++compared;
    if (vector["errorCode"] != 0) {
      std::vector<int> indexes;
      for (const auto& error : checked.record_errors) indexes.push_back(error.first);
      EXPECT_EQ(indexes, vector.value("recordErrors", std::vector<int>{}));
      continue;
    }
    protocol::MutableRecordBatch batch(checked.batch);
    batch.set_base_offset(vector["nextOffset"]);
    batch.set_partition_leader_epoch(vector["leaderEpoch"]);
    const auto stored = from_hex(vector["storedHex"].get<std::string>());
    EXPECT_EQ(std::vector<std::uint8_t>(checked.batch.begin(), checked.batch.end()), stored);
    EXPECT_EQ(checked.log_append_time_ms,
              rules_of(vector).log_append_time ? vector["now"].get<std::int64_t>() : -1);
  }
  EXPECT_GE(compared, 40);
  std::cout << compared << " vectors compared\n";
}

// Every prefix and every flipped byte is refused or taken, without harm.
TEST(AppendCheck, TakesHostileBytes) {
  for (const auto& line : read_lines(vectors_folder() / "produce-append.jsonl")) {
    const auto vector = json::parse(line);
    const auto bytes = from_hex(vector["hex"].get<std::string>());
    auto rules = rules_of(vector);
    rules.timestamp_before_max_ms = 0;  // look into compressed ones too
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      std::vector<std::uint8_t> prefix(bytes.begin(),
                                       bytes.begin() + static_cast<std::ptrdiff_t>(i));
      core::check_append(prefix, rules, 1'700'000'000'000);
      auto flipped = bytes;
      flipped[i] ^= 0x55;
      if (flipped.size() >= protocol::kRecordBatchHeaderBytes) {
        protocol::MutableRecordBatch batch(flipped);
        batch.set_crc(protocol::crc32c(batch.checksummed()));
      }
      core::check_append(flipped, rules, 1'700'000'000'000);
    }
  }
}

TEST(Decompress, ReadsWhatKafkaReads) {
  int compared = 0;
  for (const auto& line : read_lines(vectors_folder() / "record-batches.jsonl")) {
    const auto vector = json::parse(line);
    const auto bytes = from_hex(vector["hex"].get<std::string>());
    protocol::RecordBatchCursor cursor(bytes);
    for (const auto& expected : vector["batches"]) {
      const auto batch = cursor.next();
      ASSERT_TRUE(batch);
      if (!expected.contains("recordsHex") || !batch->has_header()) continue;
      SCOPED_TRACE(vector["name"].get<std::string>());
      const auto records =
          core::decompress(batch->compression(), batch->records(), core::kMaxUncompressedBytes);
      ASSERT_TRUE(records);
      EXPECT_EQ(*records, from_hex(expected["recordsHex"].get<std::string>()));
      if (!records->empty()) {
        EXPECT_FALSE(core::decompress(batch->compression(), batch->records(), records->size() - 1));
      }
      ++compared;
    }
  }
  EXPECT_GE(compared, 10);
  std::cout << compared << " compressed batches read\n";
}

}  // namespace
}  // namespace fluxmq::testing
