// One listening socket: accepts, and hands the connections to the server. All of them are on the
// first loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "config/listeners.h"
#include "host/event_loop.h"
#include "net/listening_socket.h"

namespace fluxmq::kernel {

class Server;

class Acceptor {
 public:
  Acceptor(Server& server, EventLoop& loop, ListenerConfig listener, int socket);

  // These two on the loop's thread.
  void arm();
  void close();

  EventLoop& loop() { return loop_; }

 private:
  using Socket = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp,
                                                    boost::asio::io_context::executor_type>;

  void accept();
  void hand_over(int socket, const SocketAddress& peer);
  void pause(int error);

  Server& server_;
  EventLoop& loop_;
  const ListenerConfig listener_;
  Socket socket_;
  bool is_armed_ = false;
};

}  // namespace fluxmq::kernel
