// What holds for any bytes that a message's decoder accepts: encoded again, they are accepted again
// and give the same bytes from then on.
#pragma once

#include <cstdlib>

#include "codec.h"

namespace fluxmq::testing {

inline const Codec* find_codec(std::int16_t api_key, bool request) {
  for (const Codec& codec : all_codecs()) {
    if (codec.api_key == api_key && codec.is_request() == request) return &codec;
  }
  return nullptr;
}

inline void check_round_trips(const Codec& codec, MutableBytes body, std::int16_t version) {
  RoundTrip first = codec.round_trip(body, version);
  const RoundTrip second = codec.round_trip(first.bytes, version);
  if (first.encoded_size != first.bytes.size() || second.bytes_left != 0 ||
      second.bytes != first.bytes || second.json != first.json) {
    std::abort();
  }
}

}  // namespace fluxmq::testing
