// Every descriptor against what the protocol facts of both Kafka releases say, version by version:
// the same fields in the same order, with the same types, nullability, tags and defaults.
#include <gtest/gtest.h>

#include <algorithm>
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

// Kafka gives old versions of records new tagged fields, which older facts don't know.
enum class NewTags { kRefused, kPassedOver };

class Comparison {
 public:
  Comparison(const json& message, std::int16_t version, NewTags new_tags)
      : message_(message), version_(version), new_tags_(new_tags) {}

  void compare(const std::string& path, const json& facts, const std::vector<FieldFact>& fields) {
    const auto expected = present(facts);
    auto actual = present(fields);
    if (new_tags_ == NewTags::kPassedOver) remove_new_tags(actual, names(expected));
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

  static void remove_new_tags(std::vector<FieldFact>& fields,
                              const std::vector<std::string>& known) {
    std::erase_if(fields, [&](const FieldFact& field) {
      return field.tag >= 0 && std::ranges::find(known, field.name) == known.end();
    });
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
  NewTags new_tags_;
};

// Compares each valid version; returns how many.
int compare_message(const json& message, const Codec& codec, VersionRange valid,
                    NewTags new_tags = NewTags::kRefused) {
  const auto fields = codec.describe();
  int compared = 0;
  for (std::int16_t version = valid.min; version <= valid.max; ++version) {
    EXPECT_TRUE(codec.versions.contains(version)) << codec.name << " lacks version " << version;
    EXPECT_EQ(range_of(message, "flexibleVersions").contains(version),
              codec.flexible.contains(version))
        << codec.name << " version " << version;
    Comparison(message, version, new_tags)
        .compare(std::string(codec.name), message["fields"], fields);
    ++compared;
  }
  return compared;
}

class ProtocolFacts : public ::testing::TestWithParam<const char*> {
 protected:
  const json facts_ = json::parse(std::ifstream(protocol_facts_folder() / GetParam()));
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
    const Codec* const codec = find_codec(header["name"].get<std::string>());
    ASSERT_NE(codec, nullptr) << header["name"];
    EXPECT_GT(compare_message(header, *codec, parse_range(header["validVersions"])), 0);
  }
}

// Records that lie in Kafka's own metadata log and snapshot files, which FluxMQ has none of.
const std::set<std::string> kNotOurs{"KRaftVersionRecord",   "LeaderChangeMessage",
                                     "SnapshotHeaderRecord", "SnapshotFooterRecord",
                                     "VotersRecord",         "ProducerSnapshot"};

// In 3.9 a key's version was its type, and the records of share groups were not released.
bool is_comparable_record(const std::string& release, const std::string& name) {
  if (kNotOurs.contains(name)) return false;
  return release != "3.9" || (!name.ends_with("Key") && !name.starts_with("Share"));
}

TEST_P(ProtocolFacts, DescribeTheSameRecords) {
  const std::string release = facts_["kafkaVersion"];
  const auto new_tags = release == "3.9" ? NewTags::kPassedOver : NewTags::kRefused;
  int compared = 0;
  for (const json& record : facts_["records"]) {
    const std::string name = record["name"];
    if (!is_comparable_record(release, name)) continue;
    const Codec* const codec = find_codec(name);
    ASSERT_NE(codec, nullptr) << name << " is not declared";
    compared += compare_message(record, *codec, parse_range(record["validVersions"]), new_tags);
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
