// Reader, Writer and the checksum against the golden primitives; error codes and API keys against
// the facts; and what hostile lengths cost.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "fluxmq/protocol/api_keys.h"
#include "fluxmq/protocol/crc32c.h"
#include "fluxmq/protocol/errors.h"
#include "fluxmq/protocol/messages/fetch.h"
#include "fluxmq/protocol/messages/metadata.h"
#include "vectors.h"

namespace fluxmq::testing {
namespace {

using namespace fluxmq::protocol;
using nlohmann::json;

std::vector<std::uint8_t> written(const std::function<void(Writer&)>& write) {
  Writer writer;
  write(writer);
  return {writer.bytes().begin(), writer.bytes().end()};
}

// Integers are numbers or, where they don't fit into one, strings.
template <class T>
T integer(const json& value) {
  if (value.is_number()) return static_cast<T>(value.get<std::int64_t>());
  const std::string text = value;
  return static_cast<T>(text.starts_with('-') ? static_cast<std::uint64_t>(std::stoll(text))
                                              : std::stoull(text));
}

// Writes a value, compares the bytes, reads it back.
template <class T>
void check_integer(const json& line, void (*write)(Writer&, T), T (*read)(Reader&)) {
  const auto value = integer<T>(line["value"]);
  auto bytes = from_hex(line["hex"].get<std::string>());
  EXPECT_EQ(written([&](Writer& writer) { write(writer, value); }), bytes) << line;
  Reader reader(bytes);
  EXPECT_EQ(read(reader), value) << line;
  EXPECT_EQ(reader.remaining(), 0u) << line;
  SizeCounter counter;
  if constexpr (std::is_same_v<T, std::uint32_t>) {
    if (line["kind"] == "unsigned-varint") {
      counter.write_unsigned_varint(value);
      EXPECT_EQ(counter.size(), bytes.size()) << line;
    }
  }
  if constexpr (std::is_same_v<T, std::uint64_t>) {
    counter.write_unsigned_varlong(value);
    EXPECT_EQ(counter.size(), bytes.size()) << line;
  }
}

// Odd bytes: what a reader makes of them, and what it leaves; or that it refuses them.
template <class T>
void check_read(const json& line, T (*read)(Reader&)) {
  auto bytes = from_hex(line["hex"].get<std::string>());
  Reader reader(bytes);
  if (line["value"].is_null()) {
    EXPECT_THROW(read(reader), DecodeError) << line;
    return;
  }
  EXPECT_EQ(read(reader), integer<T>(line["value"])) << line;
  EXPECT_EQ(reader.remaining(), line["bytesLeft"].get<std::size_t>()) << line;
}

// Strings and bytes share their shape: text or hex, null or not, compact or not.
void check_sized(const json& line) {
  const std::string kind = line["kind"];
  const bool compact = kind.starts_with("compact");
  const bool is_string = kind.ends_with("string");
  const json& value = is_string ? line["value"] : line["data"];
  auto bytes = from_hex(line["hex"].get<std::string>());
  Reader reader(bytes);
  const std::int32_t length =
      is_string ? reader.read_string_length(compact) : reader.read_length(compact);
  if (value.is_null()) {
    EXPECT_EQ(length, Reader::kNull) << line;
    EXPECT_EQ(written([&](Writer& writer) {
                is_string ? writer.write_null_string(compact) : writer.write_null_length(compact);
              }),
              bytes);
    return;
  }
  const std::string text = value;
  const auto raw = from_hex(is_string ? "" : text);
  const Bytes content = is_string ? as_bytes(text) : Bytes(raw);
  const Bytes read = reader.read_raw(static_cast<std::size_t>(length));
  EXPECT_TRUE(std::equal(read.begin(), read.end(), content.begin(), content.end())) << line;
  EXPECT_EQ(written([&](Writer& writer) {
              is_string ? writer.write_string(text, compact) : writer.write_bytes(content, compact);
            }),
            bytes)
      << line;
}

void check_array(const json& line) {
  const bool compact = line["kind"] == "compact-array-int32";
  const auto count = line["count"].get<std::int32_t>();
  auto bytes = from_hex(line["hex"].get<std::string>());
  Reader reader(bytes);
  EXPECT_EQ(reader.read_length(compact), count) << line;
  for (std::int32_t i = 0; i < count; ++i) EXPECT_EQ(reader.read_int32(), i) << line;
  EXPECT_EQ(reader.remaining(), 0u) << line;
}

void check_float(const json& line) {
  const double value = std::strtod(line["value"].get<std::string>().c_str(), nullptr);
  auto bytes = from_hex(line["hex"].get<std::string>());
  const double read = Reader(bytes).read_float64();
  EXPECT_TRUE(read == value || (std::isnan(read) && std::isnan(value))) << line;
  EXPECT_EQ(written([&](Writer& writer) { writer.write_float64(read); }), bytes) << line;
}

void check_uuid(const json& line) {
  auto bytes = from_hex(line["hex"].get<std::string>());
  const Uuid uuid = Reader(bytes).read_uuid();
  EXPECT_EQ(uuid.to_string(), line["value"].get<std::string>());
  EXPECT_EQ(Uuid::from_string(line["value"].get<std::string>()), uuid);
  EXPECT_EQ(written([&](Writer& writer) { writer.write_uuid(uuid); }), bytes);
}

void check_crc32c(const json& line) {
  const auto data = from_hex(line["data"].get<std::string>());
  EXPECT_EQ(crc32c(data), line["value"].get<std::uint32_t>()) << line;
  const Bytes bytes(data);
  const std::size_t half = bytes.size() / 2;
  EXPECT_EQ(crc32c(bytes.subspan(half), crc32c(bytes.first(half))), crc32c(data));
}

void check_bool(const json& line) {
  auto bytes = from_hex(line["hex"].get<std::string>());
  EXPECT_EQ(Reader(bytes).read_bool(), line["value"] == "true");
  EXPECT_EQ(written([&](Writer& writer) { writer.write_bool(line["value"] == "true"); }), bytes);
}

#define INTEGER(type, name)                                                   \
  [](const json& line) {                                                      \
    check_integer<type>(                                                      \
        line, [](Writer& writer, type value) { writer.write_##name(value); }, \
        [](Reader& reader) { return reader.read_##name(); });                 \
  }
#define ODD_INTEGER(type, name)                                                  \
  [](const json& line) {                                                         \
    check_read<type>(line, [](Reader& reader) { return reader.read_##name(); }); \
  }

TEST(Primitives, AreReadAndWrittenAsKafkaDoes) {
  const std::map<std::string, std::function<void(const json&)>> checks{
      {"varint", INTEGER(std::int32_t, varint)},
      {"varlong", INTEGER(std::int64_t, varlong)},
      {"unsigned-varint", INTEGER(std::uint32_t, unsigned_varint)},
      {"unsigned-varlong", INTEGER(std::uint64_t, unsigned_varlong)},
      {"varint-read", ODD_INTEGER(std::int32_t, varint)},
      {"varlong-read", ODD_INTEGER(std::int64_t, varlong)},
      {"unsigned-varint-read", ODD_INTEGER(std::uint32_t, unsigned_varint)},
      {"unsigned-varlong-read", ODD_INTEGER(std::uint64_t, unsigned_varlong)},
      {"int8", INTEGER(std::int8_t, int8)},
      {"int16", INTEGER(std::int16_t, int16)},
      {"uint16", INTEGER(std::uint16_t, uint16)},
      {"int32", INTEGER(std::int32_t, int32)},
      {"uint32", INTEGER(std::uint32_t, uint32)},
      {"int64", INTEGER(std::int64_t, int64)},
      {"bool", check_bool},
      {"float64", check_float},
      {"uuid", check_uuid},
      {"crc32c", check_crc32c},
      {"crc32", [](const json&) {}},  // magic 0 and 1 are not the codec's affair
      {"string", check_sized},
      {"compact-string", check_sized},
      {"nullable-string", check_sized},
      {"compact-nullable-string", check_sized},
      {"bytes", check_sized},
      {"compact-bytes", check_sized},
      {"nullable-bytes", check_sized},
      {"compact-nullable-bytes", check_sized},
      {"array-int32", check_array},
      {"compact-array-int32", check_array},
  };
  std::size_t compared = 0;
  for (const std::string& text : read_lines(vectors_folder() / "primitives.jsonl")) {
    const json line = json::parse(text);
    const auto check = checks.find(line["kind"]);
    ASSERT_NE(check, checks.end()) << line["kind"];
    check->second(line);
    ++compared;
  }
  std::printf("%zu primitives compared\n", compared);
  EXPECT_GT(compared, 0u);
}

TEST(Primitives, ErrorCodesAndApiKeysAreKafkas) {
  for (const std::string& line : read_lines(protocol_facts_folder() / "errors.tsv")) {
    std::istringstream columns(line);
    std::string code, name, retriable;
    columns >> code >> name >> retriable;
    if (code == "code") continue;
    const auto error = static_cast<ErrorCode>(std::stoi(code));
    EXPECT_EQ(error_name(error), name);
    EXPECT_EQ(is_retriable(error), retriable == "true") << name;
    EXPECT_FALSE(error_message(error).empty());
  }
  EXPECT_EQ(to_int16(ErrorCode::REBOOTSTRAP_REQUIRED), 129);
  EXPECT_EQ(error_name(static_cast<ErrorCode>(9999)), "UNKNOWN_SERVER_ERROR");
  for (const std::string& line : read_lines(protocol_facts_folder() / "apis.tsv")) {
    std::istringstream columns(line);
    std::string key, name;
    columns >> key >> name;
    if (key == "key") continue;
    EXPECT_EQ(api_name(static_cast<std::int16_t>(std::stoi(key))), name);
  }
  EXPECT_EQ(api_name(std::int16_t{-1}), "");
  EXPECT_EQ(api_name(ApiKey::ApiVersions), "ApiVersions");
}

TEST(HostileLengths, AreRefusedBeforeAnythingIsAllocated) {
  // Metadata 1: an array that claims 2^31-1 topics.
  auto claims_too_many = from_hex("7fffffff0000");
  Reader reader(claims_too_many);
  EXPECT_THROW(decode<MetadataRequest>(reader, 1), DecodeError);
  // 20,000 empty names do lie there, two bytes each, but would take 40 bytes each in memory.
  std::vector<std::uint8_t> many(4 + 2 * 20000);
  many[2] = 20000 >> 8;
  many[3] = 20000 & 0xff;
  Reader limited(many, 40000);
  EXPECT_THROW(decode<MetadataRequest>(limited, 1), DecodeError);
  Reader unlimited(many, 40 * 20000);
  EXPECT_EQ(decode<MetadataRequest>(unlimited, 1).topics->size(), 20000u);
}

TEST(Records, InSegmentsAreSplicedIntoTheMessage) {
  std::vector<std::uint8_t> inlined{1, 2, 3};
  FetchResponse response;
  response.responses.resize(1);
  auto& partitions = response.responses[0].partitions;
  partitions.resize(3);
  partitions[0].records.segments.push_back(
      {FLUXMQ_SEGMENT_FILE, 7, nullptr, 4096, 1000, nullptr, nullptr});
  partitions[1].records.bytes = inlined;
  partitions[2].records.segments.push_back(
      {FLUXMQ_SEGMENT_FILE, 8, nullptr, 0, 500, nullptr, nullptr});
  for (const auto version : std::initializer_list<std::int16_t>{4, 11, 12, 18}) {
    Writer writer;
    encode(writer, response, version);
    EXPECT_EQ(writer.size(), encoded_size(response, version));
    EXPECT_EQ(writer.size(), writer.bytes().size() + 1500);
    const auto pieces = writer.segments();
    ASSERT_EQ(pieces.size(), version < 12 ? 4u : 5u);  // flexible: tags follow the last records
    EXPECT_EQ(pieces[0].kind, FLUXMQ_SEGMENT_MEMORY);
    EXPECT_EQ(pieces[1].fd, 7);
    EXPECT_EQ(pieces[1].offset, 4096u);
    EXPECT_EQ(pieces[3].fd, 8);
    // With the segments' bytes in their places the message reads as it was written.
    std::vector<std::uint8_t> whole;
    for (const auto& piece : pieces) {
      if (piece.kind == FLUXMQ_SEGMENT_MEMORY) {
        whole.insert(whole.end(), piece.data, piece.data + piece.length);
      } else {
        whole.resize(whole.size() + piece.length);
      }
    }
    Reader reader(whole);
    const auto decoded = decode<FetchResponse>(reader, version);
    EXPECT_EQ(reader.remaining(), 0u);
    ASSERT_EQ(decoded.responses[0].partitions.size(), 3u);
    EXPECT_EQ(decoded.responses[0].partitions[0].records.size(), 1000u);
    EXPECT_EQ(decoded.responses[0].partitions[1].records.size(), 3u);
    EXPECT_EQ(decoded.responses[0].partitions[2].records.size(), 500u);
  }
}

}  // namespace
}  // namespace fluxmq::testing
