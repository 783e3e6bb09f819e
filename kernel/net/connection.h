// One connection: frames in, requests to their handlers, answers out in the order of the requests.
//
// Lives on one event loop; only complete() is called on other threads. An idle connection holds no
// buffer: bytes are read into the loop's shared chunk, and only the beginning of a frame is kept.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <span>

#include "dispatch/request.h"
#include "dispatch/session.h"
#include "net/deadline_list.h"
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

  // The turn's end: write, then read on.
  void end_turn();
  void flush();
  void arm_read();
  void resume_soon();

  void on_readable();
  void discard_input();
  void read_small_frames();
  void read_large_frame();
  void begin_large_frame(int32_t length, std::span<const uint8_t> received);
  bool end_read(ssize_t result);
  void take_frames(Buffer* buffer, std::span<uint8_t> bytes);
  // Hands over what was kept while the connection was held back.
  void take_kept();
  void keep(Buffer* buffer, std::span<uint8_t> rest);
  void drop_kept();

  bool may_dispatch() const;
  bool may_resume() const;
  void dispatch(Buffer* buffer, std::span<uint8_t> frame);
  const Route* parse_header(std::span<uint8_t> frame, Request* request);
  const Route* route_bare(std::span<uint8_t> frame, Request* request);
  int32_t min_request_bytes() const;
  int32_t max_request_bytes() const;
  void refuse_frame(int32_t length);
  void refuse_request(const Request& request, const char* why);

  static void complete_from_plugin(fluxmq_request* request, uint32_t outcome,
                                   const fluxmq_segment* segments, uint32_t segment_count);
  static void complete_on_loop(LoopNode* node);
  void complete_here(Request* request, uint32_t outcome, std::span<const fluxmq_segment> segments);
  void answer_in_order();
  void answer(const Request& request, uint32_t outcome, std::span<const fluxmq_segment> segments);
  void trace(const Request& request, uint64_t answer_bytes) const;

  void finish();
  void linger();
  void close();
  void release_held_answers();
  bool is_unfinished() const { return in_flight_ > 0 || !out_.empty(); }
  // No handler, system call or queue refers to it any more.
  bool can_be_freed() const { return in_flight_ == 0 && pending_operations_ == 0; }
  std::string describe_client() const;

  NetLoop& loop_;
  Socket socket_;
  std::unique_ptr<Transport> transport_;
  Session session_;
  SegmentWriter out_;
  DeadlineLink deadline_;

  Request* first_request_ = nullptr;
  Request* last_request_ = nullptr;
  uint32_t in_flight_ = 0;

  // Bytes that came but aren't handed over: the beginning of a frame, or, while the connection is
  // held back, whole frames.
  Buffer* kept_ = nullptr;
  std::span<uint8_t> kept_bytes_;

  Buffer* large_ = nullptr;  // a frame with a buffer of its own is coming in
  uint32_t large_length_ = 0;
  uint32_t large_received_ = 0;

  uint16_t pending_operations_ = 0;
  State state_ = State::kOpen;
  bool is_touched_ = false;
  bool is_answering_ = false;
  bool is_reading_ = false;  // waits for the socket to be readable
  bool is_writing_ = false;
  bool is_held_back_ = false;  // too much in flight or unsent
  bool is_waiting_for_memory_ = false;
  bool was_large_ = false;  // so the next frame probably is large too
};

}  // namespace fluxmq::kernel
