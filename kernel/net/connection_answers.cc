// The answers of one connection: completed in any order and on any thread, sent in the order of the
// requests.
#include <array>
#include <utility>

#include "dispatch/request_log.h"
#include "net/connection.h"

namespace fluxmq::kernel {
namespace {

void release_segments(std::span<const fluxmq_segment> segments) {
  for (const fluxmq_segment& segment : segments) release_segment(segment);
}

}  // namespace

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
  if (request.received_us != 0) log_answer(loop_.request_log_, session_, request, size);
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
                           " bytes, more than a frame: " + describe_client(session_) + " closed");
    finish();
    return release_segments(segments);
  }
  store_int32(header.data(), static_cast<int32_t>(size));
  store_int32(header.data() + 4, request.correlation_id);
  out_.append_copy({header.data(), header_size});
  for (const fluxmq_segment& segment : segments) out_.append(segment);
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

// Only at the end of the broker: requests that no handler completed.
void Connection::release_unanswered() {
  while (first_request_ != nullptr) {
    Request* request = std::exchange(first_request_, first_request_->next);
    release_segments(request->held);
    if (request->buffer != nullptr) loop_.buffers_.release(request->buffer);
    delete request;
  }
}

}  // namespace fluxmq::kernel
