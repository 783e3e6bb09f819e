// What the floors for produce share: length-prefixed frames from many connections, on one thread
// with epoll.
#pragma once

#include <sys/epoll.h>

#include <functional>
#include <span>
#include <vector>

#include "sys.h"

namespace bench {

class FrameServer {
 public:
  using Frame = std::span<const uint8_t>;
  struct Connection {
    int fd;
    size_t filled = 0;
    // How much to ask for: as much as the last frame had, so that frames of one size take one read
    // each.
    std::vector<uint8_t> buffer = std::vector<uint8_t>(4096);
    size_t want = 4096;
  };

  // A frame with its length in front; and once a client has gone.
  std::function<void(int fd, Frame frame)> on_frame;
  std::function<void(int fd)> on_gone = [](int) {};

  explicit FrameServer(int port)
      : listener_(listen_on_loopback(port)),
        epoll_(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {
    watch(listener_, &listener_);
  }

  // Calls `ready` when there is something to read from a descriptor that is no connection.
  void set_extra(int fd, std::function<void()> ready) {
    extra_ready_ = std::move(ready);
    watch(fd, &extra_ready_);
  }

  [[noreturn]] void run() {
    std::printf("ready\n");
    std::fflush(stdout);
    for (;;) {
      epoll_event events[64];
      int count = epoll_wait(epoll_, events, 64, -1);
      for (int i = 0; i < count; i++) handle(events[i].data.ptr);
    }
  }

 private:
  static constexpr uint32_t kMaxFrameBytes = 100 * 1024 * 1024;

  void watch(int fd, void* what) {
    epoll_event event{.events = EPOLLIN, .data = {.ptr = what}};
    check(epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
  }

  void handle(void* what) {
    if (what == &extra_ready_) return extra_ready_();
    if (what == &listener_) {
      int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      set_no_delay(fd);
      return watch(fd, new Connection{.fd = fd});
    }
    auto* connection = static_cast<Connection*>(what);
    if (receive(*connection)) return;
    on_gone(connection->fd);
    close(connection->fd);
    delete connection;
  }

  static size_t frame_size(const Connection& connection) {
    if (connection.filled < 4) return 0;
    uint32_t length = read_be32(connection.buffer.data());
    if (length < 8 || length > kMaxFrameBytes) fail("a frame of impossible length");
    return 4 + size_t{length};
  }

  // One read; false once the client has gone.
  bool receive(Connection& connection) {
    std::vector<uint8_t>& buffer = connection.buffer;
    if (buffer.size() < connection.want) buffer.resize(connection.want);
    ssize_t got = recv(connection.fd, buffer.data() + connection.filled,
                       connection.want - connection.filled, 0);
    if (got < 0 && errno == EAGAIN) return true;
    if (got <= 0) return false;
    connection.filled += static_cast<size_t>(got);
    size_t size = frame_size(connection);
    while (size != 0 && connection.filled >= size) {
      on_frame(connection.fd, {buffer.data(), size});
      connection.filled -= size;
      std::memmove(buffer.data(), buffer.data() + size, connection.filled);
      connection.want = size;
      size = frame_size(connection);
    }
    if (size > connection.want) connection.want = size;
    return true;
  }

  int listener_;
  const int epoll_;
  std::function<void()> extra_ready_;
};

inline void append(int file, FrameServer::Frame frame) {
  while (!frame.empty()) {
    ssize_t written = check(write(file, frame.data(), frame.size()), "write");
    frame = frame.subspan(static_cast<size_t>(written));
  }
}

// length, correlation id: what the load client checks with --floor.
inline void answer(int fd, const uint8_t* correlation_id) {
  uint8_t bytes[8];
  write_be32(bytes, 4);
  std::memcpy(bytes + 4, correlation_id, 4);
  if (send(fd, bytes, sizeof bytes, MSG_NOSIGNAL) != sizeof bytes) fail_errno("send");
}

constexpr size_t kCorrelationIdAt = 8;  // in a frame

}  // namespace bench
