// Ids that no two topics or clusters share.
#pragma once
#include <sys/random.h>

#include "fluxmq/protocol/primitives.h"

namespace fluxmq::core {

// A random uuid (version 4). None that begins with '-' in base64, which tools would take for an
// option; as Kafka makes them. Its reserved ids, zero and one, are not of version 4.
inline protocol::Uuid random_id() {
  protocol::Uuid id;
  do {
    if (::getrandom(id.bytes.data(), id.bytes.size(), 0) != static_cast<ssize_t>(id.bytes.size()))
      throw std::runtime_error("the system gives no random bytes");
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x40);
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  } while (id.to_string().front() == '-');
  return id;
}

}  // namespace fluxmq::core
