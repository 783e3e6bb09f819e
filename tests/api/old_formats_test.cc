// Produce 0 to 2 and Fetch 0 to 3: message sets of magic 0 and 1.
#include "fetch_kit.h"
#include "fluxmq/protocol/message_set.h"

namespace fluxmq::api_tests {
namespace {

constexpr std::int64_t kTimeMs = 1'700'000'000'000;

class OldFormatsTest : public FetchKit {
 protected:
  using Buffer = std::vector<std::uint8_t>;

  static Buffer message_set(std::int8_t magic, const Values& values) {
    Buffer set;
    for (const auto& value : values) {
      NewMessage message;
      message.magic = magic;
      message.timestamp_ms = magic == kMagicV1 ? kTimeMs : kNoTimestamp;
      message.value = as_bytes(value);
      append_message(message, set);
    }
    return set;
  }

  struct Seen {
    std::int64_t offset;
    std::int8_t magic;
    std::int64_t timestamp_ms;
    std::string value;
    bool operator==(const Seen&) const = default;
  };
  static std::vector<Seen> messages_of(Bytes set) {
    std::vector<Seen> seen;
    RecordBatchCursor cursor(set);
    while (const auto next = cursor.next()) {
      const Message message(next->bytes());
      EXPECT_TRUE(message.has_valid_crc());
      const auto fields = message.fields();
      seen.push_back({message.offset(), message.magic(), fields->timestamp_ms,
                      std::string(as_text(*fields->value))});
    }
    EXPECT_EQ(cursor.remaining(), 0u);
    return seen;
  }
  std::vector<Seen> fetch_messages(const NewTopic& topic, std::int64_t offset, std::int16_t version,
                                   std::int32_t max_bytes = 1 << 20) {
    const auto answer =
        client.call<FetchResponse>(fetch_request(topic, {{0, offset, max_bytes}}), version);
    EXPECT_EQ(only(answer).error_code, 0);
    return messages_of(only(answer).records.bytes);
  }
};

TEST_F(OldFormatsTest, ProduceStoresBatches) {
  const auto topic = create_topic();
  std::int64_t next_offset = 0;
  for (std::int16_t version = 0; version <= 2; ++version) {
    for (const std::int8_t magic : {kMagicV0, kMagicV1}) {
      auto set = message_set(magic, {"one", "two"});
      const auto answer = client.call<ProduceResponse>(produce_request(topic, 0, set), version);
      const auto& result = answer->responses.at(0).partition_responses.at(0);
      EXPECT_EQ(result.error_code, 0);
      EXPECT_EQ(result.base_offset, next_offset);
      EXPECT_EQ(result.log_append_time_ms, -1);
      next_offset += 2;
    }
  }
  const auto answer = client.call<FetchResponse>(fetch_request(topic, {{0, 0}}), 12);
  RecordBatchCursor cursor(only(answer).records.bytes);
  for (std::int64_t offset = 0; offset < next_offset; offset += 2) {
    const auto batch = cursor.next();
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->magic(), kMagicV2);
    EXPECT_EQ(batch->base_offset(), offset);
    EXPECT_EQ(batch->record_count(), 2);
    EXPECT_EQ(batch->max_timestamp(), offset % 4 == 0 ? kNoTimestamp : kTimeMs);
  }
  EXPECT_FALSE(cursor.next());
}

TEST_F(OldFormatsTest, ProduceTakesWhatWasAllowed) {
  const auto topic = create_topic();
  const auto result_of = [&](Buffer bytes, std::int16_t version) {
    const auto answer = client.call<ProduceResponse>(produce_request(topic, 0, bytes), version);
    const auto& result = answer->responses.at(0).partition_responses.at(0);
    return std::pair(result.error_code, result.base_offset);
  };
  using Result = std::pair<std::int16_t, std::int64_t>;
  EXPECT_EQ(result_of({}, 2), Result(0, -1));  // nothing
  EXPECT_EQ(result_of(make_batch({"a batch"}), 2), Result(0, 0));
  auto corrupt = message_set(kMagicV1, {"x"});
  corrupt.back() ^= 1;
  EXPECT_EQ(result_of(corrupt, 2), Result(code(ErrorCode::CORRUPT_MESSAGE), -1));
  EXPECT_EQ(result_of(message_set(kMagicV1, {"x"}), 3),
            Result(code(ErrorCode::INVALID_RECORD), -1));
  // As long as a header of magic 2, whose flag of transactions is the message's value.
  EXPECT_EQ(result_of(message_set(kMagicV1, {std::string(100, '\x10')}), 2), Result(0, 1));
}

TEST_F(OldFormatsTest, FetchAnswersInMessages) {
  const auto topic = create_topic();
  auto batch = make_batch({"a", "b", "c"}, {}, kTimeMs);
  client.call<ProduceResponse>(produce_request(topic, 0, batch), 9);
  for (std::int16_t version = 0; version <= 3; ++version) {
    const std::int8_t magic = version < 2 ? kMagicV0 : kMagicV1;
    const std::int64_t time_ms = version < 2 ? kNoTimestamp : kTimeMs;
    const std::vector<Seen> all{
        {0, magic, time_ms, "a"}, {1, magic, time_ms, "b"}, {2, magic, time_ms, "c"}};
    EXPECT_EQ(fetch_messages(topic, 0, version), all);
    // From inside a batch on; and a batch more than the limit allows, where that may be.
    EXPECT_EQ(fetch_messages(topic, 2, version), std::vector<Seen>{all[2]});
    EXPECT_EQ(fetch_messages(topic, 0, version, 10).size(), version < 3 ? 0u : 3u);
    EXPECT_TRUE(fetch_messages(topic, 3, version).empty());
    const auto beyond = client.call<FetchResponse>(fetch_request(topic, {{0, 4}}), version);
    EXPECT_EQ(beyond->responses.at(0).partitions.at(0).error_code,
              code(ErrorCode::OFFSET_OUT_OF_RANGE));
  }
}

TEST_F(OldFormatsTest, FetchGoesOnBatchByBatch) {
  const auto topic = create_topic();
  constexpr int kBatches = 50;
  for (int i = 0; i < kBatches; ++i) produce(topic, 0, {"x" + std::to_string(i), "y"});
  std::int64_t next_offset = 0;
  while (next_offset < 2 * kBatches) {
    const auto seen = fetch_messages(topic, next_offset, 2, 500);
    ASSERT_FALSE(seen.empty());
    for (const auto& message : seen) ASSERT_EQ(message.offset, next_offset++);
  }
}

TEST_F(OldFormatsTest, ZstdReachesNobodyWhoCantKnowIt) {
  const auto topic = create_topic();
  // A frame of zstd, stored raw, that holds one record: null key, null value.
  auto plain = make_batch({"before"});
  client.call<ProduceResponse>(produce_request(topic, 0, plain), 9);
  const Buffer frame{0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, 0x39, 0x00,
                     0x00, 0x0c, 0x00, 0x00, 0x00, 0x01, 0x01, 0x00};
  auto batch = make_batch({""});
  batch.resize(kRecordBatchHeaderBytes);
  batch.insert(batch.end(), frame.begin(), frame.end());
  MutableRecordBatch header(batch);
  header.set_batch_length(static_cast<std::int32_t>(batch.size() - kBatchPrefixBytes));
  header.set_attributes(static_cast<std::int16_t>(Compression::kZstd));
  header.set_crc(crc32c(header.checksummed()));
  const auto stored = client.call<ProduceResponse>(produce_request(topic, 0, batch), 9);
  ASSERT_EQ(stored->responses.at(0).partition_responses.at(0).error_code, 0);
  produce(topic, 0, {"after"});

  for (std::int16_t version = 0; version <= 12; ++version) {
    SCOPED_TRACE(version);
    const auto at_zstd = client.call<FetchResponse>(fetch_request(topic, {{0, 1}}), version);
    const auto before = client.call<FetchResponse>(fetch_request(topic, {{0, 0}}), version);
    EXPECT_EQ(only(before).error_code, 0);
    RecordBatchCursor cursor(only(before).records.bytes);
    int batches = 0;
    while (cursor.next()) ++batches;
    EXPECT_EQ(cursor.remaining(), 0u);
    if (version < 10) {
      EXPECT_EQ(only(at_zstd).error_code, code(ErrorCode::UNSUPPORTED_COMPRESSION_TYPE));
      EXPECT_EQ(only(at_zstd).records.size(), 0u);
      EXPECT_EQ(batches, 1);
    } else {
      EXPECT_EQ(only(at_zstd).error_code, 0);
      EXPECT_EQ(batches, 3);
    }
  }
}

}  // namespace
}  // namespace fluxmq::api_tests
