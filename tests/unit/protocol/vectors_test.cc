// Every golden vector of every message: its bytes decode to the values of its JSON, which encode to
// the same bytes. Cut or changed bytes throw DecodeError and do nothing worse. No file and no
// message of the vectors goes untested.
#include "vectors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sstream>

#include "codec.h"
#include "fluxmq/protocol/header.h"

namespace fluxmq::testing {
namespace {

using nlohmann::json;

// One line of a vector file, once it is clear which message it shows.
struct Vector {
  const Codec* codec = nullptr;
  std::int16_t version = 0;
  std::string where;  // for messages of the test
  json value;
  std::vector<std::uint8_t> body;  // without a record's prefix
};

std::string message_name(const json& line) {
  if (line.contains("record")) return line["record"];
  if (line.contains("header") && line["header"].is_string()) return line["header"];
  return line["api"].get<std::string>() + (line["type"] == "request" ? "Request" : "Response");
}

// Coordinator records begin with a prefix: a key's type, anything else's version.
void take_prefix(const json& line, Vector& vector) {
  Reader reader(vector.body);
  const std::int16_t prefix = reader.read_int16();
  EXPECT_EQ(prefix, line["prefix"].get<std::int16_t>()) << vector.where;
  vector.body.erase(vector.body.begin(), vector.body.begin() + 2);
}

bool holds_messages(const std::string& file) {
  const bool by_api = file.size() > 3 && file[2] == '_' && std::isdigit(file[0]) != 0;
  return by_api || file == "headers.jsonl" || file.starts_with("records-");
}

// The other files, and the tests that read them. Nothing in a broker hashes a record's key: murmur2
// is for clients. SCRAM's exchanges come with its mechanism.
const std::set<std::string> kReadElsewhere{
    "frames-by-api.jsonl",   // FramesAreHeaderAndBody, below
    "frames-special.jsonl",  // the same
    "primitives.jsonl",      // primitives_test.cc
    "record-batches.jsonl",  // record_batches_test.cc
    "record-batches-bad.jsonl",
    "produce-append.jsonl",   // tests/core/append_check_test.cc
    "group-partition.jsonl",  // tests/groups/log_test.cc
    "murmur2.jsonl",
    "scram.jsonl",
};

void for_each_vector(const std::function<void(Vector&)>& visit) {
  for (const auto& entry : std::filesystem::directory_iterator(vectors_folder())) {
    const std::string file = entry.path().filename();
    if (entry.path().extension() != ".jsonl" || !holds_messages(file)) continue;
    for (const std::string& text : read_lines(entry.path())) {
      const json line = json::parse(text);
      Vector vector{find_codec(message_name(line)),
                    line["version"],
                    {},
                    line["json"],
                    from_hex(line["hex"].get_ref<const std::string&>())};
      vector.where = message_name(line) + " v" + std::to_string(vector.version) + " " +
                     line.value("name", "") + " of " + file;
      ASSERT_NE(vector.codec, nullptr) << vector.where << ": not declared";
      ASSERT_TRUE(vector.codec->versions.contains(vector.version)) << vector.where;
      if (line.contains("prefix")) take_prefix(line, vector);
      visit(vector);
    }
  }
}

// What a line of index.tsv calls "Produce request"; other lines name a message or a whole file.
std::string indexed_message(const std::string& api, const std::string& type) {
  if (type == "request") return api + "Request";
  if (type == "response") return api + "Response";
  return api;
}

TEST(Vectors, NoFileIsUnread) {
  for (const auto& entry : std::filesystem::directory_iterator(vectors_folder())) {
    const std::string file = entry.path().filename();
    if (entry.path().extension() != ".jsonl") continue;
    EXPECT_TRUE(holds_messages(file) || kReadElsewhere.contains(file)) << file;
  }
}

TEST(Vectors, DecodeToTheirValuesAndEncodeToTheSameBytes) {
  std::size_t compared = 0;
  std::map<std::string, std::size_t, std::less<>> count_by_message;
  for_each_vector([&](Vector& vector) {
    RoundTrip result;
    try {
      result = vector.codec->round_trip(vector.body, vector.version);
    } catch (const DecodeError& error) {
      FAIL() << vector.where << ": " << error.what();
    }
    EXPECT_EQ(result.bytes_left, 0u) << vector.where;
    const json decoded = json::parse(result.json);
    EXPECT_EQ(decoded, vector.value) << vector.where << "\n" << json::diff(vector.value, decoded);
    EXPECT_EQ(result.bytes, vector.body) << vector.where;
    EXPECT_EQ(result.encoded_size, vector.body.size()) << vector.where;
    ++count_by_message[std::string(vector.codec->name)];
    ++compared;
  });
  std::printf("%zu vectors of %zu messages compared\n", compared, count_by_message.size());
  EXPECT_GT(compared, 0u) << "no vectors in " << vectors_folder();

  // As many of each as the folder's index says, and no message of ours without any.
  for (const std::string& line : read_lines(vectors_folder() / "index.tsv")) {
    std::istringstream columns(line);
    std::string key, name, type, versions;
    std::size_t count = 0;
    if (!(columns >> key >> name >> type >> versions >> count) || name == type) continue;
    EXPECT_EQ(count_by_message[indexed_message(name, type)], count) << name << " " << type;
  }
  for (const Codec& codec : all_codecs()) {
    EXPECT_TRUE(count_by_message.contains(codec.name)) << codec.name << " has no vectors";
  }
}

// The header of a frame, encoded again to the same bytes; returns its values, and leaves the body.
json take_header(Reader& reader, const Codec& of, std::int16_t header_version,
                 const std::string& where) {
  const Codec* const codec = find_codec(of.is_request() ? "RequestHeader" : "ResponseHeader");
  const MutableBytes frame = reader.read_raw(reader.remaining());
  const RoundTrip header = codec->round_trip(frame, header_version);
  const std::size_t size = frame.size() - header.bytes_left;
  EXPECT_TRUE(std::ranges::equal(header.bytes, frame.first(size))) << where;
  reader = Reader(frame.subspan(size));
  return json::parse(header.json);
}

// ApiVersions from the future: parsed with its own header, answered in version 0.
bool is_from_the_future(const Codec& codec, std::int16_t version) {
  return codec.name == "ApiVersionsRequest" && !codec.versions.contains(version);
}

TEST(Vectors, FramesAreHeaderAndBody) {
  std::size_t compared = 0;
  for (const char* file : {"frames-by-api.jsonl", "frames-special.jsonl"}) {
    for (const std::string& text : read_lines(vectors_folder() / file)) {
      const json line = json::parse(text);
      const Codec* const codec = find_codec(message_name(line));
      ASSERT_NE(codec, nullptr) << text;
      const std::int16_t version = line["version"];
      const bool flexible = codec->flexible.contains(version);
      const std::int16_t header_version =
          codec->is_request() ? request_header_version(codec->api_key, version, flexible)
                              : response_header_version(codec->api_key, flexible);
      EXPECT_EQ(header_version, line["headerVersion"].get<std::int16_t>()) << text;

      auto frame = from_hex(line["hex"].get_ref<const std::string&>());
      Reader reader(frame);
      EXPECT_EQ(static_cast<std::size_t>(reader.read_int32()), frame.size() - 4) << text;
      EXPECT_EQ(take_header(reader, *codec, header_version, text), line["header"]) << text;
      ++compared;
      if (is_from_the_future(*codec, version)) continue;
      const MutableBytes bytes = reader.read_raw(reader.remaining());
      const auto body = codec->round_trip(bytes, version);
      EXPECT_EQ(json::parse(body.json), line["json"]) << text;
      EXPECT_TRUE(std::ranges::equal(body.bytes, bytes)) << text;
    }
  }
  std::printf("%zu frames compared\n", compared);
  EXPECT_GT(compared, 0u);
}

TEST(Vectors, CutShortTheyThrow) {
  constexpr std::size_t kCutsPerVector = 24;
  for_each_vector([](Vector& vector) {
    const std::size_t size = vector.body.size();
    const std::size_t step = size / kCutsPerVector + 1;
    for (std::size_t cut = 0; cut < size; cut += step) {
      // A copy of its own, so that reading past its end is noticed.
      std::vector<std::uint8_t> body(vector.body.begin(),
                                     vector.body.begin() + static_cast<std::ptrdiff_t>(cut));
      EXPECT_THROW(vector.codec->decode_only(body, vector.version), DecodeError) << vector.where;
    }
  });
}

TEST(Vectors, ChangedTheyDecodeOrThrow) {
  constexpr int kChangesPerVector = 12;
  std::minstd_rand random(1);
  for_each_vector([&](Vector& vector) {
    if (vector.body.empty()) return;
    for (int i = 0; i < kChangesPerVector; ++i) {
      auto body = vector.body;
      for (int changes = 0; changes <= i % 3; ++changes) {
        constexpr std::uint8_t kNasty[] = {0, 1, 0x7f, 0x80, 0xfe, 0xff};
        body[random() % body.size()] = kNasty[random() % sizeof(kNasty)];
      }
      try {
        vector.codec->round_trip(body, vector.version);
      } catch (const DecodeError&) {
        continue;
      }
    }
  });
}

}  // namespace
}  // namespace fluxmq::testing
