#include "client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace fluxmq::api_tests {
namespace {

constexpr int kDeadlineMs = 60'000;

bool wait_readable(int socket, int milliseconds) {
  pollfd ready{socket, POLLIN, 0};
  return ::poll(&ready, 1, milliseconds) > 0;
}

}  // namespace

Client::Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    ::close(socket_);
    throw std::runtime_error("can't connect");
  }
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

Client::~Client() {
  ::close(socket_);
}

void Client::send_frame(protocol::Bytes frame) {
  while (!frame.empty()) {
    const auto sent = ::send(socket_, frame.data(), frame.size(), MSG_NOSIGNAL);
    if (sent <= 0) throw std::runtime_error("can't send");
    frame = frame.subspan(static_cast<std::size_t>(sent));
  }
}

void Client::receive_exactly(protocol::MutableBytes bytes) {
  while (!bytes.empty()) {
    if (!wait_readable(socket_, kDeadlineMs)) throw std::runtime_error("no answer came");
    const auto received = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (received <= 0) throw std::runtime_error("the broker closed");
    bytes = bytes.subspan(static_cast<std::size_t>(received));
  }
}

std::vector<std::uint8_t> Client::receive_frame() {
  std::array<std::uint8_t, 4> length{};
  receive_exactly(length);
  protocol::Reader reader(length);
  std::vector<std::uint8_t> frame(static_cast<std::size_t>(reader.read_int32()));
  receive_exactly(frame);
  return frame;
}

bool Client::is_closed() {
  if (!wait_readable(socket_, kDeadlineMs)) throw std::runtime_error("the broker keeps silent");
  char byte = 0;
  return ::recv(socket_, &byte, 1, MSG_PEEK) <= 0;
}

bool Client::is_silent(int milliseconds) const {
  return !wait_readable(socket_, milliseconds);
}

void Client::close_sending() {
  ::shutdown(socket_, SHUT_WR);
}

}  // namespace fluxmq::api_tests
