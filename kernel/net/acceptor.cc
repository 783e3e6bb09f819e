#include "net/acceptor.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "host/log.h"
#include "net/server.h"

namespace fluxmq::kernel {
namespace {

// Accepts a turn, so that a storm of connects leaves the requests their turn.
constexpr int kMaxAcceptsPerTurn = 64;
// Out of descriptors, accepting is tried again after this time.
constexpr int64_t kAcceptPauseMs = 100;

LogRateLimit limits_reached;
LogRateLimit failed_accepts;

void set_options(int socket, const NetSettings& settings) {
  int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  if (settings.send_buffer_bytes >= 0) {
    ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &settings.send_buffer_bytes, sizeof(int));
  }
  if (settings.receive_buffer_bytes >= 0) {
    ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &settings.receive_buffer_bytes, sizeof(int));
  }
}

}  // namespace

Acceptor::Acceptor(Server& server, EventLoop& loop, ListenerConfig listener, int socket)
    : server_(server), loop_(loop), listener_(std::move(listener)), socket_(loop.io()) {
  socket_.assign(boost::asio::ip::tcp::v4(), socket);  // the family matters to asio's names only
}

void Acceptor::arm() {
  if (is_armed_ || !socket_.is_open()) return;
  is_armed_ = true;
  socket_.async_wait(Socket::wait_read, [this](const boost::system::error_code& error) {
    is_armed_ = false;
    if (!error) accept();
  });
}

void Acceptor::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void Acceptor::accept() {
  for (int count = 0; count < kMaxAcceptsPerTurn; ++count) {
    if (server_.is_full()) {
      log_limited(limits_reached, LogLevel::warn,
                  "max.connections is reached: no connection is accepted until one ends");
      return;  // armed again when a connection ends
    }
    SocketAddress peer;
    peer.size = sizeof(peer.storage);
    int socket =
        ::accept4(socket_.native_handle(), peer.get(), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno == EAGAIN) break;
      pause(errno);
      return;
    }
    hand_over(socket, peer);
  }
  arm();
}

void Acceptor::hand_over(int socket, const SocketAddress& peer) {
  set_options(socket, server_.settings_.net);
  SessionOrigin origin;
  origin.listener_name = listener_.name;
  origin.security_protocol = listener_.security_protocol;
  origin.peer_address = format_address(peer);
  origin.peer_port = peer.port();
  origin.must_authenticate = listener_.security_protocol == "SASL_PLAINTEXT";
  server_.assign(socket, std::move(origin));
}

// Mostly no descriptors are left; the backlog would wake the loop without end.
void Acceptor::pause(int error) {
  log_limited(failed_accepts, LogLevel::error,
              std::string("accept failed: ") + std::strerror(error));
  loop_.start_timer(
      kAcceptPauseMs, [](void* self) { static_cast<Acceptor*>(self)->arm(); }, this);
}

}  // namespace fluxmq::kernel
