// A message as JSON in Kafka's own form: camelCase names; bytes and records base64, uuids
// base64url; fields that the version lacks and tagged fields at their default left out.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "fluxmq/protocol/encode.h"
#include "fluxmq/protocol/field.h"
#include "fluxmq/protocol/primitives.h"
#include "fluxmq/protocol/unknown_tags.h"

namespace fluxmq::protocol {

// Appends JSON text; puts the commas.
class JsonText {
 public:
  void begin(char bracket) {
    separate();
    text_ += bracket;
    first_ = true;
  }
  void end(char bracket) {
    text_ += bracket;
    first_ = false;
  }
  // Kafka's JSON names begin in lower case.
  void key(std::string_view name) {
    separate();
    text_ += '"';
    text_ += name.front() >= 'A' && name.front() <= 'Z' ? static_cast<char>(name.front() + 32)
                                                        : name.front();
    text_.append(name.substr(1)).append("\":");
    first_ = true;
  }
  void literal(std::string_view text) {
    separate();
    text_ += text;
  }
  template <class Number>
  void number(Number value) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
    literal({digits, static_cast<std::size_t>(end - digits)});
  }
  void string(std::string_view text) {
    separate();
    text_ += '"';
    for (const char c : text) append_escaped(c);
    text_ += '"';
  }
  std::string take() { return std::move(text_); }

 private:
  void separate() {
    if (!first_) text_ += ',';
    first_ = false;
  }
  void append_escaped(char c) {
    if (c == '"' || c == '\\') {
      text_ += '\\';
      text_ += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      constexpr std::string_view kHex = "0123456789abcdef";
      text_ += "\\u00";
      text_ += kHex[static_cast<unsigned char>(c) >> 4];
      text_ += kHex[static_cast<unsigned char>(c) & 15];
    } else {
      text_ += c;
    }
  }

  std::string text_;
  bool first_ = true;
};

template <Struct S>
void dump_struct(JsonText& json, const S& value, WireVersion version, UnknownTagsCursor& unknown);

template <class T>
void dump_value(JsonText& json, const T& value, WireVersion version, UnknownTagsCursor& unknown) {
  if constexpr (Struct<T>) {
    dump_struct(json, value, version, unknown);
  } else if constexpr (is_optional<T>) {
    if (value) {
      dump_value(json, *value, version, unknown);
    } else {
      json.literal("null");
    }
  } else if constexpr (is_vector<T>) {
    json.begin('[');
    for (const auto& each : value) dump_value(json, each, version, unknown);
    json.end(']');
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    json.string(value);
  } else if constexpr (std::is_same_v<T, Bytes>) {
    json.string(base64_encode(value));
  } else if constexpr (std::is_same_v<T, Records>) {
    if (value.is_null) {
      json.literal("null");
    } else {
      json.string(base64_encode(value.bytes));
    }
  } else if constexpr (std::is_same_v<T, Uuid>) {
    json.string(value.to_string());
  } else if constexpr (std::is_same_v<T, bool>) {
    json.literal(value ? "true" : "false");
  } else if constexpr (std::is_integral_v<T>) {
    json.number(static_cast<std::int64_t>(value));
  } else {
    json.number(value);
  }
}

inline void dump_unknown_tags(JsonText& json, const TagSection* section) {
  if (section == nullptr || section->unknown.empty()) return;
  json.key("_unknownTaggedFields");
  json.begin('[');
  for (const UnknownTag& each : section->unknown) {
    json.begin('{');
    json.key("tag");
    json.number(each.tag);
    json.key("data");
    json.string(base64_encode(each.data));
    json.end('}');
  }
  json.end(']');
}

template <Struct S, class T>
void dump_field(JsonText& json, const S& value, const Field<S, T>& field, WireVersion version,
                UnknownTagsCursor& unknown) {
  if (!field.versions.contains(version.number)) return;
  json.key(field.name);
  dump_value(json, value.*field.member, version, unknown);
}

// In the order of the wire, so that unknown tags come by in their order.
template <Struct S>
void dump_struct(JsonText& json, const S& value, WireVersion version, UnknownTagsCursor& unknown) {
  json.begin('{');
  S::fields([&](const auto&... field) {
    ((field.is_tagged() ? void() : dump_field(json, value, field, version, unknown)), ...);
  });
  const TagSection* const read = version.flexible ? unknown.next() : nullptr;
  dump_unknown_tags(json, read);
  if constexpr (has_tagged_fields<S>) {
    const S standard{};
    S::fields([&](const auto&... field) {
      ((tag_is_written(value, standard, field, version, read)
            ? dump_field(json, value, field, version, unknown)
            : void()),
       ...);
    });
  }
  json.end('}');
}

template <class M>
std::string dump(const M& message, std::int16_t version,
                 const UnknownTags* unknown_tags = nullptr) {
  JsonText json;
  UnknownTagsCursor unknown(unknown_tags);
  dump_struct(json, message, wire_version<M>(version), unknown);
  return json.take();
}

}  // namespace fluxmq::protocol
