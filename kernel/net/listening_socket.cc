#include "net/listening_socket.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace fluxmq::kernel {
namespace {

SocketAddress wildcard(int family, uint16_t port) {
  SocketAddress address;
  address.storage.ss_family = static_cast<sa_family_t>(family);
  if (family == AF_INET6) {
    reinterpret_cast<sockaddr_in6*>(&address.storage)->sin6_port = htons(port);
    address.size = sizeof(sockaddr_in6);
  } else {
    reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port = htons(port);
    address.size = sizeof(sockaddr_in);
  }
  return address;
}

// As Java does: of several addresses the first, IPv4 before IPv6.
SocketAddress resolve(const std::string& host, uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) throw std::runtime_error(gai_strerror(error));
  const addrinfo* chosen = found;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family == AF_INET) {
      chosen = entry;
      break;
    }
  }
  SocketAddress address;
  std::memcpy(&address.storage, chosen->ai_addr, chosen->ai_addrlen);
  address.size = chosen->ai_addrlen;
  freeaddrinfo(found);
  return address;
}

int listen_on(SocketAddress address, int backlog) {
  int family = address.storage.ss_family;
  int socket = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int on = 1;
  int off = 0;
  if (socket >= 0) ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (socket >= 0 && family == AF_INET6) {
    ::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  }
  if (socket < 0 || ::bind(socket, address.get(), address.size) != 0 ||
      ::listen(socket, backlog) != 0) {
    int error = errno;
    if (socket >= 0) ::close(socket);
    throw std::runtime_error(std::strerror(error));
  }
  return socket;
}

}  // namespace

// A listener without a host takes all addresses, IPv6 ones too where the machine has them.
int open_listener(const ListenerConfig& listener, int backlog) {
  if (!listener.host.empty()) return listen_on(resolve(listener.host, listener.port), backlog);
  try {
    return listen_on(wildcard(AF_INET6, listener.port), backlog);
  } catch (const std::runtime_error&) {
    return listen_on(wildcard(AF_INET, listener.port), backlog);
  }
}

std::string format_address(const SocketAddress& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.storage.ss_family == AF_INET6) {
    const auto& ip = reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_addr;
    // A client that came by IPv4 to an IPv6 socket.
    if (IN6_IS_ADDR_V4MAPPED(&ip)) {
      inet_ntop(AF_INET, ip.s6_addr + 12, text, sizeof(text));
    } else {
      inet_ntop(AF_INET6, &ip, text, sizeof(text));
    }
  } else {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_addr, text,
              sizeof(text));
  }
  return text;
}

}  // namespace fluxmq::kernel
