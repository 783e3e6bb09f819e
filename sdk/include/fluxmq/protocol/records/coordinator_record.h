// Coordinator records: keys begin with the int16 type of the record, values with the int16 version
// they are written in.
#pragma once

#include <cstdint>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

// Reads the prefix of a key and leaves the reader at its body. A key that no descriptor knows comes
// from a newer broker: whoever replays a log skips it.
inline std::int16_t read_record_type(Reader& key) {
  return key.read_int16();
}

// The body of a key, after read_record_type(). Keys have one version.
template <class Key>
Key decode_key(Reader& body) {
  return decode<Key>(body, 0);
}

// Throws DecodeError for a version that is not known.
template <class Value>
Value decode_value(Reader& value) {
  const std::int16_t version = value.read_int16();
  if (!Value::versions.contains(version)) Reader::fail("a value of a version that is not known");
  return decode<Value>(value, version);
}

template <class Key>
void encode_key(Writer& writer, const Key& key) {
  writer.write_int16(Key::record_type);
  encode(writer, key, 0);
}

template <class Value>
void encode_value(Writer& writer, const Value& value, std::int16_t version) {
  writer.write_int16(version);
  encode(writer, value, version);
}

}  // namespace fluxmq::protocol
