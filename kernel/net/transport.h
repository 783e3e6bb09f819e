// What stands between a connection's frames and its socket: plain TCP here, and the place for TLS.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace fluxmq::kernel {

// Never blocks. The calls return as read(2) and write(2) do: bytes, 0 at the end of the stream, or
// -1 with errno (EAGAIN: wait for the socket).
class Transport {
 public:
  virtual ~Transport() = default;
  virtual ssize_t read_some(uint8_t* data, size_t size) = 0;
  // `more` says that more follows at once: no need to send a packet that isn't full.
  virtual ssize_t write_some(const iovec* parts, size_t count, bool more) = 0;
  virtual ssize_t send_file(int file, uint64_t offset, size_t size) = 0;
};

// The socket stays the caller's.
std::unique_ptr<Transport> make_plain_transport(int socket);

}  // namespace fluxmq::kernel
