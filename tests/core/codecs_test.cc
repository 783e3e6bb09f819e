// The codecs: what Kafka wrote is read, what is written is read again, and nothing hostile gets
// more than it is allowed.
#include <random>

#include "compression/codec.h"
#include "records_kit.h"

namespace fluxmq::testing {
namespace {

constexpr Compression kCodecs[] = {Compression::kNone, Compression::kGzip, Compression::kSnappy,
                                   Compression::kLz4, Compression::kZstd};

Buffer compressed(const CompressionChoice& choice, Bytes bytes,
                  std::int8_t magic = protocol::kMagicV2) {
  Buffer out;
  CompressedOutput output(choice, out, magic);
  output.write(bytes);
  output.finish();
  return out;
}

TEST(Codecs, ReadWhatKafkaWrites) {
  int compared = 0;
  for (const auto& vector : vectors_of("record-batches.jsonl")) {
    const auto bytes = from_hex(vector["hex"].get<std::string>());
    protocol::RecordBatchCursor cursor(bytes);
    for (const auto& expected : vector["batches"]) {
      const auto batch = cursor.next();
      ASSERT_TRUE(batch);
      const bool is_old = batch->magic() < protocol::kMagicV2;
      const char* key = is_old ? "innerHex" : "recordsHex";
      if (!expected.contains(key)) continue;
      SCOPED_TRACE(vector["name"].get<std::string>());
      const protocol::Message message(batch->bytes());
      const auto type = is_old ? message.compression() : batch->compression();
      const auto from = is_old ? *message.fields()->value : batch->records();
      const auto records = decompress(type, from, kMaxUncompressedBytes, batch->magic());
      ASSERT_TRUE(records);
      EXPECT_EQ(*records, from_hex(expected[key].get<std::string>()));
      if (!records->empty()) {
        EXPECT_FALSE(decompress(type, from, records->size() - 1, batch->magic()));
      }
      ++compared;
    }
  }
  EXPECT_GE(compared, 60);
  std::cout << compared << " compressed batches read\n";
}

TEST(Codecs, ReadWhatTheyWrite) {
  std::mt19937 random(7);
  for (const std::size_t size : {0u, 1u, 100u, 32'768u, 300'000u}) {
    Buffer bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random() % 7);
    for (const auto type : kCodecs) {
      for (const auto magic : {protocol::kMagicV0, protocol::kMagicV1, protocol::kMagicV2}) {
        const auto out = compressed({.type = type}, bytes, magic);
        const auto back = decompress(type, out, size, magic);
        ASSERT_TRUE(back);
        EXPECT_EQ(*back, bytes);
      }
    }
  }
}

TEST(Codecs, TakeLevels) {
  const Buffer bytes(100'000, 'x');
  const auto expect_readable = [&](Compression type, std::int32_t level) {
    const auto back =
        decompress(type, compressed({.type = type, .level = level}, bytes), bytes.size());
    ASSERT_TRUE(back) << level;
    EXPECT_EQ(*back, bytes);
  };
  for (const std::int32_t level : {-1, 1, 9}) expect_readable(Compression::kGzip, level);
  for (const std::int32_t level : {1, 9, 17}) expect_readable(Compression::kLz4, level);
  for (const std::int32_t level : {-131072, 3, 19}) expect_readable(Compression::kZstd, level);
}

// The header checksum of lz4 in magic 0 covers the magic number too: what the first clients check.
TEST(Codecs, WriteTheWrongChecksumOfMagic0) {
  const Buffer bytes(10, 'x');
  const auto wrong = compressed({.type = Compression::kLz4}, bytes, protocol::kMagicV0);
  const auto right = compressed({.type = Compression::kLz4}, bytes, protocol::kMagicV1);
  ASSERT_EQ(wrong.size(), right.size());
  EXPECT_NE(wrong[6], right[6]);
  EXPECT_FALSE(decompress(Compression::kLz4, wrong, 100, protocol::kMagicV1));
  EXPECT_TRUE(decompress(Compression::kLz4, right, 100, protocol::kMagicV0));
  for (const auto& vector : vectors_of("record-batches.jsonl")) {
    if (vector["name"] != "v0-lz4-1") continue;
    const auto set = from_hex(vector["hex"].get<std::string>());
    const auto frame = *protocol::Message(set).fields()->value;
    EXPECT_EQ(Bytes(wrong)[4], frame[4]);
    EXPECT_EQ(Bytes(wrong)[5], frame[5]);
    EXPECT_EQ(Bytes(wrong)[6], frame[6]);
  }
}

TEST(Codecs, StopAtTheBound) {
  const Buffer zeros(8 << 20, 0);
  for (const auto type : kCodecs) {
    const auto bomb = compressed({.type = type}, zeros);
    EXPECT_FALSE(decompress(type, bomb, 1 << 20));
    EXPECT_TRUE(decompress(type, bomb, zeros.size()));
  }
}

// Every prefix, every flipped byte: read or refused, without harm.
TEST(Codecs, TakeHostileBytes) {
  Buffer bytes(200);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i % 11);
  for (const auto type : kCodecs) {
    const auto good = compressed({.type = type}, bytes);
    for (std::size_t i = 0; i < good.size(); ++i) {
      decompress(type, Bytes(good).first(i), 1 << 20);
      auto flipped = good;
      flipped[i] ^= 0x55;
      decompress(type, flipped, 1 << 20);
      decompress(type, flipped, 1 << 20, protocol::kMagicV0);
    }
  }
}

}  // namespace
}  // namespace fluxmq::testing
