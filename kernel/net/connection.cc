// One connection: reading, dispatching, answering.
#include "net/connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "dispatch/request_header.h"

namespace fluxmq::kernel {
namespace {

// A frame up to here shares the chunk with others; a larger one gets a buffer of its own size.
constexpr size_t kMaxSharedFrameBytes = 32 * 1024;
// A large frame's memory is reserved once this much of it came: a claim alone costs nothing.
constexpr size_t kMinLargeBytesReceived = 1024;
constexpr size_t kMinReadBytes = 16 * 1024;
// After a large frame another is expected: read little, so that little is copied.
constexpr size_t kReadAfterLargeBytes = 4 * 1024;
// A large frame's share of a turn.
constexpr size_t kMaxLargeReadBytes = 1 << 20;

LogRateLimit refused_frames;
LogRateLimit refused_requests;

void log_limited(LogRateLimit& limit, std::string line) {
  uint64_t left_out = 0;
  if (!limit.take(&left_out)) return;
  if (left_out > 0) line += " (" + std::to_string(left_out) + " more like this were not logged)";
  kernel_log().write(LogLevel::warn, line);
}

void release_segments(std::span<const fluxmq_segment> segments) {
  for (const fluxmq_segment& segment : segments) release_segment(segment);
}

}  // namespace

Connection::Connection(NetLoop& loop, int socket, const SessionOrigin& origin)
    : loop_(loop),
      socket_(loop.loop_.io()),
      transport_(make_plain_transport(socket)),
      session_(origin),
      out_(loop.buffers_, loop.out_parts_) {
  deadline_.owner = this;
  boost::system::error_code error;
  bool is_ipv6 = origin.peer_address.find(':') != std::string::npos;
  socket_.assign(is_ipv6 ? boost::asio::ip::tcp::v6() : boost::asio::ip::tcp::v4(), socket, error);
  loop_.note_active(*this, NetLoop::Deadline::kIdle);
  if (error) {
    ::close(socket);
    close();
    return;
  }
  arm_read();
}

Connection::~Connection() {
  drop_kept();
  // Only at the end of the broker: requests that no handler completed.
  while (first_request_ != nullptr) {
    Request* request = std::exchange(first_request_, first_request_->next);
    release_segments(request->held);
    if (request->buffer != nullptr) loop_.buffers_.release(request->buffer);
    delete request;
  }
}

// --- the turn's end ---

void Connection::end_turn() {
  if (state_ == State::kClosed) return;
  flush();
  if (state_ != State::kOpen || loop_.is_reading_stopped_) {
    if (state_ == State::kLingering) arm_read();
    return;
  }
  if (is_held_back_ && may_resume()) {
    is_held_back_ = false;
    if (kept_ != nullptr) {
      resume_soon();
      return;
    }
  }
  if (!is_held_back_ && !is_waiting_for_memory_) arm_read();
}

void Connection::flush() {
  if (is_writing_) return;
  switch (out_.write(*transport_)) {
    case SegmentWriter::Result::kDone:
      if (state_ == State::kFinishing) linger();
      break;
    case SegmentWriter::Result::kFailed:
      close();
      break;
    case SegmentWriter::Result::kMore:
      loop_.touch(*this);
      break;
    case SegmentWriter::Result::kBlocked:
      is_writing_ = true;
      ++pending_operations_;
      socket_.async_wait(Socket::wait_write, [this](const boost::system::error_code&) {
        --pending_operations_;
        is_writing_ = false;
        loop_.touch(*this);
      });
      break;
  }
}

void Connection::arm_read() {
  if (is_reading_) return;
  is_reading_ = true;
  ++pending_operations_;
  socket_.async_wait(Socket::wait_read, [this](const boost::system::error_code&) {
    --pending_operations_;
    is_reading_ = false;
    loop_.touch(*this);
    on_readable();
  });
}

// In the next turn, so that these requests share it with what arrives.
void Connection::resume_soon() {
  ++pending_operations_;
  loop_.loop_.post(
      [](void* context) {
        auto* self = static_cast<Connection*>(context);
        --self->pending_operations_;
        self->take_kept();
      },
      this);
}

// --- reading ---

void Connection::on_readable() {
  loop_.received_ms_ = wall_now_ms();
  if (state_ == State::kLingering) return discard_input();
  if (state_ != State::kOpen || loop_.is_reading_stopped_) return;
  if (large_ != nullptr) {
    read_large_frame();
  } else if (loop_.request_memory_.has_room()) {
    read_small_frames();
  } else {
    loop_.wait_for_memory(*this);
  }
}

void Connection::discard_input() {
  Buffer* chunk = loop_.read_chunk(kMinReadBytes);
  ssize_t result =
      transport_->read_some(chunk->data() + loop_.chunk_used_, chunk->capacity - loop_.chunk_used_);
  end_read(result);
}

// True if bytes came.
bool Connection::end_read(ssize_t result) {
  if (result > 0) return true;
  bool is_early = result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  if (!is_early) close();
  return false;
}

void Connection::read_small_frames() {
  size_t kept = kept_bytes_.size();
  size_t wanted = kept + kMinReadBytes;
  if (kept >= kFrameLengthBytes) {
    // Not larger than a shared frame, or it would have its own buffer already.
    auto length = static_cast<size_t>(load_int32(kept_bytes_.data()));
    wanted = std::max(wanted, std::min(kFrameLengthBytes + length, kMaxSharedFrameBytes));
  }
  Buffer* chunk = loop_.read_chunk(wanted);
  uint8_t* begin = chunk->data() + loop_.chunk_used_;
  size_t room = chunk->capacity - loop_.chunk_used_ - kept;
  if (was_large_) room = std::min(room, kReadAfterLargeBytes);
  ssize_t result = transport_->read_some(begin + kept, room);
  if (!end_read(result)) return;

  if (kept > 0) {
    std::memcpy(begin, kept_bytes_.data(), kept);
    drop_kept();
  }
  size_t size = kept + static_cast<size_t>(result);
  loop_.chunk_used_ += size;
  loop_.note_active(*this, NetLoop::Deadline::kIdle);
  BufferPool::add_reference(chunk);
  take_frames(chunk, {begin, size});
  loop_.buffers_.release(chunk);
}

void Connection::take_frames(Buffer* buffer, std::span<uint8_t> bytes) {
  while (state_ == State::kOpen && bytes.size() >= kFrameLengthBytes) {
    if (!may_dispatch()) {
      is_held_back_ = true;
      break;
    }
    int32_t length = load_int32(bytes.data());
    if (length < min_request_bytes() || length > max_request_bytes()) {
      refuse_frame(length);
      return;
    }
    std::span<uint8_t> rest = bytes.subspan(kFrameLengthBytes);
    auto size = static_cast<size_t>(length);
    if (rest.size() < size) {
      if (size + kFrameLengthBytes > kMaxSharedFrameBytes &&
          rest.size() >= kMinLargeBytesReceived) {
        begin_large_frame(length, rest);
        if (large_ != nullptr) return;
      }
      break;
    }
    was_large_ = false;
    loop_.count_request_bytes(length);
    BufferPool::add_reference(buffer);
    dispatch(buffer, rest.first(size));
    bytes = rest.subspan(size);
  }
  if (state_ == State::kOpen) keep(buffer, bytes);
}

void Connection::take_kept() {
  if (state_ != State::kOpen || loop_.is_reading_stopped_) return;
  loop_.touch(*this);
  loop_.received_ms_ = wall_now_ms();
  if (kept_ == nullptr) return;
  Buffer* buffer = std::exchange(kept_, nullptr);
  take_frames(buffer, std::exchange(kept_bytes_, {}));
  loop_.buffers_.release(buffer);
}

// The shared chunk isn't held on to: what is kept moves to memory of its own size.
void Connection::keep(Buffer* buffer, std::span<uint8_t> rest) {
  if (rest.empty()) return;
  if (buffer != loop_.chunk_) {
    // It was kept before, and most of it still is needed.
    if (buffer->references == 1 && rest.size() >= buffer->capacity / 2) {
      BufferPool::add_reference(buffer);
      kept_ = buffer;
      kept_bytes_ = rest;
      return;
    }
  }
  kept_ = loop_.buffers_.take(rest.size());
  std::memcpy(kept_->data(), rest.data(), rest.size());
  kept_bytes_ = {kept_->data(), rest.size()};
}

void Connection::drop_kept() {
  if (kept_ != nullptr) loop_.buffers_.release(std::exchange(kept_, nullptr));
  kept_bytes_ = {};
  if (large_ != nullptr) {
    loop_.buffers_.release(std::exchange(large_, nullptr));
    loop_.count_request_bytes(-static_cast<int64_t>(large_length_));
  }
}

void Connection::begin_large_frame(int32_t length, std::span<const uint8_t> received) {
  loop_.settle_request_bytes();
  if (!loop_.request_memory_.try_reserve(length)) {
    loop_.wait_for_memory(*this);
    return;
  }
  large_ = loop_.buffers_.take(static_cast<size_t>(length));
  large_length_ = static_cast<uint32_t>(length);
  large_received_ = static_cast<uint32_t>(received.size());
  std::memcpy(large_->data(), received.data(), received.size());
  loop_.note_active(*this, NetLoop::Deadline::kStall);
}

void Connection::read_large_frame() {
  size_t missing = large_length_ - large_received_;
  ssize_t result = transport_->read_some(large_->data() + large_received_,
                                         std::min(missing, kMaxLargeReadBytes));
  if (!end_read(result)) return;
  large_received_ += static_cast<uint32_t>(result);
  bool is_whole = large_received_ == large_length_;
  loop_.note_active(*this, is_whole ? NetLoop::Deadline::kIdle : NetLoop::Deadline::kStall);
  if (!is_whole) return;
  was_large_ = true;
  Buffer* buffer = std::exchange(large_, nullptr);
  dispatch(buffer, {buffer->data(), large_length_});
}

int32_t Connection::min_request_bytes() const {
  return session_.bare_api() == FLUXMQ_NO_API ? static_cast<int32_t>(kMinRequestBytes) : 0;
}

int32_t Connection::max_request_bytes() const {
  return session_.is_authenticated() ? loop_.settings_.max_request_bytes
                                     : loop_.settings_.max_unauthenticated_request_bytes;
}

void Connection::refuse_frame(int32_t length) {
  log_limited(refused_frames, describe_client() + " sent a frame of " + std::to_string(length) +
                                  " bytes, not within " + std::to_string(min_request_bytes()) +
                                  " and " + std::to_string(max_request_bytes()) + ": closed");
  finish();
}

// --- requests ---

bool Connection::may_dispatch() const {
  // Before authentication one request at a time, so that each sees what the one before did.
  uint32_t max_in_flight = session_.is_authenticated() ? loop_.settings_.max_in_flight : 1;
  return in_flight_ < max_in_flight && out_.unsent_bytes() <= loop_.settings_.max_unsent_bytes;
}

// Well below the limits, so that a connection isn't held back and resumed for each request.
bool Connection::may_resume() const {
  uint32_t max_in_flight = session_.is_authenticated() ? loop_.settings_.max_in_flight : 1;
  return in_flight_ <= max_in_flight / 2 &&
         out_.unsent_bytes() <= loop_.settings_.max_unsent_bytes / 2;
}

// Takes the reference to the buffer.
void Connection::dispatch(Buffer* buffer, std::span<uint8_t> frame) {
  Request* request = loop_.requests_.take();
  request->next = nullptr;
  request->connection = this;
  request->buffer = buffer;
  request->frame_bytes = static_cast<int64_t>(frame.size());
  request->is_completed = false;
  request->size = sizeof(fluxmq_request);
  request->session = &session_;
  request->received_ms = loop_.received_ms_;
  request->received_us = loop_.request_log_.enabled(LogLevel::debug) ? steady_now_us() : int64_t{0};
  request->complete = complete_from_plugin;
  (first_request_ == nullptr ? first_request_ : last_request_->next) = request;
  last_request_ = request;
  ++in_flight_;

  const Route* route = session_.bare_api() == FLUXMQ_NO_API ? parse_header(frame, request)
                                                            : route_bare(frame, request);
  if (route == nullptr) {
    complete_here(request, FLUXMQ_CLOSE, {});
  } else {
    route->api.handle(route->self, request);
  }
}

// A frame without a header (fluxmq_session::set_bare_api).
const Route* Connection::route_bare(std::span<uint8_t> frame, Request* request) {
  request->route = loop_.router_.find(session_.bare_api());
  request->api_key = session_.bare_api();
  request->api_version = FLUXMQ_BARE;
  request->correlation_id = 0;
  request->client_id = {nullptr, 0};
  request->body = {frame.data(), frame.size()};
  return request->route->is_served ? request->route : nullptr;
}

// Null if the request is refused, which is logged.
const Route* Connection::parse_header(std::span<uint8_t> frame, Request* request) {
  RequestHeader header = read_fixed_header(frame);
  const Route* route = loop_.router_.find(header.api_key);
  bool is_whole = read_rest_of_header(
      frame, route->is_served && route->is_flexible(header.api_version), &header);
  request->route = route;
  request->api_key = header.api_key;
  request->api_version = header.api_version;
  request->correlation_id = header.correlation_id;
  request->client_id = to_abi(header.client_id);
  request->body = {frame.data() + header.size, frame.size() - header.size};

  const char* problem = nullptr;
  if (!route->is_served) {
    problem = "which no enabled plugin serves";
  } else if (!route->serves(header.api_version)) {
    problem = "a version that is not served";
  } else if (!is_whole) {
    problem = "with a header that can't be parsed";
  } else if ((route->api.flags & FLUXMQ_API_BEFORE_AUTHENTICATION) == 0 &&
             !session_.is_authenticated()) {
    problem = "before it was authenticated";
  }
  if (problem == nullptr) return route;
  refuse_request(*request, problem);
  return nullptr;
}

void Connection::refuse_request(const Request& request, const char* why) {
  std::string line = describe_client() + " with client id \"" +
                     std::string(cut_for_log(from_abi(request.client_id))) + "\"";
  if (session_.client_software_name.size > 0) {
    line += " (" + std::string(cut_for_log(from_abi(session_.client_software_name))) + " " +
            std::string(cut_for_log(from_abi(session_.client_software_version))) + ")";
  }
  line += " asked for API " + std::to_string(request.api_key);
  if (request.route->is_served) line += std::string(" (") + request.route->api.name + ")";
  line += " version " + std::to_string(request.api_version) + ", " + why + ": closed";
  log_limited(refused_requests, std::move(line));
}

std::string Connection::describe_client() const {
  return std::string(from_abi(session_.listener_name)) + " client " +
         std::string(from_abi(session_.peer_address)) + ":" + std::to_string(session_.peer_port);
}

// --- answers ---

void Connection::complete_from_plugin(fluxmq_request* request, uint32_t outcome,
                                      const fluxmq_segment* segments, uint32_t segment_count) {
  auto* self = static_cast<Request*>(request);
  self->connection->complete(self, outcome, {segments, segment_count});
}

void Connection::complete(Request* request, uint32_t outcome,
                          std::span<const fluxmq_segment> segments) {
  if (EventLoop::current() == &loop_.loop_) {
    complete_here(request, outcome, segments);
    return;
  }
  request->outcome = outcome;
  for (const fluxmq_segment& segment : segments) request->held.push_back(hold_segment(segment));
  request->run = complete_on_loop;
  loop_.loop_.post(request);
}

void Connection::complete_on_loop(LoopNode* node) {
  auto* request = static_cast<Request*>(node);
  std::vector<fluxmq_segment> segments;
  segments.swap(request->held);
  request->connection->complete_here(request, request->outcome, segments);
  segments.clear();
  if (request->held.empty()) request->held.swap(segments);
}

void Connection::complete_here(Request* request, uint32_t outcome,
                               std::span<const fluxmq_segment> segments) {
  loop_.touch(*this);
  request->outcome = FLUXMQ_NO_ANSWER;
  if (state_ == State::kClosed) {
    release_segments(segments);
  } else if (request == first_request_ && !is_answering_) {
    is_answering_ = true;
    answer(*request, outcome, segments);
    is_answering_ = false;
  } else {
    request->outcome = outcome;
    for (const fluxmq_segment& segment : segments) request->held.push_back(hold_segment(segment));
  }
  // The answer may have been part of the frame: only now is it free.
  loop_.buffers_.release(std::exchange(request->buffer, nullptr));
  loop_.count_request_bytes(-request->frame_bytes);
  request->is_completed = true;
  answer_in_order();
}

// Releasing a lease may lead back here with another answer, which then waits until this one is
// whole.
void Connection::answer_in_order() {
  if (is_answering_) return;
  is_answering_ = true;
  while (first_request_ != nullptr && first_request_->is_completed) {
    Request* request = first_request_;
    if (request->outcome != FLUXMQ_NO_ANSWER || !request->held.empty()) {
      answer(*request, request->outcome, request->held);
      request->held.clear();
    }
    first_request_ = request->next;
    --in_flight_;
    loop_.requests_.give_back(request);
  }
  is_answering_ = false;
}

// Takes the leases.
void Connection::answer(const Request& request, uint32_t outcome,
                        std::span<const fluxmq_segment> segments) {
  uint64_t size = 0;
  for (const fluxmq_segment& segment : segments) size += segment.length;
  if (request.received_us != 0) trace(request, size);
  if (state_ == State::kOpen && outcome == FLUXMQ_CLOSE) finish();
  if (state_ != State::kOpen || outcome != FLUXMQ_ANSWER) return release_segments(segments);

  const fluxmq_api& api = request.route->api;
  bool has_tagged_fields = request.api_version >= api.first_flexible_version &&
                           (api.flags & FLUXMQ_API_PLAIN_RESPONSE_HEADER) == 0;
  std::array<uint8_t, 9> header{};  // length, correlation id, no tagged fields
  size_t header_size = has_tagged_fields ? 9 : 8;
  if (request.api_version == FLUXMQ_BARE) header_size = kFrameLengthBytes;
  size += header_size - kFrameLengthBytes;
  if (size > INT32_MAX) {
    kernel_log().write(LogLevel::error,
                       std::string(api.name) + " answered with " + std::to_string(size) +
                           " bytes, more than a frame: " + describe_client() + " closed");
    finish();
    return release_segments(segments);
  }
  store_int32(header.data(), static_cast<int32_t>(size));
  store_int32(header.data() + 4, request.correlation_id);
  out_.append_copy({header.data(), header_size});
  for (const fluxmq_segment& segment : segments) out_.append(segment);
}

void Connection::trace(const Request& request, uint64_t answer_bytes) const {
  bool is_served = request.route->is_served;
  loop_.request_log_.write(
      LogLevel::debug,
      (is_served ? std::string(request.route->api.name)
                 : "API " + std::to_string(request.api_key)) +
          " v" + std::to_string(request.api_version) + " of " + describe_client() + " \"" +
          std::string(
              cut_for_log(request.client_id.data == nullptr ? "" : from_abi(request.client_id))) +
          "\": " + std::to_string(request.frame_bytes) + " bytes, answered with " +
          std::to_string(answer_bytes) + " after " +
          std::to_string(steady_now_us() - request.received_us) + " us");
}

// --- the end ---

void Connection::finish() {
  if (state_ != State::kOpen) return;
  state_ = State::kFinishing;
  drop_kept();
  loop_.stop_waiting_for_memory(*this);
  loop_.touch(*this);
}

// Closing at once, with input unread, would reset the connection and could take the last answers
// from the client.
void Connection::linger() {
  state_ = State::kLingering;
  ::shutdown(socket_.native_handle(), SHUT_WR);
  loop_.note_active(*this, NetLoop::Deadline::kLinger);
}

// Answers that wait for earlier ones, which nobody will read.
void Connection::release_held_answers() {
  is_answering_ = true;  // the list stays as it is while plugins are called
  for (Request* request = first_request_; request != nullptr; request = request->next) {
    if (!request->is_completed) continue;
    request->outcome = FLUXMQ_NO_ANSWER;
    std::vector<fluxmq_segment> held;
    held.swap(request->held);
    release_segments(held);
  }
  is_answering_ = false;
  answer_in_order();
}

void Connection::close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  drop_kept();
  loop_.stop_waiting_for_memory(*this);
  DeadlineList::remove(deadline_);
  boost::system::error_code ignored;
  socket_.close(ignored);
  out_.clear();
  answer_in_order();
  release_held_answers();
  loop_.connection_count_.fetch_sub(1, std::memory_order_relaxed);
  loop_.observer_.connection_closed(session_);
  loop_.retire(*this);
}

}  // namespace fluxmq::kernel
