// Batch headers, records and the builder against the golden record batches, good and bad.
#include <gtest/gtest.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "fluxmq/protocol/record_batch_builder.h"
#include "vectors.h"

namespace fluxmq::testing {
namespace {

using namespace fluxmq::protocol;
using nlohmann::json;

constexpr std::string_view kCompressionNames[] = {"none", "gzip", "snappy", "lz4", "zstd"};

json base64_or_null(const std::optional<Bytes>& bytes) {
  return bytes ? json(base64_encode(*bytes)) : json(nullptr);
}

void compare_header(const RecordBatch& batch, const json& expected) {
  ASSERT_TRUE(batch.has_header());
  const json actual{
      {"magic", batch.magic()},
      {"baseOffset", batch.base_offset()},
      {"batchLength", batch.batch_length()},
      {"partitionLeaderEpoch", batch.partition_leader_epoch()},
      {"crc", batch.crc()},
      {"attributes", batch.attributes()},
      {"compression", kCompressionNames[static_cast<std::size_t>(batch.compression())]},
      {"timestampType",
       batch.timestamp_type() == TimestampType::kLogAppendTime ? "LogAppendTime" : "CreateTime"},
      {"isTransactional", batch.is_transactional()},
      {"isControlBatch", batch.is_control()},
      {"deleteHorizonMs",
       batch.delete_horizon_ms() ? json(*batch.delete_horizon_ms()) : json(nullptr)},
      {"lastOffsetDelta", batch.last_offset_delta()},
      {"lastOffset", batch.last_offset()},
      {"baseTimestamp", batch.base_timestamp()},
      {"maxTimestamp", batch.max_timestamp()},
      {"producerId", batch.producer_id()},
      {"producerEpoch", batch.producer_epoch()},
      {"baseSequence", batch.base_sequence()},
      {"lastSequence", batch.last_sequence()},
      {"recordCount", batch.record_count()},
  };
  for (const auto& [key, value] : actual.items()) EXPECT_EQ(value, expected.at(key)) << key;
  EXPECT_EQ(crc32c(batch.checksummed()), batch.crc());
}

json headers_of(const Record& record) {
  json headers = json::array();
  record.for_each_header([&](const RecordHeader& header) {
    headers.push_back({{"key", header.key}, {"value", base64_or_null(header.value)}});
  });
  return headers;
}

void compare_records(const RecordBatch& batch, Bytes uncompressed, const json& expected) {
  RecordReader reader(batch, uncompressed);
  Record record;
  std::size_t count = 0;
  while (reader.next(record)) {
    ASSERT_LT(count, expected.size());
    const json& fact = expected[count++];
    EXPECT_EQ(record.offset, fact["offset"].get<std::int64_t>());
    EXPECT_EQ(record.timestamp_ms, fact["timestamp"].get<std::int64_t>());
    EXPECT_EQ(base64_or_null(record.key), fact["key"]);
    EXPECT_EQ(base64_or_null(record.value), fact["value"]);
    EXPECT_EQ(headers_of(record), fact["headers"]);
    if (fact.contains("sequence")) {
      EXPECT_EQ(add_sequence(batch.base_sequence(), record.offset_delta),
                fact["sequence"].get<std::int32_t>());
    }
  }
  EXPECT_EQ(count, expected.size());
}

// A batch that a producer or a coordinator could have sent is built again to the same bytes.
bool is_plain(const RecordBatch& batch) {
  constexpr std::int16_t kBuilt = kTransactionalFlag | kControlFlag;
  return (batch.attributes() & ~kBuilt) == 0 && batch.record_count() > 0 &&
         batch.record_count() == batch.last_offset_delta() + 1;
}

void compare_rebuilt(const RecordBatch& batch) {
  RecordBatchBuilder builder({.base_offset = batch.base_offset(),
                              .partition_leader_epoch = batch.partition_leader_epoch(),
                              .producer_id = batch.producer_id(),
                              .producer_epoch = batch.producer_epoch(),
                              .base_sequence = batch.base_sequence(),
                              .is_transactional = batch.is_transactional(),
                              .is_control = batch.is_control()});
  RecordReader reader(batch);
  Record record;
  while (reader.next(record)) {
    std::vector<RecordHeader> headers;
    record.for_each_header([&](const RecordHeader& header) { headers.push_back(header); });
    builder.append(record.timestamp_ms, record.key, record.value, headers);
  }
  const Bytes built = builder.finish();
  EXPECT_TRUE(std::equal(built.begin(), built.end(), batch.bytes().begin(), batch.bytes().end()));
}

TEST(RecordBatches, AreReadAsKafkaReadsThem) {
  int headers = 0, with_records = 0, rebuilt = 0;
  for (const std::string& text : read_lines(vectors_folder() / "record-batches.jsonl")) {
    const json line = json::parse(text);
    SCOPED_TRACE(line["name"].get<std::string>());
    const auto bytes = from_hex(line["hex"].get_ref<const std::string&>());
    RecordBatchCursor cursor(bytes);
    for (const json& expected : line["batches"]) {
      EXPECT_EQ(cursor.position(), expected["position"].get<std::size_t>());
      const auto batch = cursor.next();
      ASSERT_TRUE(batch.has_value());
      EXPECT_EQ(batch->magic(), expected["magic"].get<std::int8_t>());
      if (batch->magic() != kMagicV2) continue;
      compare_header(*batch, expected);
      ++headers;
      if (batch->compression() == Compression::kNone) {
        compare_records(*batch, batch->records(), expected["records"]);
        if (is_plain(*batch)) {
          compare_rebuilt(*batch);
          ++rebuilt;
        }
      } else if (expected.contains("recordsHex")) {  // but for the largest
        compare_records(*batch, from_hex(expected["recordsHex"].get<std::string>()),
                        expected["records"]);
      }
      ++with_records;
    }
    EXPECT_FALSE(cursor.next().has_value());
    const auto tail = line["partialTailBytes"].get<std::size_t>();
    EXPECT_EQ(cursor.remaining(), tail);
    EXPECT_EQ(cursor.end(),
              tail == 0 ? RecordBatchCursor::End::kComplete : RecordBatchCursor::End::kPartialTail);
  }
  std::printf("%d headers, %d batches of records, %d rebuilt\n", headers, with_records, rebuilt);
  EXPECT_GT(headers, 0);
  EXPECT_GT(rebuilt, 0);
}

// Where our reading of a bad batch gives up.
std::string bad_stage(Bytes bytes) {
  RecordBatchCursor cursor(bytes);
  const auto batch = cursor.next();
  if (!batch) return cursor.end() == RecordBatchCursor::End::kCorrupt ? "batch" : "tail";
  if (!batch->has_header() || crc32c(batch->checksummed()) != batch->crc()) return "checksum";
  try {
    if (!batch->compression_is_known()) return "records";
    RecordReader reader(*batch);
    Record record;
    while (reader.next(record)) {
    }
  } catch (const DecodeError&) {
    return "records";
  }
  return "accepted";
}

TEST(RecordBatches, BadOnesAreRefusedWhereKafkaRefusesThem) {
  int compared = 0;
  for (const std::string& text : read_lines(vectors_folder() / "record-batches-bad.jsonl")) {
    const json line = json::parse(text);
    const auto bytes = from_hex(line["hex"].get<std::string>());
    const std::string name = line["name"];
    const std::string stage = line["stage"];
    // The messages of magic 1 have their own checksum, and the compressed ones a decompressor.
    const bool ours = stage == "batch" || (!name.starts_with("v1") && !name.starts_with("gzip"));
    if (!ours) continue;
    EXPECT_EQ(bad_stage(bytes), stage) << name;
    ++compared;
  }
  std::printf("%d bad batches compared\n", compared);
  EXPECT_GT(compared, 0);
}

TEST(RecordBatches, AreStampedInPlaceOutsideTheirChecksum) {
  RecordBatchBuilder builder;
  builder.append(1000, as_bytes("key"), as_bytes("value"));
  builder.append(900, std::nullopt, std::nullopt);
  MutableRecordBatch batch(builder.finish());
  batch.set_base_offset(std::int64_t{1} << 40);
  batch.set_partition_leader_epoch(9);
  EXPECT_EQ(crc32c(batch.checksummed()), batch.crc());
  EXPECT_EQ(batch.last_offset(), (std::int64_t{1} << 40) + 1);
  EXPECT_EQ(batch.base_timestamp(), 1000);
  EXPECT_EQ(batch.max_timestamp(), 1000);
  batch.set_attributes(kLogAppendTimeFlag);
  EXPECT_NE(crc32c(batch.checksummed()), batch.crc());
}

TEST(RecordBatches, CutAnywhereLeaveAPartialTail) {
  RecordBatchBuilder builder;
  builder.append(1, as_bytes("k"), as_bytes("v"));
  const Bytes whole = builder.finish();
  for (std::size_t size = 1; size < whole.size(); ++size) {
    RecordBatchCursor cursor(whole.first(size));
    EXPECT_FALSE(cursor.next().has_value());
    EXPECT_EQ(cursor.end(), RecordBatchCursor::End::kPartialTail) << size;
  }
}

TEST(RecordBatches, SequencesWrap) {
  EXPECT_EQ(add_sequence(std::numeric_limits<std::int32_t>::max(), 1), 0);
  EXPECT_EQ(add_sequence(std::numeric_limits<std::int32_t>::max() - 1, 3), 1);
  EXPECT_EQ(add_sequence(5, 2), 7);
}

}  // namespace
}  // namespace fluxmq::testing
