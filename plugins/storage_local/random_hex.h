// A name that nothing else has.
#pragma once
#include <random>
#include <string>

namespace fluxmq::storage_local {

inline std::string random_hex() {
  std::random_device random;
  std::string text;
  for (int i = 0; i < 4; ++i) {
    for (auto bits = random(), digit = 0u; digit < 8; ++digit, bits >>= 4) {
      text += "0123456789abcdef"[bits & 15];
    }
  }
  return text;
}

}  // namespace fluxmq::storage_local
