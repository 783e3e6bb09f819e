// How an API is served: a coroutine per request that reads like the protocol's specification.
//
//   Task heartbeat(Groups& groups, Request request) {
//     const auto message = request.decode<HeartbeatRequest>();
//     HeartbeatResponse response;
//     …
//     request.answer(response);
//   }
//   constexpr std::array apis{serve<HeartbeatRequest, heartbeat>()};
//   const ApiHandler handler{&groups, apis};  // handler.table() is what query() returns
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "fluxmq/abi/api_handler.h"
#include "fluxmq/host.h"
#include "fluxmq/protocol/message.h"
#include "fluxmq/task.h"

namespace fluxmq {

// A request until it is answered. One that is dropped unanswered closes the connection: so does a
// handler that throws, e.g. DecodeError from decode.
class Request {
 public:
  explicit Request(fluxmq_request* request) : request_(request) {}
  Request(Request&& other) noexcept : request_(std::exchange(other.request_, nullptr)) {}
  Request& operator=(Request&&) = delete;
  ~Request() {
    if (request_ != nullptr) close();
  }

  std::int16_t api_version() const { return request_->api_version; }
  std::int32_t correlation_id() const { return request_->correlation_id; }
  // "" if null.
  std::string_view client_id() const { return view(request_->client_id); }
  std::int64_t received_ms() const { return request_->received_ms; }
  fluxmq_session& session() const { return *request_->session; }
  std::string_view principal() const { return view(request_->session->principal); }
  std::string_view peer_address() const { return view(request_->session->peer_address); }
  std::string_view listener_name() const { return view(request_->session->listener_name); }

  protocol::MutableBytes body() const {
    return {request_->body.data, static_cast<std::size_t>(request_->body.size)};
  }

  // Views into the body; valid until the request is answered. Throws DecodeError.
  template <class Message>
  Message decode() const {
    protocol::Reader reader(body());
    return protocol::decode<Message>(reader, api_version());
  }

  // Segments in the message's Records become the kernel's.
  template <class Message>
  void answer(const Message& message) {
    answer(message, api_version());
  }
  template <class Message>
  void answer(const Message& message, std::int16_t version) {
    protocol::Writer writer;
    protocol::encode(writer, message, version);
    if (writer.splices().empty()) {
      const fluxmq_segment body{FLUXMQ_SEGMENT_MEMORY,
                                -1,
                                writer.bytes().data(),
                                0,
                                writer.bytes().size(),
                                nullptr,
                                nullptr};
      complete(FLUXMQ_ANSWER, {&body, 1});
    } else {
      complete(FLUXMQ_ANSWER, writer.segments());
    }
  }
  // For a FLUXMQ_BARE request: the bytes alone.
  void answer_bare(std::string_view bytes) {
    const fluxmq_segment body{FLUXMQ_SEGMENT_MEMORY,
                              -1,
                              reinterpret_cast<const std::uint8_t*>(bytes.data()),
                              0,
                              bytes.size(),
                              nullptr,
                              nullptr};
    complete(FLUXMQ_ANSWER, {&body, 1});
  }
  void answer_nothing() { complete(FLUXMQ_NO_ANSWER, {}); }
  void close() { complete(FLUXMQ_CLOSE, {}); }

 private:
  void complete(std::uint32_t outcome, std::span<const fluxmq_segment> segments) {
    auto* request = std::exchange(request_, nullptr);
    request->complete(request, outcome, segments.data(),
                      static_cast<std::uint32_t>(segments.size()));
  }

  fluxmq_request* request_;
};

namespace detail {
template <auto Handler>
struct HandlerTraits;
template <class Plugin, Task (*Handler)(Plugin&, Request)>
struct HandlerTraits<Handler> {
  static void handle(void* self, fluxmq_request* request) noexcept {
    try {
      Handler(*static_cast<Plugin*>(self), Request(request));
    } catch (...) {
      // Only the coroutine's own frame could not be allocated; Request closed the connection.
    }
  }
};
}  // namespace detail

struct ServeOptions {
  std::uint32_t flags = 0;
  // Versions that the codec knows and this handler refuses.
  std::int16_t min_version = 0;
  // What ApiVersions tells, if lower: Produce is advertised from 0 for librdkafka's sake.
  std::int16_t advertised_min_version = -1;
};

namespace detail {
// "Produce" of "ProduceRequest", terminated for C.
template <class RequestMessage>
struct ApiName {
  static constexpr std::size_t size =
      RequestMessage::name.size() - std::string_view("Request").size();
  static constexpr auto text = [] {
    std::array<char, size + 1> name{};
    std::copy_n(RequestMessage::name.begin(), size, name.begin());
    return name;
  }();
};
}  // namespace detail

// RequestMessage says key, versions and name; Handler is `Task handler(Plugin&, Request)`.
template <class RequestMessage, auto Handler>
constexpr fluxmq_api serve(ServeOptions options = {}) {
  constexpr auto versions = RequestMessage::versions;
  constexpr auto flexible = RequestMessage::flexible;
  const std::int16_t min_version = std::max(options.min_version, versions.min);
  const std::int16_t advertised =
      options.advertised_min_version < 0 ? min_version : options.advertised_min_version;
  const std::int16_t first_flexible = flexible.min > flexible.max ? INT16_MAX : flexible.min;
  return {RequestMessage::api_key,
          min_version,
          versions.max,
          advertised,
          first_flexible,
          0,
          options.flags,
          detail::ApiName<RequestMessage>::text.data(),
          &detail::HandlerTraits<Handler>::handle};
}

class ApiHandler {
 public:
  template <std::size_t Count>
  ApiHandler(void* plugin, const std::array<fluxmq_api, Count>& apis)
      : table_{sizeof(fluxmq_api_handler), sizeof(fluxmq_api), plugin, apis.data(), Count} {}
  const fluxmq_api_handler* table() const { return &table_; }

 private:
  fluxmq_api_handler table_;
};

}  // namespace fluxmq
