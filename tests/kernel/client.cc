// A client that says just what a test wants it to say.
#include "client.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace fluxmq::kernel_tests {

std::string int16(int value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::string int32(int64_t value) {
  return int16(static_cast<int>(value >> 16)) + int16(static_cast<int>(value));
}

std::string frame(const Call& call) {
  std::string request = int16(call.api_key) + int16(call.version) + int32(call.correlation_id) +
                        int16(static_cast<int>(call.client_id.size())) + call.client_id;
  if (call.is_flexible) request += '\0';
  request += call.body;
  return int32(static_cast<int64_t>(request.size())) + request;
}

Client::Client(uint16_t port, const char* host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* address = nullptr;
  if (::getaddrinfo(host, std::to_string(port).c_str(), &hints, &address) != 0) {
    throw std::runtime_error("no such host");
  }
  socket_ = ::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int error = ::connect(socket_, address->ai_addr, address->ai_addrlen);
  ::freeaddrinfo(address);
  if (error != 0) throw std::runtime_error(std::string("connect: ") + std::strerror(errno));
  int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  timeval minute{60, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &minute, sizeof(minute));
}

Client::~Client() {
  ::close(socket_);
}

void Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) throw std::runtime_error(std::string("send: ") + std::strerror(errno));
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

std::string Client::receive_bytes(size_t count) {
  std::string bytes(count, '\0');
  for (size_t have = 0; have < count;) {
    ssize_t got = ::recv(socket_, bytes.data() + have, count - have, 0);
    if (got < 0) throw std::runtime_error(std::string("recv: ") + std::strerror(errno));
    if (got == 0) throw std::runtime_error("the server closed the connection");
    have += static_cast<size_t>(got);
  }
  return bytes;
}

Answer Client::receive() {
  auto number = [](const std::string& bytes, size_t at) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(bytes[at + i]);
    return value;
  };
  std::string length = receive_bytes(4);
  std::string rest = receive_bytes(number(length, 0));
  return {static_cast<int32_t>(number(rest, 0)), rest.substr(4)};
}

std::string Client::ask(const Call& call) {
  send(frame(call));
  return receive().body;
}

bool Client::is_closed_by_server() {
  char c = 0;
  ssize_t got = ::recv(socket_, &c, 1, 0);
  if (got > 0) throw std::runtime_error("the server answered");
  return got == 0 || errno == ECONNRESET;
}

std::string Client::receive_to_first_byte() {
  char c = 0;
  return ::recv(socket_, &c, 1, 0) == 1 ? std::string(1, c) : "";
}

}  // namespace fluxmq::kernel_tests
