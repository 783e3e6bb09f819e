// Every descriptor against what the protocol facts of both Kafka releases say, version by version:
// the same fields in the same order, with the same types, nullability, tags and defaults.
#include <gtest/gtest.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>

#include "codec.h"
#include "vectors.h"

namespace fluxmq::testing {
namespace {

using nlohmann::json;

VersionRange parse_range(const std::string& text) {
  if (text == "none") return never();
  if (text.ends_with('+')) return {static_cast<std::int16_t>(std::stoi(text)), kNewest};
  const auto min = static_cast<std::int16_t>(std::stoi(text));
  const auto dash = text.find('-');
  const auto max = dash == std::string::npos ? min : std::stoi(text.substr(dash + 1));
  return {min, static_cast<std::int16_t>(max)};
}

VersionRange range_of(const json& fact, const char* key) {
  return fact.contains(key) ? parse_range(fact[key]) : never();
}

// The type as codec.h spells it: structs lose their names.
std::string type_of(const json& field) {
  static const std::set<std::string> kPrimitives{"bool",  "int8",    "int16",   "uint16",
                                                 "int32", "int64",   "float64", "string",
                                                 "bytes", "records", "uuid"};
  const std::string type = field["type"];
  const bool is_array = type.starts_with("[]");
  const std::string element = is_array ? type.substr(2) : type;
  return std::string(is_array ? "[]" : "") + (kPrimitives.contains(element) ? element : "struct");
}

std::string element_name(const json& field) {
  const std::string type = field["type"];
  return type.starts_with("[]") ? type.substr(2) : type;
}

// The default that Kafka's classes have, as JSON. Records aren't told apart: null or empty.
json default_of(const json& field, VersionRange nullable) {
  const std::string type = type_of(field);
  const std::string given = field.value("default", "");
  if (given == "null" && nullable.min <= nullable.max) return nullptr;
  if (type.starts_with("[]")) return json::array();
  if (type == "string" || type == "bytes") return given;
  if (type == "uuid") return given.empty() ? "AAAAAAAAAAAAAAAAAAAAAA" : given;
  if (type == "bool") return given == "true";
  if (type == "float64") return given.empty() ? 0.0 : std::stod(given);
  return given.empty() ? 0 : std::stoll(given, nullptr, 0);
}

class Comparison {
 public:
  Comparison(const json& message, std::int16_t version) : message_(message), version_(version) {}

  void compare(const std::string& path, const json& facts, const std::vector<FieldFact>& fields) {
    const auto expected = present(facts);
    const auto actual = present(fields);
    ASSERT_EQ(names(expected), names(actual)) << path << " in version " << version_;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      compare_field(path + "." + std::string(actual[i].name), expected[i], actual[i]);
    }
  }

 private:
  void compare_field(const std::string& path, const json& fact, const FieldFact& field) {
    const std::string where = path + " in version " + std::to_string(version_);
    EXPECT_EQ(type_of(fact), field.type) << where;
    const VersionRange nullable = range_of(fact, "nullableVersions");
    EXPECT_EQ(nullable.contains(version_), field.nullable.contains(version_)) << where;
    EXPECT_EQ(fact.value("tag", -1), field.tag) << where;
    if (field.type == "struct") {
      EXPECT_EQ(fact.value("default", "") == "null", field.standard == "null") << where;
    } else if (field.type != "records") {
      EXPECT_EQ(default_of(fact, nullable), json::parse(field.standard)) << where;
    }
    if (field.type.ends_with("struct")) compare(path, fields_of(fact), field.fields);
  }

  // Fields without a tag in their order, then those with one in the order of their tags.
  std::vector<json> present(const json& facts) const {
    std::vector<json> plain, tagged;
    for (const json& fact : facts) {
      if (!range_of(fact, "versions").contains(version_)) continue;
      (fact.contains("tag") ? tagged : plain).push_back(fact);
    }
    std::sort(tagged.begin(), tagged.end(),
              [](const json& a, const json& b) { return a["tag"] < b["tag"]; });
    plain.insert(plain.end(), tagged.begin(), tagged.end());
    return plain;
  }
  std::vector<FieldFact> present(const std::vector<FieldFact>& fields) const {
    std::vector<FieldFact> plain, tagged;
    for (const FieldFact& field : fields) {
      if (!field.versions.contains(version_)) continue;
      (field.tag >= 0 ? tagged : plain).push_back(field);
    }
    plain.insert(plain.end(), tagged.begin(), tagged.end());
    return plain;
  }

