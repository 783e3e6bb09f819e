// Message sets of magic 0 and 1 as Produce 0 to 2 bring them. The answers are Kafka 3.9.2's.
#include "append_check.h"
#include "fluxmq/protocol/crc32c.h"
#include "fluxmq/protocol/record_batch_builder.h"
#include "records_kit.h"

namespace fluxmq::testing {
namespace {

using protocol::kLogAppendTimeFlag;
using protocol::NewMessage;
using Messages = std::vector<NewMessage>;

constexpr std::int64_t kTimeMs = 1'700'000'400'000;

NewMessage message(std::int64_t offset, std::string_view value, std::int64_t time_ms = kTimeMs,
                   std::int8_t magic = protocol::kMagicV1) {
  return {.offset = offset,
          .magic = magic,
          .timestamp_ms = time_ms,
          .value = protocol::as_bytes(value)};
}

Buffer set_of(const Messages& messages) {
  Buffer set;
  for (const auto& each : messages) append_message(each, set);
  return set;
}

Buffer gzip(const Buffer& bytes) {
  Buffer out;
  CompressedOutput output({.type = Compression::kGzip}, out);
  output.write(bytes);
  output.finish();
  return out;
}

// A set of one gzipped message that holds `inner`.
Buffer wrapped(const Buffer& inner, NewMessage wrapper) {
  const Buffer value = gzip(inner);
  wrapper.attributes = static_cast<std::int8_t>(wrapper.attributes | 1);
  wrapper.value = value;
  return set_of({wrapper});
}

Buffer joined(Buffer a, const Buffer& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

ErrorCode error_of(Buffer set, const AppendRules& rules = default_rules()) {
  return core::check_append(set, rules, kNowMs).outcome.error;
}

// Stored as one batch: [timestamp, key, value] of its records.
json stored(Buffer set, const AppendRules& rules = default_rules()) {
  const auto checked = core::check_append(set, rules, kNowMs);
  EXPECT_EQ(checked.outcome.error, ErrorCode::NONE);
  if (checked.batch.empty()) return json::array();
  const protocol::RecordBatch batch(checked.batch);
  EXPECT_EQ(batch.crc(), protocol::crc32c(batch.checksummed()));
  EXPECT_EQ(batch.record_count(), batch.last_offset_delta() + 1);
  EXPECT_FALSE(batch.has_producer_id());
  return records_of(batch);
}

TEST(MessageSets, AreStoredWithTheirRecords) {
  int converted = 0;
  for (const auto& vector : vectors_of("record-batches.jsonl")) {
    const std::string name = vector["name"];
    if (!name.starts_with("v0-") && !name.starts_with("v1-")) continue;
    SCOPED_TRACE(name);
    const auto set = from_hex(vector["hex"].get<std::string>());
    const auto& batches = vector["batches"];
    const bool is_compressed = batches.back()["compression"] != "none";
    if (is_compressed && batches.size() > 1) {
      EXPECT_EQ(error_of(set), ErrorCode::INVALID_RECORD);
      continue;
    }
    auto rules = default_rules();
    // A client may not say LogAppendTime; where it has a time besides, Kafka takes that.
    rules.log_append_time = false;
    EXPECT_EQ(stored(set, rules), records_told(batches));
    auto copy = set;
    const auto checked = core::check_append(copy, rules, kNowMs);
    const protocol::RecordBatch batch(checked.batch);
    constexpr std::string_view kNames[] = {"none", "gzip", "snappy", "lz4"};
    EXPECT_EQ(kNames[static_cast<std::size_t>(batch.compression())],
              batches[0]["compression"].get<std::string>());
    EXPECT_EQ(batch.timestamp_type(), protocol::TimestampType::kCreateTime);
    ++converted;
  }
  EXPECT_GE(converted, 40);
  std::cout << converted << " message sets converted\n";
}

TEST(MessageSets, GetConsecutiveOffsetsAndTheirTimes) {
  auto set = set_of({message(0, "a"), message(7, "b", kTimeMs - 5), message(3, "c", kTimeMs + 5)});
  const auto checked = core::check_append(set, default_rules(), kNowMs);
  ASSERT_TRUE(checked.outcome.ok());
  const protocol::RecordBatch batch(checked.batch);
  EXPECT_EQ(batch.last_offset_delta(), 2);
  EXPECT_EQ(batch.base_timestamp(), kTimeMs);
  EXPECT_EQ(batch.max_timestamp(), kTimeMs + 5);
  EXPECT_EQ(batch.attributes(), 0);
  EXPECT_EQ(checked.log_append_time_ms, -1);
}

TEST(MessageSets, OfMagic0HaveNoTime) {
  auto set = set_of({message(0, "a", kTimeMs, protocol::kMagicV0)});
  const auto checked = core::check_append(set, default_rules(), kNowMs);
  ASSERT_TRUE(checked.outcome.ok());
  EXPECT_EQ(protocol::RecordBatch(checked.batch).base_timestamp(), -1);
  EXPECT_EQ(protocol::RecordBatch(checked.batch).max_timestamp(), -1);
}

TEST(MessageSets, GetTheAppendTimeOfTheTopic) {
  auto rules = default_rules();
  rules.log_append_time = true;
  auto set = set_of({message(0, "a"), message(1, "b", kTimeMs + 1)});
  const auto checked = core::check_append(set, rules, kNowMs);
  ASSERT_TRUE(checked.outcome.ok());
  const protocol::RecordBatch batch(checked.batch);
  EXPECT_EQ(batch.attributes(), kLogAppendTimeFlag);
  EXPECT_EQ(batch.base_timestamp(), kTimeMs);
  EXPECT_EQ(batch.max_timestamp(), kNowMs);
  EXPECT_EQ(checked.log_append_time_ms, kNowMs);
}

TEST(MessageSets, TakeTheTimeOfAWrapperWithAppendTime) {
  auto wrapper = message(1, "", kTimeMs + 77);
  wrapper.attributes = kLogAppendTimeFlag;
  const auto set = wrapped(set_of({message(0, "a"), message(1, "b")}), wrapper);
  for (const auto& record : stored(set)) EXPECT_EQ(record[0], kTimeMs + 77);
}

TEST(MessageSets, MayBeEmptyOrCutOff) {
  EXPECT_EQ(stored({}), json::array());
  auto cut = set_of({message(0, "a"), message(1, "b")});
  cut.pop_back();
  EXPECT_EQ(stored(cut).size(), 1u);
  auto inner = set_of({message(0, "a"), message(1, "b")});
  inner.pop_back();
  EXPECT_EQ(stored(wrapped(inner, message(1, ""))).size(), 1u);
}

TEST(MessageSets, TheOffsetOfAWrapper) {
  const auto inner = set_of({message(0, "a"), message(5, "b")});
  EXPECT_EQ(error_of(wrapped(inner, message(5, ""))), ErrorCode::NONE);
  EXPECT_EQ(error_of(wrapped(inner, message(0, ""))), ErrorCode::NONE);
  EXPECT_EQ(error_of(wrapped(inner, message(4, ""))), ErrorCode::INVALID_RECORD);
}

TEST(MessageSets, AreRefusedAsKafkaRefusesThem) {
  const auto one = set_of({message(0, "a")});
  const auto old = set_of({message(0, "a", -1, protocol::kMagicV0)});
  const auto gzipped = wrapped(one, message(0, ""));
  auto bad_crc = one;
  bad_crc[12] ^= 1;
  auto size_13 = one;
  size_13[11] = 13;
  auto codec_5 = message(0, "x");
  codec_5.attributes = 5;
  auto zstd = message(0, "x");
  zstd.attributes = 4;
  auto garbage = message(0, "garbage");
  garbage.attributes = 1;
  auto no_value = garbage;
  no_value.value.reset();
  auto append_time = message(0, "x", -1);
  append_time.attributes = kLogAppendTimeFlag;
  auto cut_value = message(0, "abcdefgh");
  Buffer key_too_long = set_of({cut_value});
  protocol::store_big_endian(key_too_long.data() + 26, std::int32_t{100});
  protocol::store_big_endian(key_too_long.data() + protocol::kMessageCrcAt,
                             protocol::message_crc(key_too_long));
  protocol::RecordBatchBuilder builder;
  builder.append(kTimeMs, std::nullopt, std::nullopt);
  const auto made = builder.finish();
  const Buffer batch(made.begin(), made.end());
  const struct {
    const char* what;
    Buffer set;
    ErrorCode error;
  } cases[] = {
      {"two magics", joined(one, old), ErrorCode::INVALID_RECORD},
      {"a batch behind", joined(one, batch), ErrorCode::INVALID_RECORD},
      {"two wrappers", joined(gzipped, gzipped), ErrorCode::INVALID_RECORD},
      {"plain and wrapper", joined(one, gzipped), ErrorCode::INVALID_RECORD},
      {"magic 0 in 1", wrapped(old, message(0, "")), ErrorCode::INVALID_RECORD},
      {"magic 1 in 0", wrapped(one, message(0, "", -1, protocol::kMagicV0)),
       ErrorCode::INVALID_RECORD},
      {"nested", wrapped(gzipped, message(0, "")), ErrorCode::INVALID_RECORD},
      {"nothing inside", wrapped({}, message(0, "")), ErrorCode::INVALID_RECORD},
      {"no value", set_of({no_value}), ErrorCode::INVALID_RECORD},
      {"zstd", set_of({zstd}), ErrorCode::INVALID_RECORD},
      {"checksum", bad_crc, ErrorCode::CORRUPT_MESSAGE},
      {"second checksum", joined(one, bad_crc), ErrorCode::CORRUPT_MESSAGE},
      {"inner checksum", wrapped(bad_crc, message(0, "")), ErrorCode::CORRUPT_MESSAGE},
      {"size", size_13, ErrorCode::CORRUPT_MESSAGE},
      {"inner size", wrapped(size_13, message(0, "")), ErrorCode::CORRUPT_MESSAGE},
      {"unknown codec", set_of({codec_5}), ErrorCode::UNKNOWN_SERVER_ERROR},
      {"garbage", set_of({garbage}), ErrorCode::UNKNOWN_SERVER_ERROR},
      {"key too long", key_too_long, ErrorCode::UNKNOWN_SERVER_ERROR},
      {"append time without a time", set_of({append_time}), ErrorCode::INVALID_TIMESTAMP},
  };
  for (const auto& each : cases) EXPECT_EQ(error_of(each.set), each.error) << each.what;
}

TEST(MessageSets, KeepTheRulesOfTheTopic) {
  const auto two = set_of({message(0, "a"), message(1, "b")});
  auto compacted = default_rules();
  compacted.compacted = true;
  EXPECT_EQ(error_of(two, compacted), ErrorCode::INVALID_RECORD);
  auto late = default_rules();
  late.timestamp_before_max_ms = 1000;
  EXPECT_EQ(error_of(two, late), ErrorCode::INVALID_TIMESTAMP);
  EXPECT_EQ(error_of(wrapped(two, message(1, "")), late), ErrorCode::INVALID_TIMESTAMP);
  auto small = default_rules();
  small.max_message_bytes = 80;
  EXPECT_EQ(error_of(two, small), ErrorCode::NONE);
  EXPECT_EQ(error_of(joined(two, two), small), ErrorCode::MESSAGE_TOO_LARGE);
  small.max_message_bytes = 30;
  EXPECT_EQ(error_of(two, small), ErrorCode::MESSAGE_TOO_LARGE);
}

TEST(MessageSets, AreCompressedAsTheTopicAsks) {
  const auto two = set_of({message(0, "a"), message(1, "b")});
  for (const auto type : {Compression::kNone, Compression::kGzip, Compression::kSnappy,
                          Compression::kLz4, Compression::kZstd}) {
    auto rules = default_rules();
    rules.compression = {false, type, type == Compression::kLz4 ? 9 : 1};
    for (auto set : {two, wrapped(two, message(1, ""))}) {
      const auto checked = core::check_append(set, rules, kNowMs);
      ASSERT_TRUE(checked.outcome.ok());
      EXPECT_EQ(protocol::RecordBatch(checked.batch).compression(), type);
      EXPECT_EQ(records_of(protocol::RecordBatch(checked.batch)).size(), 2u);
    }
  }
}

TEST(MessageSets, DontGrowWithoutBound) {
  const std::string zeros(4 << 20, '\0');
  auto rules = default_rules();
  rules.max_uncompressed_bytes = 1 << 20;
  const auto bomb = wrapped(set_of({message(0, zeros)}), message(0, ""));
  EXPECT_EQ(error_of(bomb, rules), ErrorCode::MESSAGE_TOO_LARGE);
  // Within the bound, but more than max.message.bytes once it isn't compressed any more.
  rules = default_rules();
  EXPECT_EQ(error_of(bomb, rules), ErrorCode::NONE);
  rules.compression = {false, Compression::kNone, 0};
  EXPECT_EQ(error_of(bomb, rules), ErrorCode::MESSAGE_TOO_LARGE);
}

TEST(MessageSets, TakeHostileBytes) {
  for (const auto& vector : vectors_of("record-batches.jsonl")) {
    const auto bytes = from_hex(vector["hex"].get<std::string>());
    if (bytes.size() > 400 || bytes.size() <= protocol::kMessageAttributesAt) continue;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      error_of(Buffer(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(i)));
      auto flipped = bytes;
      flipped[i] ^= 0x55;
      protocol::store_big_endian(flipped.data() + protocol::kMessageCrcAt,
                                 protocol::message_crc(flipped));
      error_of(flipped);
    }
  }
}

}  // namespace
}  // namespace fluxmq::testing
