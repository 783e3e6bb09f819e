// The header of a request: all that the kernel reads of the protocol.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace fluxmq::kernel {

inline constexpr size_t kFrameLengthBytes = 4;
// API key, version, correlation id: the shortest header there is.
inline constexpr size_t kMinRequestBytes = 8;

inline int16_t load_int16(const uint8_t* p) {
  return static_cast<int16_t>((p[0] << 8) | p[1]);
}
inline int32_t load_int32(const uint8_t* p) {
  return static_cast<int32_t>((uint32_t{p[0]} << 24) | (uint32_t{p[1]} << 16) |
                              (uint32_t{p[2]} << 8) | p[3]);
}
inline void store_int32(uint8_t* p, int32_t value) {
  auto bits = static_cast<uint32_t>(value);
  p[0] = static_cast<uint8_t>(bits >> 24);
  p[1] = static_cast<uint8_t>(bits >> 16);
  p[2] = static_cast<uint8_t>(bits >> 8);
  p[3] = static_cast<uint8_t>(bits);
}

struct RequestHeader {
  int16_t api_key = 0;
  int16_t api_version = 0;
  int32_t correlation_id = 0;
  std::string_view client_id;  // data() is null for Kafka's null
  size_t size = 0;             // where the body begins
};

// The fixed part, which says what header version the rest has. The frame has kMinRequestBytes.
RequestHeader read_fixed_header(std::span<const uint8_t> frame);
// Version 1 adds the client id, version 2 tagged fields, which are skipped. False if the frame ends
// too soon or a length in it is wrong.
bool read_rest_of_header(std::span<const uint8_t> frame, bool is_flexible, RequestHeader* header);

}  // namespace fluxmq::kernel
