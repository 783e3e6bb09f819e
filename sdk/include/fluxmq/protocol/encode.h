// Encoding and its size: one visitor over a message's fields, with a Writer or a SizeCounter at its
// end. Nothing here throws but for want of memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

#include "fluxmq/protocol/field.h"
#include "fluxmq/protocol/writer.h"

namespace fluxmq::protocol {

// Whether a tagged field holds its default and so isn't written. A default array is empty or null.
template <class T>
bool is_default(const T& value, const T& standard) {
  if constexpr (Struct<T>) {
    return T::fields([&](const auto&... field) {
      return (true && ... && is_default(value.*field.member, standard.*field.member));
    });
  } else if constexpr (is_optional<T>) {
    if (!value.has_value() || !standard.has_value()) {
      return value.has_value() == standard.has_value();
    }
    return is_default(*value, *standard);
  } else if constexpr (is_vector<T> || std::is_same_v<T, Bytes>) {
    return value.empty();
  } else if constexpr (std::is_same_v<T, Records>) {
    return value.is_null == standard.is_null && value.size() == 0;
  } else {
    return value == standard;
  }
}

template <class Out, Struct S>
void write_struct(Out& out, const S& value, WireVersion version);

template <class Out, class T>
void write_value(Out& out, const T& value, const ValueForm& form);

// Null in a version that knows no null becomes the empty value.
template <class Out, class T>
void write_optional(Out& out, const std::optional<T>& value, const ValueForm& form) {
  if constexpr (Struct<T>) {
    if (form.tagged) {
      out.write_unsigned_varint(value ? 1 : 0);
    } else if (form.nullable) {
      out.write_int8(value ? 1 : -1);
    }
    if (value) {
      write_struct(out, *value, form.version);
    } else if (!form.tagged && !form.nullable) {
      write_struct(out, T{}, form.version);
    }
  } else if (value) {
    write_value(out, *value, form);
  } else if (!form.nullable) {
    write_value(out, T{}, form);
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    out.write_null_string(form.flexible);
  } else {
    out.write_null_length(form.flexible);
  }
}

template <class Out>
void write_records(Out& out, const Records& records, const ValueForm& form) {
  if (records.is_null && form.nullable) return out.write_null_length(form.flexible);
  out.write_length(records.size(), form.flexible);
  out.write_raw(records.bytes);
  for (const fluxmq_segment& segment : records.segments) out.write_segment(segment);
}

template <class Out, class T>
void write_value(Out& out, const T& value, const ValueForm& form) {
  if constexpr (Struct<T>) {
    write_struct(out, value, form.version);
  } else if constexpr (is_optional<T>) {
    write_optional(out, value, form);
  } else if constexpr (is_vector<T>) {
    out.write_length(value.size(), form.flexible);
    const ValueForm element{form.version, form.flexible, false, false};
    for (const auto& each : value) write_value(out, each, element);
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    out.write_string(value, form.flexible);
  } else if constexpr (std::is_same_v<T, Bytes>) {
    out.write_bytes(value, form.flexible);
  } else if constexpr (std::is_same_v<T, Records>) {
    write_records(out, value, form);
  } else if constexpr (std::is_same_v<T, Uuid>) {
    out.write_uuid(value);
  } else if constexpr (std::is_same_v<T, bool>) {
    out.write_bool(value);
  } else if constexpr (std::is_same_v<T, std::int8_t>) {
    out.write_int8(value);
  } else if constexpr (std::is_same_v<T, std::int16_t>) {
    out.write_int16(value);
  } else if constexpr (std::is_same_v<T, std::uint16_t>) {
    out.write_uint16(value);
  } else if constexpr (std::is_same_v<T, std::int32_t>) {
    out.write_int32(value);
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    out.write_int64(value);
  } else {
    static_assert(std::is_same_v<T, double>, "not a type of the protocol");
    out.write_float64(value);
  }
}

template <class Out, Struct S, class T>
void write_field(Out& out, const S& value, const Field<S, T>& field, WireVersion version) {
  if (field.is_tagged() || !field.versions.contains(version.number)) return;
  write_value(out, value.*field.member,
              {version, version.flexible && field.may_be_flexible,
               field.nullable.contains(version.number), false});
}

// A message that is written again with what it was read with has the same tags; others have those
// that don't hold their default.
template <Struct S, class T>
bool tag_is_written(const S& value, const S& standard, const Field<S, T>& field,
                    WireVersion version, const TagSection* read) {
  if (!field.is_tagged() || !field.versions.contains(version.number)) return false;
  if (read != nullptr) {
    return std::find(read->known.begin(), read->known.end(), field.tag) != read->known.end();
  }
  return !is_default(value.*field.member, standard.*field.member);
}

template <class Out, Struct S, class T>
void write_tagged_field(Out& out, const S& value, const Field<S, T>& field, WireVersion version) {
  const ValueForm form{version, true, field.nullable.contains(version.number), true};
  SizeCounter counter(out.unknown_tags());
  write_value(counter, value.*field.member, form);
  out.write_unsigned_varint(static_cast<std::uint32_t>(field.tag));
  out.write_unsigned_varint(static_cast<std::uint32_t>(counter.size()));
  write_value(out, value.*field.member, form);
}

// Tagged fields stand in descriptors in the order of their tags, and unknown tags, which are newer,
// come after them.
template <class Out, Struct S>
void write_tagged_fields(Out& out, [[maybe_unused]] const S& value,
                         [[maybe_unused]] WireVersion version) {
  const TagSection* const read = out.unknown_tags().next();
  auto count = static_cast<std::uint32_t>(read == nullptr ? 0 : read->unknown.size());
  if constexpr (has_tagged_fields<S>) {
    const S standard{};
    S::fields([&](const auto&... field) {
      ((count += tag_is_written(value, standard, field, version, read) ? 1 : 0), ...);
      out.write_unsigned_varint(count);
      ((tag_is_written(value, standard, field, version, read)
            ? write_tagged_field(out, value, field, version)
            : void()),
       ...);
    });
  } else {
    out.write_unsigned_varint(count);
  }
  if (read == nullptr) return;
  for (const UnknownTag& each : read->unknown) {
    out.write_unsigned_varint(each.tag);
    out.write_unsigned_varint(static_cast<std::uint32_t>(each.data.size()));
    out.write_raw(each.data);
  }
}

template <class Out, Struct S>
void write_struct(Out& out, const S& value, WireVersion version) {
  S::fields([&](const auto&... field) { (write_field(out, value, field, version), ...); });
  if (version.flexible) write_tagged_fields(out, value, version);
}

// A field that the version lacks is not written, whatever it holds.
template <class M>
void encode(Writer& writer, const M& message, std::int16_t version) {
  write_struct(writer, message, wire_version<M>(version));
}

// The exact length that encode() will add, segments included.
template <class M>
std::size_t encoded_size(const M& message, std::int16_t version,
                         const UnknownTags* unknown_tags = nullptr) {
  SizeCounter counter{UnknownTagsCursor(unknown_tags)};
  write_struct(counter, message, wire_version<M>(version));
  return counter.size();
}

}  // namespace fluxmq::protocol
