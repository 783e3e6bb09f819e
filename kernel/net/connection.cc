// One connection: its turns, reading, handing over requests, and its end.
#include "net/connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "dispatch/request_log.h"
#include "dispatch/route_request.h"

namespace fluxmq::kernel {

Connection::Connection(NetLoop& loop, int socket, const SessionOrigin& origin)
    : loop_(loop),
      socket_(loop.loop_.io()),
      transport_(make_plain_transport(socket)),
      session_(origin),
      frames_(loop),
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
  release_unanswered();
}

// --- the turn's end ---

void Connection::end_turn(uint64_t& share) {
  if (state_ == State::kClosed) return;
  flush(share);
  if (state_ != State::kOpen || loop_.is_reading_stopped_) {
    if (state_ == State::kLingering) arm_read();
    return;
  }
  if (is_held_back_ && may_resume()) {
    is_held_back_ = false;
    if (frames_.has_bytes()) {
      resume_soon();
      return;
    }
  }
  if (!is_held_back_ && !is_waiting_for_memory_) arm_read();
}

void Connection::flush(uint64_t& share) {
  if (is_writing_ || is_loading_) return;
  switch (out_.write(*transport_, share)) {
    case SegmentWriter::Result::kDone:
      if (state_ == State::kFinishing) linger();
      break;
    case SegmentWriter::Result::kFailed:
      close();
      break;
    case SegmentWriter::Result::kMore:
      loop_.touch(*this);
      break;
    case SegmentWriter::Result::kNotLoaded:
      load_file();
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

// Sending it now would have the loop wait for the disk.
void Connection::load_file() {
  is_loading_ = true;
  loading_ = out_.next_of_file();
  ++pending_operations_;
  loop_.blocking_pool_.post(load_on_pool, this);
}

void Connection::load_on_pool(void* context) {
  auto* self = static_cast<Connection*>(context);
  load(self->loading_);
  self->loop_.loop_.post(
      [](void* loaded) {
        auto* self = static_cast<Connection*>(loaded);
        --self->pending_operations_;
        self->is_loading_ = false;
        self->out_.was_loaded();
        if (self->state_ == State::kClosed) self->out_.clear();
        self->loop_.touch(*self);
      },
      self);
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
  if (state_ == State::kLingering) {
    end_read(frames_.discard(*transport_));
    return;
  }
  if (state_ != State::kOpen || loop_.is_reading_stopped_) return;
  if (frames_.is_in_large()) return read_large_frame();
  if (!loop_.request_memory_.has_room()) return loop_.wait_for_memory(*this);
  if (!end_read(frames_.read(*transport_))) return;
  loop_.note_active(*this, NetLoop::Deadline::kIdle);
  take_frames();
}

// True if bytes came.
bool Connection::end_read(ssize_t result) {
  if (result > 0) return true;
  bool is_early = result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  if (!is_early) close();
  return false;
}

void Connection::read_large_frame() {
  if (!end_read(frames_.read_large(*transport_))) return;
  bool is_whole = frames_.is_large_whole();
  loop_.note_active(*this, is_whole ? NetLoop::Deadline::kIdle : NetLoop::Deadline::kStall);
  if (is_whole) dispatch(frames_.take_large());
}

void Connection::take_frames() {
  FrameReader::Frame frame;
  auto next = FrameReader::Next::kFrame;
  while (next == FrameReader::Next::kFrame && state_ == State::kOpen && frames_.has_length()) {
    if (!may_dispatch()) {
      is_held_back_ = true;
      break;
    }
    next = frames_.next({min_request_bytes(), max_request_bytes()}, &frame);
    if (next == FrameReader::Next::kFrame) dispatch(frame);
  }
  if (next == FrameReader::Next::kLarge) loop_.note_active(*this, NetLoop::Deadline::kStall);
  if (next == FrameReader::Next::kNoMemory) loop_.wait_for_memory(*this);
  if (next == FrameReader::Next::kOutOfBounds) return refuse_frame();
  frames_.keep_rest();
}

// Hands over what was kept while the connection was held back.
void Connection::take_kept() {
  if (state_ != State::kOpen || loop_.is_reading_stopped_) return;
  loop_.touch(*this);
  loop_.received_ms_ = wall_now_ms();
  take_frames();
}

int32_t Connection::min_request_bytes() const {
  return session_.bare_api() == FLUXMQ_NO_API ? static_cast<int32_t>(kMinRequestBytes) : 0;
}

int32_t Connection::max_request_bytes() const {
  return session_.is_authenticated() ? loop_.settings_.max_request_bytes
                                     : loop_.settings_.max_unauthenticated_request_bytes;
}

void Connection::refuse_frame() {
  log_refused_frame(session_, frames_.next_length(), min_request_bytes(), max_request_bytes());
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
void Connection::dispatch(const FrameReader::Frame& frame) {
  Request* request = loop_.requests_.take();
  request->next = nullptr;
  request->connection = this;
  request->buffer = frame.buffer;
  request->frame_bytes = static_cast<int64_t>(frame.bytes.size());
  request->is_completed = false;
  request->size = sizeof(fluxmq_request);
  request->session = &session_;
  request->received_ms = loop_.received_ms_;
  request->received_us = loop_.request_log_.enabled(LogLevel::debug) ? steady_now_us() : int64_t{0};
  request->complete = complete_from_plugin;
  (first_request_ == nullptr ? first_request_ : last_request_->next) = request;
  last_request_ = request;
  ++in_flight_;

  const char* problem = route_request(loop_.router_, session_, frame.bytes, request);
  if (problem == nullptr) {
    request->route->api.handle(request->route->self, request);
  } else {
    log_refused_request(session_, *request, problem);
    complete_here(request, FLUXMQ_CLOSE, {});
  }
}

// --- the end ---

void Connection::finish() {
  if (state_ != State::kOpen) return;
  state_ = State::kFinishing;
  frames_.drop();
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

void Connection::close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  frames_.drop();
  loop_.stop_waiting_for_memory(*this);
  DeadlineList::remove(deadline_);
  boost::system::error_code ignored;
  socket_.close(ignored);
  if (!is_loading_) out_.clear();  // else once the file isn't read any more
  answer_in_order();
  release_held_answers();
  loop_.connection_count_.fetch_sub(1, std::memory_order_relaxed);
  loop_.observer_.connection_closed(session_);
  loop_.retire(*this);
}

}  // namespace fluxmq::kernel
