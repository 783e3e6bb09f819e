// The listening side.
#include "net/server.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>

#include "host/counters.h"
#include "host/log.h"

namespace fluxmq::kernel {
namespace {

// Accepts a turn, so that a storm of connects leaves the requests their turn.
constexpr int kMaxAcceptsPerTurn = 64;
// Out of descriptors, accepting is tried again after this time.
constexpr int64_t kAcceptPauseMs = 100;
// A loop hears that it is to stop reading at the end of its turn; only a handler that blocks makes
// that take longer.
constexpr int64_t kLongestTurnMs = 10'000;

LogRateLimit refused_connections;
LogRateLimit failed_accepts;

void log_limited(LogRateLimit& limit, LogLevel level, std::string line) {
  uint64_t left_out = 0;
  if (!limit.take(&left_out)) return;
  if (left_out > 0) line += " (" + std::to_string(left_out) + " more like this were not logged)";
  kernel_log().write(level, line);
}

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

// One listening socket. All of them are on the first loop, which hands the connections out.
class Acceptor {
 public:
  Acceptor(Server& server, EventLoop& loop, ListenerConfig listener, int socket)
      : server_(server), loop_(loop), listener_(std::move(listener)), socket_(loop.io()) {
    socket_.assign(boost::asio::ip::tcp::v4(), socket);  // the family matters to asio's names only
  }

  // These two on the loop's thread.
  void arm() {
    if (is_armed_ || !socket_.is_open()) return;
    is_armed_ = true;
    socket_.async_wait(Socket::wait_read, [this](const boost::system::error_code& error) {
      is_armed_ = false;
      if (!error) accept();
    });
  }
  void close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

  EventLoop& loop() { return loop_; }

 private:
  using Socket = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp,
                                                    boost::asio::io_context::executor_type>;

  void accept() {
    for (int count = 0; count < kMaxAcceptsPerTurn; ++count) {
      if (server_.is_full()) {
        log_limited(refused_connections, LogLevel::warn,
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

  void hand_over(int socket, const SocketAddress& peer) {
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
  void pause(int error) {
    log_limited(failed_accepts, LogLevel::error,
                std::string("accept failed: ") + std::strerror(error));
    loop_.start_timer(
        kAcceptPauseMs, [](void* self) { static_cast<Acceptor*>(self)->arm(); }, this);
  }

  Server& server_;
  EventLoop& loop_;
  const ListenerConfig listener_;
  Socket socket_;
  bool is_armed_ = false;
};

Server::Server(const std::vector<EventLoop*>& loops, const Router& router, ServerSettings settings)
    : settings_(settings),
      request_memory_(settings.max_queued_request_bytes),
      accepted_(counter_cell("fluxmq_connections_accepted", "", "Connections accepted.")),
      refused_(counter_cell("fluxmq_connections_refused", "",
                            "Connections closed because their address had too many.")) {
  for (EventLoop* loop : loops) {
    loops_.push_back(
        std::make_unique<NetLoop>(*loop, router, settings_.net, request_memory_, *this));
  }
}

Server::~Server() = default;

void Server::bind(std::vector<ListenerConfig>& listeners) {
  for (ListenerConfig& listener : listeners) {
    int socket = -1;
    try {
      socket = open_listener(listener, settings_.backlog);
    } catch (const std::runtime_error& error) {
      throw std::runtime_error("listener " +
                               format_listener(listener.name, listener.host, listener.port) +
                               " can't listen: " + error.what());
    }
    SocketAddress bound;
    bound.size = sizeof(bound.storage);
    ::getsockname(socket, bound.get(), &bound.size);
    listener.port = bound.port();
    if (listener.advertised_port == 0) listener.advertised_port = listener.port;
    acceptors_.push_back(
        std::make_unique<Acceptor>(*this, loops_.front()->event_loop(), listener, socket));
  }
}

void Server::start_accepting() {
  for (auto& acceptor : acceptors_) {
    acceptor->loop().post([](void* self) { static_cast<Acceptor*>(self)->arm(); }, acceptor.get());
  }
}

void Server::stop_accepting() {
  for (auto& acceptor : acceptors_) {
    acceptor->loop().post([](void* self) { static_cast<Acceptor*>(self)->close(); },
                          acceptor.get());
  }
}

template <typename Condition>
bool Server::wait_for(int64_t timeout_ms, Condition condition) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms), condition);
}

void Server::stop_reading() {
  for (auto& loop : loops_) loop->stop_reading();
  wait_for(kLongestTurnMs, [this] {
    return std::all_of(loops_.begin(), loops_.end(),
                       [](const auto& loop) { return loop->has_stopped_reading(); });
  });
}

bool Server::wait_until_finished(int64_t timeout_ms) {
  return wait_for(timeout_ms, [this] {
    for (auto& loop : loops_) {
      if (loop->unfinished_count() > 0) return false;
    }
    return true;
  });
}

void Server::close_connections(int64_t timeout_ms) {
  for (auto& loop : loops_) loop->finish_connections();
  wait_for(timeout_ms, [this] { return connection_count() == 0; });
  for (auto& loop : loops_) loop->close_connections();
}

void Server::set_connection_limits(size_t connections, size_t connections_per_ip) {
  max_connections_ = connections;
  max_connections_per_ip_ = connections_per_ip;
  start_accepting();  // there may be room now
}

size_t Server::connection_count() const {
  size_t count = 0;
  for (const auto& loop : loops_) count += loop->connection_count();
  return count;
}

void Server::assign(int socket, SessionOrigin origin) {
  {
    std::lock_guard lock(mutex_);
    size_t& count = connections_by_ip_[origin.peer_address];
    if (count >= max_connections_per_ip_) {
      if (count == 0) connections_by_ip_.erase(origin.peer_address);
      ::close(socket);
      __atomic_fetch_add(refused_, 1, __ATOMIC_RELAXED);
      log_limited(refused_connections, LogLevel::warn,
                  origin.peer_address + " has max.connections.per.ip connections: refused");
      return;
    }
    ++count;
  }
  __atomic_fetch_add(accepted_, 1, __ATOMIC_RELAXED);
  least_busy().adopt(socket, std::move(origin));
}

// The one with the fewest connections, in turn where several have: few are spread evenly too.
NetLoop& Server::least_busy() {
  size_t best = next_loop_ % loops_.size();
  for (size_t i = 1; i < loops_.size(); ++i) {
    size_t other = (next_loop_ + i) % loops_.size();
    if (loops_[other]->connection_count() < loops_[best]->connection_count()) best = other;
  }
  next_loop_ = best + 1;
  return *loops_[best];
}

void Server::connection_closed(const Session& session) {
  {
    std::lock_guard lock(mutex_);
    auto found = connections_by_ip_.find(from_abi(session.peer_address));
    if (found != connections_by_ip_.end() && --found->second == 0) connections_by_ip_.erase(found);
  }
  if (max_connections_ < INT32_MAX) start_accepting();  // no harm if it does already
  unfinished_changed();
}

void Server::unfinished_changed() {
  { std::lock_guard lock(mutex_); }
  changed_.notify_all();
}

}  // namespace fluxmq::kernel
