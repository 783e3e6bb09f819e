// Sockets that listen, and the addresses of sockets.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>

#include "config/listeners.h"

namespace fluxmq::kernel {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  uint16_t port() const {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&storage);
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&storage);
    return ntohs(storage.ss_family == AF_INET6 ? v6->sin6_port : v4->sin_port);
  }
};

// As the log and sessions show it, without its port.
std::string format_address(const SocketAddress& address);

// Throws std::runtime_error.
int open_listener(const ListenerConfig& listener, int backlog);

}  // namespace fluxmq::kernel
