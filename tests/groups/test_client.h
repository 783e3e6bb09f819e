// A client that says just what a test wants: requests and answers through the codec.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "fluxmq/protocol/big_endian.h"
#include "fluxmq/protocol/errors.h"
#include "fluxmq/protocol/header.h"
#include "fluxmq/protocol/message.h"
#include "fluxmq/protocol/messages/create_topics.h"
#include "fluxmq/protocol/messages/delete_topics.h"
#include "fluxmq/protocol/messages/find_coordinator.h"

namespace fluxmq::groups_tests {

using protocol::ErrorCode;

// A message with the bytes that it points into.
template <class Message>
struct Received {
  std::vector<std::uint8_t> bytes;
  Message message;
  const Message* operator->() const { return &message; }
};

class Client {
 public:
  explicit Client(std::uint16_t port, std::string client_id = "test") : client_id_(client_id) {
    socket_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
      throw std::runtime_error("can't connect");
    }
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  ~Client() {
    if (socket_ >= 0) close(socket_);
  }
  Client(Client&& other) noexcept
      : client_id_(std::move(other.client_id_)),
        socket_(std::exchange(other.socket_, -1)),
        correlation_id_(other.correlation_id_) {}
  Client& operator=(Client&&) = delete;

  template <class Request>
  void send(const Request& request, std::int16_t version) {
    const bool flexible = Request::flexible.contains(version);
    protocol::Writer writer;
    writer.write_int32(0);
    protocol::encode(
        writer, protocol::RequestHeader{Request::api_key, version, ++correlation_id_, client_id_},
        protocol::request_header_version(Request::api_key, version, flexible));
    protocol::encode(writer, request, version);
    std::vector<std::uint8_t> frame(writer.bytes().begin(), writer.bytes().end());
    protocol::store_big_endian(frame.data(), static_cast<std::int32_t>(frame.size() - 4));
    for (std::size_t sent = 0; sent < frame.size();) {
      const auto count = ::send(socket_, frame.data() + sent, frame.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) throw std::runtime_error("can't send");
      sent += static_cast<std::size_t>(count);
    }
  }

  // The answer to the request sent last, or to the one before that isn't answered yet.
  template <class Response>
  Received<Response> receive(std::int16_t version) {
    std::uint8_t length[4];
    receive_bytes(length, sizeof(length));
    Received<Response> received;
    received.bytes.resize(
        static_cast<std::size_t>(protocol::load_big_endian<std::int32_t>(length)));
    receive_bytes(received.bytes.data(), received.bytes.size());
    protocol::Reader reader(received.bytes);
    const bool flexible = Response::flexible.contains(version);
    protocol::read_struct<protocol::ResponseHeader>(
        reader, header_,
        protocol::wire_version<protocol::ResponseHeader>(
            protocol::response_header_version(Response::api_key, flexible)));
    received.message = protocol::decode<Response>(reader, version);
    if (reader.remaining() != 0) throw std::runtime_error("bytes after the answer");
    return received;
  }

  template <class Response, class Request>
  Received<Response> ask(const Request& request, std::int16_t version) {
    send(request, version);
    return receive<Response>(version);
  }

  bool has_answer() const {
    pollfd ready{socket_, POLLIN, 0};
    return poll(&ready, 1, 0) > 0;
  }

 private:
  void receive_bytes(std::uint8_t* bytes, std::size_t count) const {
    for (std::size_t got = 0; got < count;) {
      pollfd ready{socket_, POLLIN, 0};
      if (poll(&ready, 1, 60'000) <= 0) throw std::runtime_error("no answer for a minute");
      const auto now = recv(socket_, bytes + got, count - got, 0);
      if (now <= 0) throw std::runtime_error("the connection ended");
      got += static_cast<std::size_t>(now);
    }
  }

  std::string client_id_;
  int socket_ = -1;
  std::int32_t correlation_id_ = 0;
  protocol::ResponseHeader header_;
};

// Until `condition` holds; a test whose condition never does fails by an exception.
template <class Condition>
void wait_until(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("it never came");
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

// A name that no other test, or run of it, has.
inline std::string unique(std::string_view name) {
  static int counter = 0;
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  return std::string(name) + "-" + std::to_string(now) + "-" + std::to_string(++counter);
}

inline ErrorCode error(std::int16_t code) {
  return static_cast<ErrorCode>(code);
}

inline void find_coordinator(Client& client) {
  protocol::FindCoordinatorRequest request;
  request.key = "any";
  wait_until(
      [&] { return client.ask<protocol::FindCoordinatorResponse>(request, 3)->error_code == 0; });
}

inline protocol::Uuid create_topic(Client& client, const std::string& name, int partitions = 2) {
  protocol::CreateTopicsRequest request;
  auto& topic = request.topics.emplace_back();
  topic.name = name;
  topic.num_partitions = partitions;
  topic.replication_factor = 1;
  request.timeout_ms = 10'000;
  const auto response = client.ask<protocol::CreateTopicsResponse>(request, 7);
  if (response->topics.at(0).error_code != 0) throw std::runtime_error("can't create a topic");
  return response->topics.at(0).topic_id;
}

inline void delete_topic(Client& client, const std::string& name) {
  protocol::DeleteTopicsRequest request;
  request.timeout_ms = 60'000;
  request.topic_names = {name};
  request.timeout_ms = 10'000;
  const auto response = client.ask<protocol::DeleteTopicsResponse>(request, 5);
  if (response->responses.at(0).error_code != 0) throw std::runtime_error("can't delete a topic");
}

}  // namespace fluxmq::groups_tests
