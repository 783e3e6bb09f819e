// The listening side.
#include "net/server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <utility>

#include "host/counters.h"
#include "host/log.h"
#include "net/acceptor.h"
#include "net/listening_socket.h"

namespace fluxmq::kernel {
namespace {

// A loop hears that it is to stop reading at the end of its turn; only a handler that blocks makes
// that take longer.
constexpr int64_t kLongestTurnMs = 10'000;

LogRateLimit refused_connections;

}  // namespace

Server::Server(const std::vector<EventLoop*>& loops, BlockingPool& blocking_pool,
               const Router& router, ServerSettings settings)
    : settings_(settings),
      request_memory_(settings.max_queued_request_bytes),
      accepted_(counter_cell("fluxmq_connections_accepted", "", "Connections accepted.")),
      refused_(counter_cell("fluxmq_connections_refused", "",
                            "Connections closed because their address had too many.")) {
  for (EventLoop* loop : loops) {
    loops_.push_back(std::make_unique<NetLoop>(*loop, blocking_pool, router, settings_.net,
                                               request_memory_, *this));
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
