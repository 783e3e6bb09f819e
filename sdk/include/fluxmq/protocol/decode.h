// Decoding: a visitor over a message's fields.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

#include "fluxmq/protocol/field.h"
#include "fluxmq/protocol/reader.h"

namespace fluxmq::protocol {

template <Struct S>
void read_struct(Reader& reader, S& out, WireVersion version);

// Whether a length means null; refused where null may not be.
inline bool is_null(std::int32_t length, bool nullable) {
  if (length != Reader::kNull) return false;
  if (!nullable) Reader::fail("a field that can't be null is null");
  return true;
}

inline std::string_view read_text(Reader& reader, std::int32_t length) {
  return as_text(reader.read_raw(static_cast<std::size_t>(length)));
}

template <class T>
void read_value(Reader& reader, T& out, const ValueForm& form);

template <class T>
void read_elements(Reader& reader, std::vector<T>& out, std::int32_t length,
                   const ValueForm& form) {
  const auto count = static_cast<std::size_t>(length);
  reader.reserve_elements(count, sizeof(T));
  out.resize(count);
  const ValueForm element{form.version, form.flexible, false, false};
  for (T& value : out) read_value(reader, value, element);
}

template <class T>
void read_optional(Reader& reader, std::optional<T>& out, const ValueForm& form) {
  out.reset();
  if constexpr (Struct<T>) {
    const bool present = form.tagged     ? reader.read_unsigned_varint() != 0
                         : form.nullable ? reader.read_int8() >= 0
                                         : true;
    if (present) read_struct(reader, out.emplace(T{}), form.version);  // T{}: clang 14 needs it
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    const std::int32_t length = reader.read_string_length(form.flexible);
    if (!is_null(length, form.nullable)) out = read_text(reader, length);
  } else if constexpr (std::is_same_v<T, Bytes>) {
    const std::int32_t length = reader.read_length(form.flexible);
    if (!is_null(length, form.nullable)) out = reader.read_raw(static_cast<std::size_t>(length));
  } else {
    const std::int32_t length = reader.read_length(form.flexible);
    if (!is_null(length, form.nullable)) read_elements(reader, out.emplace(), length, form);
  }
}

template <class T>
void read_value(Reader& reader, T& out, const ValueForm& form) {
  if constexpr (Struct<T>) {
    read_struct(reader, out, form.version);
  } else if constexpr (is_optional<T>) {
    read_optional(reader, out, form);
  } else if constexpr (is_vector<T>) {
    const std::int32_t length = reader.read_length(form.flexible);
    if (!is_null(length, false)) read_elements(reader, out, length, form);
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    const std::int32_t length = reader.read_string_length(form.flexible);
    if (!is_null(length, false)) out = read_text(reader, length);
  } else if constexpr (std::is_same_v<T, Bytes>) {
    const std::int32_t length = reader.read_length(form.flexible);
    if (!is_null(length, false)) out = reader.read_raw(static_cast<std::size_t>(length));
  } else if constexpr (std::is_same_v<T, Records>) {
    const std::int32_t length = reader.read_length(form.flexible);
    out.is_null = is_null(length, form.nullable);
    if (!out.is_null) out.bytes = reader.read_raw(static_cast<std::size_t>(length));
  } else if constexpr (std::is_same_v<T, Uuid>) {
    out = reader.read_uuid();
  } else if constexpr (std::is_same_v<T, bool>) {
    out = reader.read_bool();
  } else if constexpr (std::is_same_v<T, std::int8_t>) {
    out = reader.read_int8();
  } else if constexpr (std::is_same_v<T, std::int16_t>) {
    out = reader.read_int16();
  } else if constexpr (std::is_same_v<T, std::uint16_t>) {
    out = reader.read_uint16();
  } else if constexpr (std::is_same_v<T, std::int32_t>) {
    out = reader.read_int32();
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    out = reader.read_int64();
  } else {
    static_assert(std::is_same_v<T, double>, "not a type of the protocol");
    out = reader.read_float64();
  }
}

template <Struct S, class T>
void read_field(Reader& reader, S& out, const Field<S, T>& field, WireVersion version) {
  if (field.is_tagged() || !field.versions.contains(version.number)) return;
  read_value(reader, out.*field.member,
             {version, version.flexible && field.may_be_flexible,
              field.nullable.contains(version.number), false});
}

// Reads the field if the tag is its own.
template <Struct S, class T>
bool read_tagged_field(Reader& reader, S& out, const Field<S, T>& field, std::uint32_t tag,
                       WireVersion version) {
  if (field.tag != static_cast<std::int32_t>(tag) || !field.is_tagged() ||
      !field.versions.contains(version.number)) {
    return false;
  }
  read_value(reader, out.*field.member,
             {version, true, field.nullable.contains(version.number), true});
  return true;
}

template <Struct S>
void read_tagged_fields(Reader& reader, [[maybe_unused]] S& out,
                        [[maybe_unused]] WireVersion version) {
  const std::uint32_t count = reader.read_unsigned_varint();
  UnknownTags* const sink = reader.unknown_tags();
  const std::size_t section = sink == nullptr ? 0 : sink->size();
  if (sink != nullptr) sink->emplace_back();
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t tag = reader.read_unsigned_varint();
    const std::size_t length = reader.read_unsigned_varint();
    if constexpr (has_tagged_fields<S>) {
      const std::size_t begin = reader.position();
      const bool known = S::fields([&](const auto&... field) {
        return (... || read_tagged_field(reader, out, field, tag, version));
      });
      if (known && reader.position() - begin != length) {
        Reader::fail("a tagged field has another length than it claims");
      }
      if (known && sink != nullptr) {
        (*sink)[section].known.push_back(static_cast<std::int32_t>(tag));
      }
      if (known) continue;
    }
    const Bytes data = reader.read_raw(length);
    if (sink != nullptr) (*sink)[section].unknown.push_back({tag, data});
  }
}

template <Struct S>
void read_struct(Reader& reader, S& out, WireVersion version) {
  S::fields([&](const auto&... field) { (read_field(reader, out, field, version), ...); });
  if (version.flexible) read_tagged_fields(reader, out, version);
}

// Throws DecodeError. The caller has checked that M::versions contains the version; the result's
// views point into the reader's frame. A field that the version lacks has its default.
template <class M>
M decode(Reader& reader, std::int16_t version) {
  M message;
  read_struct(reader, message, wire_version<M>(version));
  return message;
}

}  // namespace fluxmq::protocol