  static std::vector<std::string> names(const std::vector<json>& facts) {
    std::vector<std::string> names;
    for (const json& fact : facts) names.push_back(fact["name"]);
    return names;
  }
  static std::vector<std::string> names(const std::vector<FieldFact>& fields) {
    std::vector<std::string> names;
    for (const FieldFact& field : fields) names.emplace_back(field.name);
    return names;
  }

  const json& fields_of(const json& field) const {
    if (field.contains("fields")) return field["fields"];
    for (const json& common : message_["commonStructs"]) {
      if (common["name"] == element_name(field)) return common["fields"];
    }
    throw std::runtime_error("the facts lack the struct " + element_name(field));
  }

  const json& message_;
  std::int16_t version_;
};

// Compares the versions that both know; returns how many.
int compare_message(const json& message, const Codec& codec, VersionRange valid) {
  const auto fields = codec.describe();
  int compared = 0;
  for (std::int16_t version = codec.versions.min; version <= codec.versions.max; ++version) {
    if (!valid.contains(version)) continue;
    EXPECT_EQ(range_of(message, "flexibleVersions").contains(version),
              codec.flexible.contains(version))
        << codec.name << " version " << version;
    Comparison(message, version).compare(std::string(codec.name), message["fields"], fields);
    ++compared;
  }
  return compared;
}

class ProtocolFacts : public ::testing::TestWithParam<const char*> {
 protected:
  const json facts_ = json::parse(std::ifstream(protocol_facts_folder() / GetParam()));

  int compare(const json& message, VersionRange valid) {
    const Codec* const codec = find_codec(message["name"].get<std::string>());
    return codec == nullptr ? 0 : compare_message(message, *codec, valid);
  }
};

TEST_P(ProtocolFacts, DescribeTheSameMessages) {
  int compared = 0;
  for (const json& api : facts_["apis"]) {
    // Version 0 of ListConfigResources had another name.
    if (api["name"] == "ListClientMetricsResources") continue;
    for (const char* type : {"request", "response"}) {
      const json& message = api[type];
      // What was unstable in 3.9 may have changed before it was released.
      VersionRange valid = parse_range(message["validVersions"]);
      if (api["request"].value("latestVersionUnstable", false)) --valid.max;
      const Codec* const codec = find_codec(message["name"].get<std::string>());
      ASSERT_NE(codec, nullptr) << message["name"] << " is not declared";
      EXPECT_EQ(codec->api_key, api["apiKey"].get<std::int16_t>()) << codec->name;
      compared += compare_message(message, *codec, valid);
    }
  }
  std::printf("%d versions of messages compared with %s\n", compared, GetParam());
  EXPECT_GT(compared, 300);
}

TEST_P(ProtocolFacts, DescribeTheSameHeaders) {
  for (const json& header : facts_["headers"]) {
    EXPECT_GT(compare(header, parse_range(header["validVersions"])), 0) << header["name"];
  }
}

// 4.x gave old versions of records new tagged fields, so 3.9 has nothing to add.
TEST_P(ProtocolFacts, DescribeTheSameRecords) {
  if (facts_["kafkaVersion"] == "3.9") GTEST_SKIP();
  int compared = 0;
  for (const json& record : facts_["records"]) {
    compared += compare(record, parse_range(record["validVersions"]));
  }
  std::printf("%d versions of records compared with %s\n", compared, GetParam());
  EXPECT_GT(compared, 0);
}

INSTANTIATE_TEST_SUITE_P(Releases, ProtocolFacts,
                         ::testing::Values("kafka-4.3.json", "kafka-3.9.json"));

TEST(ProtocolFactsApis, NoMessageIsDeclaredBeyondWhatIsStable) {
  for (const std::string& line : read_lines(protocol_facts_folder() / "apis.tsv")) {
    std::istringstream columns(line);
    std::string key, name, min, max_stable;
    columns >> key >> name >> min >> max_stable;
    if (key == "key") continue;
    for (const char* type : {"Request", "Response"}) {
      const Codec* const codec = find_codec(name + type);
      ASSERT_NE(codec, nullptr) << name;
      EXPECT_EQ(codec->versions.max, std::stoi(max_stable)) << codec->name;
      EXPECT_LE(codec->versions.min, std::stoi(min)) << codec->name;
    }
  }
}

}  // namespace
}  // namespace fluxmq::testing
