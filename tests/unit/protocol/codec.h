// A message's codec without its type, so that tests and fuzzers can go through all of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fluxmq/protocol/dump.h"
#include "fluxmq/protocol/message.h"

namespace fluxmq::testing {

using namespace fluxmq::protocol;

inline constexpr std::int16_t kNoApiKey = -1;

// What a message says of one of its fields, in the words of the protocol facts.
struct FieldFact {
  std::string_view name;
  std::string type;      // "[]struct" where Kafka names the struct
  std::string standard;  // the default, as JSON; empty for a default struct
  VersionRange versions;
  VersionRange nullable;
  std::int32_t tag = -1;
  std::vector<FieldFact> fields;
};

struct RoundTrip {
  std::string json;
  std::vector<std::uint8_t> bytes;
  std::size_t encoded_size = 0;
  std::size_t bytes_left = 0;
};

struct Codec {
  std::string_view name;
  std::int16_t api_key = kNoApiKey;
  VersionRange versions;
  VersionRange flexible;
  RoundTrip (*round_trip)(MutableBytes body, std::int16_t version) = nullptr;
  void (*decode_only)(MutableBytes body, std::int16_t version) = nullptr;
  std::vector<FieldFact> (*describe)() = nullptr;

  bool is_request() const { return name.ends_with("Request"); }
};

template <class T>
std::string type_name() {
  if constexpr (is_optional<T>) {
    return type_name<typename T::value_type>();
  } else if constexpr (is_vector<T>) {
    return "[]" + type_name<typename T::value_type>();
  } else if constexpr (Struct<T>) {
    return "struct";
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    return "string";
  } else if constexpr (std::is_same_v<T, Bytes>) {
    return "bytes";
  } else if constexpr (std::is_same_v<T, Records>) {
    return "records";
  } else if constexpr (std::is_same_v<T, Uuid>) {
    return "uuid";
  } else if constexpr (std::is_same_v<T, bool>) {
    return "bool";
  } else if constexpr (std::is_same_v<T, double>) {
    return "float64";
  } else {
    return (std::is_signed_v<T> ? "int" : "uint") + std::to_string(8 * sizeof(T));
  }
}

template <class T>
struct ElementOf {
  using type = T;
};
template <class T>
struct ElementOf<std::vector<T>> : ElementOf<T> {};
template <class T>
struct ElementOf<std::optional<T>> : ElementOf<T> {};

template <Struct S>
std::vector<FieldFact> describe_struct();

template <Struct S, class T>
FieldFact describe_field(const S& standard, const Field<S, T>& field) {
  FieldFact fact{field.name, type_name<T>(), "", field.versions, field.nullable, field.tag, {}};
  using Element = typename ElementOf<T>::type;
  if constexpr (Struct<Element>) fact.fields = describe_struct<Element>();
  if constexpr (std::is_same_v<T, std::optional<Element>> && Struct<Element>) {
    if (!(standard.*field.member).has_value()) fact.standard = "null";
  } else if constexpr (!Struct<T>) {
    JsonText json;
    UnknownTagsCursor unknown;
    dump_value(json, standard.*field.member, {}, unknown);
    fact.standard = json.take();
  }
  return fact;
}

template <Struct S>
std::vector<FieldFact> describe_struct() {
  const S standard{};
  std::vector<FieldFact> facts;
  S::fields([&](const auto&... field) { (facts.push_back(describe_field(standard, field)), ...); });
  return facts;
}

template <class M>
RoundTrip round_trip(MutableBytes body, std::int16_t version) {
  UnknownTags unknown;
  Reader reader(body);
  reader.keep_unknown_tags(&unknown);
  const M message = decode<M>(reader, version);
  Writer writer;
  writer.replay_unknown_tags(&unknown);
  encode(writer, message, version);
  return {dump(message, version, &unknown),
          {writer.bytes().begin(), writer.bytes().end()},
          encoded_size(message, version, &unknown),
          reader.remaining()};
}

template <class M>
void decode_only(MutableBytes body, std::int16_t version) {
  Reader reader(body);
  decode<M>(reader, version);
}

template <class M>
Codec codec() {
  Codec codec{M::name,       kNoApiKey,      M::versions,       M::flexible,
              round_trip<M>, decode_only<M>, describe_struct<M>};
  if constexpr (requires { M::api_key; }) codec.api_key = M::api_key;
  return codec;
}

using Codecs = std::vector<Codec>;

// All of them: one function for each codecs_*.cc.
Codecs data_codecs();
Codecs topic_codecs();
Codecs group_codecs();
Codecs transaction_codecs();
Codecs security_codecs();
Codecs cluster_codecs();
Codecs controller_codecs();
Codecs share_codecs();
Codecs record_codecs();

inline const Codecs& all_codecs() {
  static const Codecs codecs = [] {
    Codecs all;
    for (const auto part :
         {data_codecs, topic_codecs, group_codecs, transaction_codecs, security_codecs,
          cluster_codecs, controller_codecs, share_codecs, record_codecs}) {
      const Codecs some = part();
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }();
  return codecs;
}

inline const Codec* find_codec(std::string_view name) {
  for (const Codec& codec : all_codecs()) {
    if (codec.name == name) return &codec;
  }
  return nullptr;
}

}  // namespace fluxmq::testing
