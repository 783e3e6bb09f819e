// The listening side: sockets that accept, limits on connections, and who serves which of them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "config/listeners.h"
#include "net/net_loop.h"

namespace fluxmq::kernel {

struct ServerSettings {
  NetSettings net;
  int64_t max_queued_request_bytes = 64 << 20;
  int32_t backlog = 4096;
};

class Acceptor;

class Server : public NetObserver {
 public:
  // Listeners get their real ports when they listen.
  Server(const std::vector<EventLoop*>& loops, BlockingPool& blocking_pool, const Router& router,
         ServerSettings settings);
  ~Server() override;

  // Throws std::runtime_error that names the listener. The second lets clients in.
  void bind(std::vector<ListenerConfig>& listeners);
  void start_accepting();

  // The end: no connection, then no request is taken any more.
  void stop_accepting();
  // On return no handler gets a request any more.
  void stop_reading();
  // Waits until what is in flight is answered; false if some was not in time.
  bool wait_until_finished(int64_t timeout_ms);
  // Ends all connections once their answers are sent, and waits for the clients to go.
  void close_connections(int64_t timeout_ms);

  size_t connection_count() const;
  // May change at any time. Connections that there are stay.
  void set_connection_limits(size_t connections, size_t connections_per_ip);

  void connection_closed(const Session& session) override;
  void unfinished_changed() override;

 private:
  friend class Acceptor;

  // Takes the socket, or closes it if its address has too many.
  void assign(int socket, SessionOrigin origin);
  bool is_full() const { return connection_count() >= max_connections_; }
  NetLoop& least_busy();
  template <typename Condition>
  bool wait_for(int64_t timeout_ms, Condition condition);

  const ServerSettings settings_;
  std::atomic<size_t> max_connections_ = INT32_MAX;
  std::atomic<size_t> max_connections_per_ip_ = INT32_MAX;
  RequestMemory request_memory_;
  size_t next_loop_ = 0;
  int64_t* const accepted_;
  int64_t* const refused_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, size_t, std::less<>> connections_by_ip_;

  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::vector<std::unique_ptr<NetLoop>> loops_;
};

}  // namespace fluxmq::kernel
