// One connection: frames in, requests to their handlers, answers out in the order of the requests.
//
// Lives on one event loop; only complete() is called on other threads.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <span>

#include "dispatch/request.h"
#include "dispatch/session.h"
#include "net/deadline_list.h"
#include "net/frame_reader.h"
#include "net/net_loop.h"
#include "net/segment_writer.h"
#include "net/transport.h"

namespace fluxmq::kernel {

class Connection {
 public:
  Connection(NetLoop& loop, int socket, const SessionOrigin& origin);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // From any thread, once for each request.
  void complete(Request* request, uint32_t outcome, std::span<const fluxmq_segment> segments);

 private:
  friend class NetLoop;
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                                  boost::asio::io_context::executor_type>;

  enum class State : uint8_t {
    kOpen,
    kFinishing,  // no request is taken any more; what is answered is sent
    kLingering,  // all is sent; waiting for the client to end, so that it gets to read it
    kClosed,     // waiting for handlers to complete their requests
  };

  // The turn's end: write at most `share`, from which it takes what it wrote, then read on.
  void end_turn(uint64_t& share);
  void flush(uint64_t& share);
  void load_file();
  static void load_on_pool(void* self);
  void arm_read();
  void resume_soon();

  void on_readable();
  bool end_read(ssize_t result);
  void read_large_frame();
  void take_frames();
  void take_kept();
  int32_t min_request_bytes() const;
  int32_t max_request_bytes() const;
  void refuse_frame();

  bool may_dispatch() const;
  bool may_resume() const;
  void dispatch(const FrameReader::Frame& frame);

  // connection_answers.cc
  static void complete_from_plugin(fluxmq_request* request, uint32_t outcome,
                                   const fluxmq_segment* segments, uint32_t segment_count);
  static void complete_on_loop(LoopNode* node);
  void complete_here(Request* request, uint32_t outcome, std::span<const fluxmq_segment> segments);
  void answer_in_order();
  void answer(const Request& request, uint32_t outcome, std::span<const fluxmq_segment> segments);
  void release_held_answers();
  void release_unanswered();

  void finish();
  void linger();
  void close();
  bool has_much_to_send() const { return out_.unsent_bytes() > kSmallAnswerBytes; }
  bool is_unfinished() const { return in_flight_ > 0 || !out_.empty(); }
  // No handler, system call or queue refers to it any more.
  bool can_be_freed() const { return in_flight_ == 0 && pending_operations_ == 0; }

  // Answers up to here go out before what is larger.
  static constexpr uint64_t kSmallAnswerBytes = 64 * 1024;

  NetLoop& loop_;
  Socket socket_;
  std::unique_ptr<Transport> transport_;
  Session session_;
  FrameReader frames_;
  SegmentWriter out_;
  DeadlineLink deadline_;
  FileRange loading_;  // what is sent next, and the pool brings to the page cache

  Request* first_request_ = nullptr;
  Request* last_request_ = nullptr;
  uint32_t in_flight_ = 0;

  uint16_t pending_operations_ = 0;
  State state_ = State::kOpen;
  bool is_touched_ = false;
  bool is_answering_ = false;
  bool is_reading_ = false;  // waits for the socket to be readable
  bool is_writing_ = false;
  bool is_loading_ = false;
  bool is_held_back_ = false;  // too much in flight or unsent
  bool is_waiting_for_memory_ = false;
};

}  // namespace fluxmq::kernel
