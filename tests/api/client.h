// A client made of the codec: it sends any request in any version, and reads the answer.
#pragma once
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "fluxmq/protocol/header.h"
#include "fluxmq/protocol/message.h"

namespace fluxmq::api_tests {

// An answer, and the frame that its views point into.
template <class Response>
class Answer {
 public:
  Answer(std::vector<std::uint8_t> frame, std::int16_t version) : frame_(std::move(frame)) {
    protocol::Reader reader(frame_);
    const bool flexible = Response::flexible.contains(version);
    const auto header = protocol::decode<protocol::ResponseHeader>(
        reader, protocol::response_header_version(Response::api_key, flexible));
    correlation_id_ = header.correlation_id;
    message_ = protocol::decode<Response>(reader, version);
    if (reader.remaining() != 0) throw protocol::DecodeError("bytes are left after the answer");
  }
  const Response* operator->() const { return &message_; }
  const Response& operator*() const { return message_; }
  std::int32_t correlation_id() const { return correlation_id_; }
  const std::vector<std::uint8_t>& frame() const { return frame_; }

 private:
  std::vector<std::uint8_t> frame_;  // the length left out
  std::int32_t correlation_id_ = 0;
  Response message_;
};

class Client {
 public:
  explicit Client(std::uint16_t port);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  template <class Response, class Request>
  Answer<Response> call(const Request& request, std::int16_t version) {
    send(request, version);
    return receive<Response>(version);
  }
  template <class Request>
  std::int32_t send(const Request& request, std::int16_t version) {
    send_frame(make_frame(request, version, ++correlation_id_));
    return correlation_id_;
  }
  template <class Response>
  Answer<Response> receive(std::int16_t version) {
    return {receive_frame(), version};
  }

  // With its length.
  template <class Request>
  static std::vector<std::uint8_t> make_frame(const Request& request, std::int16_t version,
                                              std::int32_t correlation_id) {
    const bool flexible = Request::flexible.contains(version);
    protocol::Writer writer;
    writer.write_int32(0);
    protocol::RequestHeader header;
    header.request_api_key = Request::api_key;
    header.request_api_version = version;
    header.correlation_id = correlation_id;
    header.client_id = "api-test";
    protocol::encode(writer, header,
                     protocol::request_header_version(Request::api_key, version, flexible));
    protocol::encode(writer, request, version);
    protocol::Writer length;
    length.write_int32(static_cast<std::int32_t>(writer.size() - 4));
    std::copy(length.bytes().begin(), length.bytes().end(), writer.mutable_bytes().begin());
    return {writer.bytes().begin(), writer.bytes().end()};
  }
  void send_frame(protocol::Bytes frame);
  // Without its length. Throws if the broker closes, or is silent for a minute.
  std::vector<std::uint8_t> receive_frame();
  // True once the broker has closed; false if it has sent something.
  bool is_closed();
  // Nothing came for so long.
  bool is_silent(int milliseconds) const;
  void close_sending();

 private:
  void receive_exactly(protocol::MutableBytes bytes);

  int socket_;
  std::int32_t correlation_id_ = 0;
};

}  // namespace fluxmq::api_tests
