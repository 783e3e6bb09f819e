// The floor for produce: a naive server that takes length-prefixed frames and, for each one, does
// one read, one append to a file by write(2) and one send of an answer holding the correlation id.
//   bench_sink --port PORT --file PATH
#include <sys/epoll.h>

#include <vector>

#include "sys.h"

namespace bench {
namespace {

constexpr uint32_t kMaxFrameBytes = 100 * 1024 * 1024;

struct Connection {
  int fd;
  size_t filled = 0;
  // How much to ask for: as much as the last frame had, so that frames of one size take one read
  // each.
  std::vector<uint8_t> buffer = std::vector<uint8_t>(4096);
  size_t want = 4096;
};

size_t frame_size(const Connection& connection) {
  if (connection.filled < 4) return 0;
  uint32_t length = read_be32(connection.buffer.data());
  if (length < 8 || length > kMaxFrameBytes) fail("a frame of impossible length");
  return 4 + size_t{length};
}

void append(int file, const uint8_t* data, size_t size) {
  while (size > 0) {
    auto written = static_cast<size_t>(check(write(file, data, size), "write"));
    data += written;
    size -= written;
  }
}

// length, correlation id: what the load client checks with --floor.
void answer(int fd, const uint8_t* frame) {
  uint8_t bytes[8];
  write_be32(bytes, 4);
  std::memcpy(bytes + 4, frame + 8, 4);
  if (send(fd, bytes, sizeof bytes, MSG_NOSIGNAL) != sizeof bytes) fail_errno("send");
}

// One read; false once the client has gone.
bool serve(Connection& connection, int file) {
  std::vector<uint8_t>& buffer = connection.buffer;
  if (buffer.size() < connection.want) buffer.resize(connection.want);
  ssize_t got = recv(connection.fd, buffer.data() + connection.filled,
                     connection.want - connection.filled, 0);
  if (got < 0 && errno == EAGAIN) return true;
  if (got <= 0) return false;
  connection.filled += static_cast<size_t>(got);
  size_t size = frame_size(connection);
  while (size != 0 && connection.filled >= size) {
    append(file, buffer.data(), size);
    answer(connection.fd, buffer.data());
    connection.filled -= size;
    std::memmove(buffer.data(), buffer.data() + size, connection.filled);
    connection.want = size;
    size = frame_size(connection);
  }
  if (size > connection.want) connection.want = size;
  return true;
}

void run(int port, const std::string& path) {
  int listener = listen_on_loopback(port);
  int file = check(open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644), "open");
  int epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
  check(epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event), "epoll_ctl");
  std::printf("ready\n");
  std::fflush(stdout);
  for (;;) {
    epoll_event events[64];
    int count = epoll_wait(epoll, events, 64, -1);
    for (int i = 0; i < count; i++) {
      auto* connection = static_cast<Connection*>(events[i].data.ptr);
      if (connection == nullptr) {
        int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) continue;
        set_no_delay(fd);
        event.data.ptr = new Connection{.fd = fd};
        check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
      } else if (!serve(*connection, file)) {
        close(connection->fd);
        delete connection;
      }
    }
  }
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::Options options(argc, argv, 1);
  int port = options.port();
  std::string path = options.text("file", "sink.data");
  options.done();
  bench::run(port, path);
}
