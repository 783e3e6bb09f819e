// The checks of a produced batch against the golden vectors: what Kafka 4.3.1 answered and stored.
#include "append_check.h"

#include "fluxmq/protocol/crc32c.h"
#include "fluxmq/protocol/record_batch_builder.h"
#include "records_kit.h"

namespace fluxmq::testing {
namespace {

core::TopicCompression compression_of(const std::string& name) {
  constexpr std::string_view kNames[] = {"uncompressed", "gzip", "snappy", "lz4", "zstd"};
  constexpr std::int32_t kLevels[] = {0, -1, 0, 9, 3};
  for (std::uint8_t i = 0; i < std::size(kNames); ++i) {
    if (name == kNames[i]) return {false, static_cast<Compression>(i), kLevels[i]};
  }
  EXPECT_EQ(name, "producer");
  return {};
}

AppendRules rules_of(const json& vector) {
  AppendRules rules = default_rules();
  rules.log_append_time = vector["timestampType"] == "LogAppendTime";
  rules.compacted = vector["compacted"];
  rules.zstd_allowed = vector["produceVersion"] >= 7;
  rules.old_formats = vector["produceVersion"] < 3;
  rules.timestamp_before_max_ms = vector["timestampBeforeMaxMs"];
  rules.timestamp_after_max_ms = vector["timestampAfterMaxMs"];
  rules.compression = compression_of(vector["compressionType"]);
  return rules;
}

// What two batches have in common whose records only differ in how hard a codec tried.
void expect_same_but_for_codec(const protocol::RecordBatch& batch,
                               const protocol::RecordBatch& stored) {
  EXPECT_EQ(uncompressed_records(batch), uncompressed_records(stored));
  EXPECT_EQ(batch.crc(), protocol::crc32c(batch.checksummed()));
  EXPECT_EQ(batch.batch_length() + 12, static_cast<std::int32_t>(batch.size_bytes()));
  const auto header = [](const protocol::RecordBatch& of) {
    Buffer bytes(of.bytes().begin(), of.bytes().begin() + protocol::kRecordBatchHeaderBytes);
    protocol::MutableRecordBatch changed(bytes);
    changed.set_batch_length(0);
    changed.set_crc(0);
    return bytes;
  };
  EXPECT_EQ(header(batch), header(stored));
}

void expect_stored(core::CheckedAppend& checked, const json& vector) {
  protocol::MutableRecordBatch batch(checked.batch);
  batch.set_base_offset(vector["nextOffset"]);
  batch.set_partition_leader_epoch(vector["leaderEpoch"]);
  const auto stored = from_hex(vector["storedHex"].get<std::string>());
  if (vector["rewritten"].get<bool>()) {
    expect_same_but_for_codec(batch, protocol::RecordBatch(stored));
  } else {
    EXPECT_EQ(Buffer(checked.batch.begin(), checked.batch.end()), stored);
  }
  const bool append_time = vector["timestampType"] == "LogAppendTime";
  EXPECT_EQ(checked.log_append_time_ms, append_time ? vector["now"].get<std::int64_t>() : -1);
}

TEST(AppendCheck, AnswersAndStoresAsKafkaDoes) {
  int compared = 0;
  for (const auto& vector : vectors_of("produce-append.jsonl")) {
    SCOPED_TRACE(vector["name"].get<std::string>());
    auto bytes = from_hex(vector["hex"].get<std::string>());
    auto checked = core::check_append(bytes, rules_of(vector), vector["now"]);
    EXPECT_EQ(checked.outcome.code(), vector["errorCode"].get<int>());
    std::vector<int> indexes;
    for (const auto& error : checked.record_errors) indexes.push_back(error.first);
    EXPECT_EQ(indexes, vector.value("recordErrors", std::vector<int>{}));
    if (checked.outcome.ok() && vector["errorCode"] == 0) expect_stored(checked, vector);
    ++compared;
  }
  EXPECT_GE(compared, 55);
  std::cout << compared << " vectors compared\n";
}

// Every prefix and every flipped byte is refused or taken, without harm.
TEST(AppendCheck, TakesHostileBytes) {
  for (const auto& vector : vectors_of("produce-append.jsonl")) {
    const auto bytes = from_hex(vector["hex"].get<std::string>());
    auto rules = rules_of(vector);
    rules.old_formats = true;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      Buffer prefix(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(i));
      core::check_append(prefix, rules, kNowMs);
      auto flipped = bytes;
      flipped[i] ^= 0x55;
      if (flipped.size() >= protocol::kRecordBatchHeaderBytes) {
        protocol::MutableRecordBatch batch(flipped);
        batch.set_crc(protocol::crc32c(batch.checksummed()));
      }
      core::check_append(flipped, rules, kNowMs);
    }
  }
}

// A batch of one record, with its body as told.
Buffer batch_of(const Buffer& body, Compression compression = Compression::kNone) {
  protocol::RecordBatchBuilder header;
  header.append(1000, std::nullopt, std::nullopt);
  const auto made = header.finish();
  Buffer batch(made.begin(), made.begin() + protocol::kRecordBatchHeaderBytes);
  Buffer record{static_cast<std::uint8_t>(body.size() * 2)};
  record.insert(record.end(), body.begin(), body.end());
  CompressedOutput out({.type = compression}, batch);
  out.write(record);
  out.finish();
  protocol::MutableRecordBatch stamped(batch);
  stamped.set_batch_length(static_cast<std::int32_t>(batch.size() - protocol::kBatchPrefixBytes));
  stamped.set_attributes(static_cast<std::int16_t>(compression));
  stamped.set_crc(protocol::crc32c(stamped.checksummed()));
  return batch;
}

TEST(AppendCheck, LooksAtWholeRecords) {
  const struct {
    const char* what;
    Buffer body;
    ErrorCode error;
  } cases[] = {
      {"null key and value", {0, 0, 0, 1, 1, 0}, ErrorCode::NONE},
      {"other negative lengths", {0, 0, 0, 9, 13, 0}, ErrorCode::NONE},
      {"attributes", {0x7f, 0, 0, 1, 1, 0}, ErrorCode::NONE},
      {"a header", {0, 0, 0, 1, 1, 2, 2, 'h', 1}, ErrorCode::NONE},
      {"value too long", {0, 0, 0, 1, 100, 'a', 0}, ErrorCode::INVALID_RECORD},
      {"headers missing", {0, 0, 0, 1, 1, 4}, ErrorCode::INVALID_RECORD},
      {"headers negative", {0, 0, 0, 1, 1, 1}, ErrorCode::INVALID_RECORD},
      {"header without key", {0, 0, 0, 1, 1, 2, 1, 0}, ErrorCode::INVALID_RECORD},
      {"more than its fields", {0, 0, 0, 1, 1, 0, 'z'}, ErrorCode::INVALID_RECORD},
      {"offset out of place", {0, 0, 2, 1, 1, 0}, ErrorCode::INVALID_RECORD},
  };
  for (const auto& each : cases) {
    for (const auto compression : {Compression::kNone, Compression::kGzip, Compression::kLz4}) {
      SCOPED_TRACE(each.what);
      auto batch = batch_of(each.body, compression);
      EXPECT_EQ(core::check_append(batch, default_rules(), kNowMs).outcome.error, each.error);
    }
  }
}

TEST(AppendCheck, OnlyTheBrokerSaysAppendTime) {
  auto batch = batch_of({0, 0, 0, 1, 1, 0});
  protocol::MutableRecordBatch flagged(batch);
  flagged.set_attributes(protocol::kLogAppendTimeFlag);
  flagged.set_crc(protocol::crc32c(flagged.checksummed()));
  auto rules = default_rules();
  rules.log_append_time = true;
  const auto checked = core::check_append(batch, rules, kNowMs);
  EXPECT_EQ(checked.outcome.error, ErrorCode::INVALID_TIMESTAMP);
  EXPECT_EQ(checked.record_errors.size(), 1u);
}

// What Kafka answers where its own codec fails.
TEST(AppendCheck, BrokenCompression) {
  for (const auto type :
       {Compression::kGzip, Compression::kSnappy, Compression::kLz4, Compression::kZstd}) {
    auto garbage = batch_of({0, 0, 0, 1, 1, 0});
    protocol::MutableRecordBatch batch(garbage);
    batch.set_attributes(static_cast<std::int16_t>(type));
    batch.set_crc(protocol::crc32c(batch.checksummed()));
    EXPECT_EQ(core::check_append(garbage, default_rules(), kNowMs).outcome.error,
              ErrorCode::UNKNOWN_SERVER_ERROR);
  }
}

}  // namespace
}  // namespace fluxmq::testing
