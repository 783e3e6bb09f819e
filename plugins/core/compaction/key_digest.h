// The digest of a record's key: SipHash-2-4 with 128 bits and a random key of its own, so that no
// two keys are taken for one, by chance or by intent.
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>

#include "fluxmq/protocol/primitives.h"

namespace fluxmq::core {

struct KeyDigest {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  bool operator==(const KeyDigest&) const = default;
};

class KeyHash {
 public:
  // Any 128 bits that nobody else knows.
  KeyHash(std::uint64_t k0, std::uint64_t k1) : k0_(k0), k1_(k1) {}

  KeyDigest operator()(protocol::Bytes key) const {
    State state{k0_ ^ 0x736f6d6570736575, k1_ ^ 0x646f72616e646f6d ^ 0xee, k0_ ^ 0x6c7967656e657261,
                k1_ ^ 0x7465646279746573};
    const std::size_t whole = key.size() & ~std::size_t{7};
    for (std::size_t at = 0; at < whole; at += 8) state.absorb(load(key.data() + at, 8));
    state.absorb(load(key.data() + whole, key.size() - whole) |
                 static_cast<std::uint64_t>(key.size()) << 56);
    state.v2 ^= 0xee;
    KeyDigest digest;
    digest.first = state.squeeze();
    state.v1 ^= 0xdd;
    digest.second = state.squeeze();
    return digest;
  }

 private:
  struct State {
    std::uint64_t v0, v1, v2, v3;

    void round() {
      v0 += v1;
      v1 = std::rotl(v1, 13) ^ v0;
      v0 = std::rotl(v0, 32);
      v2 += v3;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 += v3;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 += v1;
      v1 = std::rotl(v1, 17) ^ v2;
      v2 = std::rotl(v2, 32);
    }
    void absorb(std::uint64_t word) {
      v3 ^= word;
      round();
      round();
      v0 ^= word;
    }
    std::uint64_t squeeze() {
      for (int i = 0; i < 4; ++i) round();
      return v0 ^ v1 ^ v2 ^ v3;
    }
  };

  static std::uint64_t load(const std::uint8_t* at, std::size_t size) {
    std::uint64_t word = 0;
    if (size > 0) std::memcpy(&word, at, size);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
  }

  std::uint64_t k0_;
  std::uint64_t k1_;
};

}  // namespace fluxmq::core
