// What the benchmark's small programs share: failing loudly, sockets on loopback, the clock,
// arguments.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

namespace bench {

[[noreturn]] inline void fail(const std::string& what) {
  std::fprintf(stderr, "bench: %s\n", what.c_str());
  std::exit(1);
}

[[noreturn]] inline void fail_errno(const std::string& what) {
  fail(what + ": " + std::strerror(errno));
}

template <typename T>
T check(T result, const char* what) {
  if (result < 0) fail_errno(what);
  return result;
}

inline int64_t now_ns() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

inline sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

inline void set_no_delay(int fd) {
  int one = 1;
  check(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one), "TCP_NODELAY");
}

inline int listen_on_loopback(int port) {
  int fd = check(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  int one = 1;
  check(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one), "SO_REUSEADDR");
  sockaddr_in address = loopback(port);
  check(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
  check(listen(fd, 4096), "listen");
  return fd;
}

// Returns -1 with errno set when nobody listens there (yet).
inline int try_connect(int port) {
  int fd = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  sockaddr_in address = loopback(port);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) < 0) {
    int error = errno;
    close(fd);
    errno = error;
    return -1;
  }
  set_no_delay(fd);
  return fd;
}

inline int connect_to(int port) {
  return check(try_connect(port), "connect");
}

inline uint32_t read_be32(const uint8_t* p) {
  return uint32_t{p[0]} << 24 | uint32_t{p[1]} << 16 | uint32_t{p[2]} << 8 | p[3];
}

inline void write_be32(uint8_t* p, uint32_t v) {
  p[0] = static_cast<uint8_t>(v >> 24);
  p[1] = static_cast<uint8_t>(v >> 16);
  p[2] = static_cast<uint8_t>(v >> 8);
  p[3] = static_cast<uint8_t>(v);
}

inline void write_be64(uint8_t* p, uint64_t v) {
  write_be32(p, static_cast<uint32_t>(v >> 32));
  write_be32(p + 4, static_cast<uint32_t>(v));
}

inline uint64_t read_be64(const uint8_t* p) {
  return uint64_t{read_be32(p)} << 32 | read_be32(p + 4);
}

// `--name value` pairs; a flag that nobody asked for is an error, so that a typo measures nothing.
class Options {
 public:
  Options(int argc, char** argv, int first) {
    for (int i = first; i < argc; i += 2) {
      std::string name = argv[i];
      if (name == "--") {
        rest_ = argv + i + 1;
        break;
      }
      if (name.rfind("--", 0) != 0 || i + 1 >= argc) fail("expected --name value, got " + name);
      values_[name.substr(2)] = argv[i + 1];
    }
  }

  std::string text(const std::string& name, const std::string& fallback) {
    auto found = values_.find(name);
    if (found == values_.end()) return fallback;
    std::string value = found->second;
    values_.erase(found);
    return value;
  }

  int64_t number(const std::string& name, int64_t fallback) {
    std::string value = text(name, "");
    if (value.empty()) return fallback;
    char* end = nullptr;
    int64_t result = std::strtoll(value.c_str(), &end, 10);
    if (*end != '\0') fail("--" + name + " takes a number, not " + value);
    return result;
  }

  int port() {
    int64_t value = number("port", 0);
    if (value < 1 || value > 65535) fail("--port is needed");
    return static_cast<int>(value);
  }

  // What follows a lone `--`: a command to start.
  char** rest() const { return rest_; }

  void done() const {
    if (!values_.empty()) fail("unknown option --" + values_.begin()->first);
  }

 private:
  std::map<std::string, std::string> values_;
  char** rest_ = nullptr;
};

}  // namespace bench
