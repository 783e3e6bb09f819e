// A client that says just what a test wants it to say.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fluxmq::kernel_tests {

// Big-endian integers, as on the wire.
std::string int16(int value);
std::string int32(int64_t value);

struct Call {
  int api_key = 500;
  int version = 0;
  int correlation_id = 1;
  std::string body = {};
  bool is_flexible = false;
  std::string client_id = "tester";
};
// Length, header and body.
std::string frame(const Call& call);

struct Answer {
  int32_t correlation_id = 0;
  std::string body;  // after the correlation id
};

class Client {
 public:
  explicit Client(uint16_t port, const char* host = "127.0.0.1");
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(std::string_view bytes);
  // Throws if the connection ends first, or nothing comes for a minute.
  Answer receive();
  // Sends a call and returns the body of its answer.
  std::string ask(const Call& call);
  // True once the server has closed; throws if bytes come.
  bool is_closed_by_server();
  // One byte, or "" if the server has closed.
  std::string receive_to_first_byte();

  int socket() const { return socket_; }

 private:
  std::string receive_bytes(size_t count);

  int socket_;
};

}  // namespace fluxmq::kernel_tests
