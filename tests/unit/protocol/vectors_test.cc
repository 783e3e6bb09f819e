// Every golden vector of every declared message: its bytes decode to the values of its JSON, which
// encode to the same bytes. Cut or changed bytes throw DecodeError and do nothing worse.
#include "vectors.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

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
  if (line.contains("header")) return line["header"];
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

// Calls `visit` for the vectors of all declared messages; returns the names of the others.
std::set<std::string> for_each_vector(const std::function<void(Vector&)>& visit) {
  std::set<std::string> undeclared;
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
      if (vector.codec == nullptr) {
        undeclared.insert(message_name(line));
        continue;
      }
      if (line.contains("prefix")) take_prefix(line, vector);
      visit(vector);
    }
  }
  return undeclared;
}

TEST(Vectors, DecodeToTheirValuesAndEncodeToTheSameBytes) {
  std::size_t compared = 0;
  std::set<std::string_view> messages;
  const auto undeclared = for_each_vector([&](Vector& vector) {
    ASSERT_TRUE(vector.codec->versions.contains(vector.version)) << vector.where;
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
    messages.insert(vector.codec->name);
    ++compared;
  });
  std::printf("%zu vectors of %zu messages compared; not declared: %zu messages\n", compared,
              messages.size(), undeclared.size());
  for (const auto& name : undeclared) std::printf("  not declared: %s\n", name.c_str());
  EXPECT_GT(compared, 0u) << "no vectors in " << vectors_folder();
  for (const Codec& codec : all_codecs()) {
    EXPECT_TRUE(messages.contains(codec.name)) << codec.name << " has no vectors";
  }
}

TEST(Vectors, FramesAreHeaderAndBody) {
  std::size_t compared = 0;
  for (const char* file : {"frames-by-api.jsonl", "frames-special.jsonl"}) {
    for (const std::string& text : read_lines(vectors_folder() / file)) {
      const json line = json::parse(text);
      const Codec* const codec =
          find_codec(message_name(json{{"api", line["api"]}, {"type", line["type"]}}));
      const std::int16_t version = line["version"];
      if (codec == nullptr || !codec->versions.contains(version)) continue;
      const bool flexible = codec->flexible.contains(version);
      const std::int16_t header_version =
          codec->is_request() ? request_header_version(codec->api_key, version, flexible)
                              : response_header_version(codec->api_key, flexible);
      EXPECT_EQ(header_version, line["headerVersion"].get<std::int16_t>()) << text;

      auto frame = from_hex(line["hex"].get_ref<const std::string&>());
      Reader reader(frame);
      EXPECT_EQ(static_cast<std::size_t>(reader.read_int32()), frame.size() - 4) << text;
      if (codec->is_request()) {
        const auto header = decode<RequestHeader>(reader, header_version);
        EXPECT_EQ(header.request_api_key, codec->api_key) << text;
        EXPECT_EQ(header.request_api_version, version) << text;
      } else {
        decode<ResponseHeader>(reader, header_version);
      }
      const auto body = codec->round_trip(reader.read_raw(reader.remaining()), version);
      EXPECT_EQ(json::parse(body.json), line["json"]) << text;
      EXPECT_EQ(body.bytes_left, 0u) << text;
      ++compared;
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
