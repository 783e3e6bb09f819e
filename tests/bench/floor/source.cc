// The floor for fetch: a server that answers each request with the next bytes of a prepared file by
// sendfile(2), from its start again once it ends.
//   bench_source --port PORT --file PATH [--bytes 1048576]
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "sys.h"

namespace bench {
namespace {

struct Connection {
  int fd;
  uint8_t request[1024] = {};
  size_t filled = 0;
  off_t offset = 0;
  size_t left = 0;  // of the answer under way
};

struct File {
  int fd;
  off_t size;
  size_t answer_bytes;
};

// Sends what the socket takes; false once the client has gone.
bool continue_answer(Connection& connection, const File& file) {
  while (connection.left > 0) {
    ssize_t sent = sendfile(connection.fd, file.fd, &connection.offset, connection.left);
    if (sent < 0) return errno == EAGAIN;
    connection.left -= static_cast<size_t>(sent);
  }
  return true;
}

bool start_answer(Connection& connection, const File& file) {
  if (connection.offset + static_cast<off_t>(file.answer_bytes) > file.size) connection.offset = 0;
  uint8_t head[8];
  write_be32(head, static_cast<uint32_t>(4 + file.answer_bytes));
  std::memcpy(head + 4, connection.request + 8, 4);
  if (send(connection.fd, head, sizeof head, MSG_NOSIGNAL | MSG_MORE) != sizeof head) return false;
  connection.left = file.answer_bytes;
  return continue_answer(connection, file);
}

// Takes the next request, one at a time, once the last answer is out.
bool serve(Connection& connection, const File& file) {
  if (connection.left > 0) return continue_answer(connection, file);
  ssize_t got = recv(connection.fd, connection.request + connection.filled,
                     sizeof connection.request - connection.filled, 0);
  if (got < 0 && errno == EAGAIN) return true;
  if (got <= 0) return false;
  connection.filled += static_cast<size_t>(got);
  if (connection.filled < 4) return true;
  size_t size = 4 + size_t{read_be32(connection.request)};
  if (size < 12 || size > sizeof connection.request) fail("a request of impossible length");
  if (connection.filled < size) return true;
  if (connection.filled > size) fail("the source takes one request in flight a connection");
  connection.filled = 0;
  return start_answer(connection, file);
}

void run(int port, const File& file) {
  int listener = listen_on_loopback(port);
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
        // Edge-triggered for writing: one wake-up when the socket has room again.
        event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.ptr = new Connection{.fd = fd}}};
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
  bench::File file{};
  file.fd =
      bench::check(open(options.text("file", "source.data").c_str(), O_RDONLY | O_CLOEXEC), "open");
  struct stat status;
  bench::check(fstat(file.fd, &status), "fstat");
  file.size = status.st_size;
  file.answer_bytes = static_cast<size_t>(options.number("bytes", 1024 * 1024));
  options.done();
  if (file.size < static_cast<off_t>(file.answer_bytes)) bench::fail("the file is too small");
  bench::run(port, file);
}
