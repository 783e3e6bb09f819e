// Plain TCP.
#include "net/transport.h"

#include <sys/sendfile.h>
#include <sys/socket.h>

#include <cerrno>

namespace fluxmq::kernel {
namespace {

template <typename Call>
ssize_t uninterrupted(Call call) {
  ssize_t result = 0;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

class PlainTransport : public Transport {
 public:
  explicit PlainTransport(int socket) : socket_(socket) {}

  ssize_t read_some(uint8_t* data, size_t size) override {
    return uninterrupted([&] { return ::recv(socket_, data, size, MSG_DONTWAIT); });
  }

  ssize_t write_some(const iovec* parts, size_t count, bool more) override {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts);
    message.msg_iovlen = count;
    int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
    return uninterrupted([&] { return ::sendmsg(socket_, &message, flags); });
  }

  ssize_t send_file(int file, uint64_t offset, size_t size) override {
    auto position = static_cast<off_t>(offset);
    return uninterrupted([&] { return ::sendfile(socket_, file, &position, size); });
  }

 private:
  const int socket_;
};

}  // namespace

std::unique_ptr<Transport> make_plain_transport(int socket) {
  return std::make_unique<PlainTransport>(socket);
}

}  // namespace fluxmq::kernel
