// The header of a request, versions 1 and 2.
#include "dispatch/request_header.h"

namespace fluxmq::kernel {
namespace {

// An unsigned varint as Kafka reads it: five bytes at most, surplus high bits dropped.
std::optional<uint32_t> read_unsigned_varint(std::span<const uint8_t> frame, size_t* position) {
  uint32_t value = 0;
  for (int shift = 0; shift < 35; shift += 7) {
    if (*position >= frame.size()) return std::nullopt;
    uint8_t byte = frame[(*position)++];
    value |= static_cast<uint32_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  return std::nullopt;
}

bool skip_tagged_fields(std::span<const uint8_t> frame, size_t* position) {
  std::optional<uint32_t> count = read_unsigned_varint(frame, position);
  if (!count) return false;
  // Each field takes two bytes at least, so the frame's end bounds the loop.
  for (uint32_t i = 0; i < *count; ++i) {
    std::optional<uint32_t> tag = read_unsigned_varint(frame, position);
    std::optional<uint32_t> size = read_unsigned_varint(frame, position);
    if (!tag || !size || *size > frame.size() - *position) return false;
    *position += *size;
  }
  return true;
}

}  // namespace

RequestHeader read_fixed_header(std::span<const uint8_t> frame) {
  RequestHeader header;
  header.api_key = load_int16(frame.data());
  header.api_version = load_int16(frame.data() + 2);
  header.correlation_id = load_int32(frame.data() + 4);
  header.size = kMinRequestBytes;
  return header;
}

bool read_rest_of_header(std::span<const uint8_t> frame, bool is_flexible, RequestHeader* header) {
  size_t position = kMinRequestBytes;
  if (frame.size() - position < 2) return false;
  // The client id keeps its two-byte length also in the flexible header.
  int16_t length = load_int16(frame.data() + position);
  position += 2;
  if (length < -1) return false;
  if (length >= 0) {
    auto size = static_cast<size_t>(length);
    if (frame.size() - position < size) return false;
    header->client_id = {reinterpret_cast<const char*>(frame.data()) + position, size};
    position += size;
  }
  if (is_flexible && !skip_tagged_fields(frame, &position)) return false;
  header->size = position;
  return true;
}

}  // namespace fluxmq::kernel
