// Batches of magic 2 as consumers of old read them.
#include "down_conversion.h"

#include "fluxmq/protocol/record_batch_builder.h"
#include "records_kit.h"

namespace fluxmq::testing {
namespace {

using protocol::Message;

// What a set holds, as a consumer of old reads it: [offset, timestamp, key, value].
void read_set(Bytes set, std::int64_t base_offset, json& list) {
  protocol::RecordBatchCursor cursor(set);
  while (const auto next = cursor.next()) {
    const Message message(next->bytes());
    ASSERT_TRUE(message.has_valid_crc());
    const auto fields = message.fields();
    ASSERT_TRUE(fields);
    if (!message.is_compressed()) {
      list.push_back({base_offset + message.offset(), fields->timestamp_ms,
                      base64_or_null(fields->key), base64_or_null(fields->value)});
      continue;
    }
    const auto inner =
        decompress(message.compression(), *fields->value, kMaxUncompressedBytes, message.magic());
    ASSERT_TRUE(inner);
    json inside = json::array();
    read_set(*inner, 0, inside);
    if (message.magic() == protocol::kMagicV1) {
      const auto last = inside.back()[0].get<std::int64_t>();
      for (auto& record : inside)
        record[0] = record[0].get<std::int64_t>() + message.offset() - last;
    }
    list.insert(list.end(), inside.begin(), inside.end());
  }
  EXPECT_EQ(cursor.end(), protocol::RecordBatchCursor::End::kComplete);
}

json told(const json& batch, std::int8_t magic, std::int64_t from_offset = 0) {
  json list = json::array();
  for (const auto& record : batch["records"]) {
    if (record["offset"] < from_offset) continue;
    list.push_back({record["offset"], magic == 0 ? json(-1) : record["timestamp"], record["key"],
                    record["value"]});
  }
  return list;
}

Buffer converted(const protocol::RecordBatch& batch, std::int8_t magic,
                 std::int64_t from_offset = 0) {
  Buffer out;
  core::convert_down(batch, magic, from_offset, kMaxUncompressedBytes, out);
  return out;
}

TEST(DownConversion, KeepsOffsetsTimesKeysAndValues) {
  int compared = 0;
  for (const auto& vector : vectors_of("record-batches.jsonl")) {
    const auto bytes = from_hex(vector["hex"].get<std::string>());
    protocol::RecordBatchCursor cursor(bytes);
    for (const auto& expected : vector["batches"]) {
      const auto batch = cursor.next();
      ASSERT_TRUE(batch);
      if (!batch->has_header() || batch->compression() == Compression::kZstd) continue;
      SCOPED_TRACE(vector["name"].get<std::string>());
      for (const std::int8_t magic : {protocol::kMagicV0, protocol::kMagicV1}) {
        const auto set = converted(*batch, magic);
        if (batch->is_control() || batch->record_count() == 0) {
          EXPECT_TRUE(set.empty());
          continue;
        }
        json read = json::array();
        read_set(set, 0, read);
        EXPECT_EQ(read, told(expected, magic));
        const Message first(set);
        EXPECT_EQ(first.magic(), magic);
        EXPECT_EQ(first.compression(), batch->compression());
        const bool tells_append_time =
            magic == 1 && batch->timestamp_type() == protocol::TimestampType::kLogAppendTime;
        EXPECT_EQ((first.attributes() & protocol::kLogAppendTimeFlag) != 0, tells_append_time);
        ++compared;
      }
    }
  }
  EXPECT_GE(compared, 100);
  std::cout << compared << " batches converted\n";
}

TEST(DownConversion, BeginsAtTheOffsetThatIsAskedFor) {
  protocol::RecordBatchBuilder builder({.base_offset = 10});
  for (int i = 0; i < 3; ++i) builder.append(1000 + i, std::nullopt, protocol::as_bytes("v"));
  const protocol::RecordBatch batch(builder.finish());
  json read = json::array();
  read_set(converted(batch, protocol::kMagicV1, 11), 0, read);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0][0], 11);
  EXPECT_TRUE(converted(batch, protocol::kMagicV1, 13).empty());
}

TEST(DownConversion, TakesHostileBytes) {
  for (const auto& vector : vectors_of("record-batches.jsonl")) {
    const auto bytes = from_hex(vector["hex"].get<std::string>());
    if (bytes.size() > 400 || bytes.size() < protocol::kRecordBatchHeaderBytes) continue;
    for (std::size_t i = protocol::kAttributesAt; i < bytes.size(); ++i) {
      auto flipped = bytes;
      flipped[i] ^= 0x55;
      const protocol::RecordBatch batch(flipped);
      if (!batch.has_header() || batch.compression() >= Compression::kZstd) continue;
      try {
        converted(batch, protocol::kMagicV1);
      } catch (const protocol::DecodeError&) {
        continue;
      }
    }
  }
}

}  // namespace
}  // namespace fluxmq::testing
