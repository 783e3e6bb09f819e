// One pipelined connection: a ring of prebuilt frames of equal length, one slot for each request in
// flight. Sending patches a few bytes of a slot and hands the kernel as many whole slots as are
// due.
#pragma once

#include <functional>

#include "load/wire.h"

namespace bench {

class Loop;

class Client {
 public:
  Client(int port, const Bytes& frame, int in_flight);
  Client(Client&&) = delete;
  ~Client() { close(fd_); }

  // Called before a frame is sent, to patch it (the correlation id is set already).
  std::function<void(uint8_t* frame)> prepare;
  // Called for each answer in order, with what follows the correlation id.
  std::function<void(std::span<const uint8_t> body, int64_t latency_ns)> answered;

  // Queues one request; flush sends what is queued. `since_ns` is when its latency starts, 0 for
  // now.
  void issue(int64_t since_ns = 0);
  void flush();
  bool full() const { return issued_ - answered_ == since_ns_.size(); }
  bool idle() const { return issued_ == answered_; }

  // What the loop calls once the socket is ready.
  void on_ready(uint32_t events);
  int fd() const { return fd_; }

 private:
  void receive();
  void take_answers();

  int fd_;
  size_t frame_size_;
  Bytes ring_;
  std::vector<int64_t> since_ns_;  // of each slot
  uint64_t issued_ = 0;
  uint64_t answered_ = 0;
  uint64_t sent_bytes_ = 0;
  Bytes inbox_ = Bytes(64 * 1024);
  size_t inbox_filled_ = 0;
};

// For Client::prepare: another frame of the same length, with the correlation id that is there.
void put_frame(uint8_t* frame, const Bytes& bytes);

// Waits for clients and one precise timer, on one thread.
class Loop {
 public:
  Loop();
  void add(Client& client);
  // Calls `tick` at once, and again whenever the time comes that it returned; 0 ends that.
  void set_timer(std::function<int64_t()> tick);
  void run_until(const std::function<bool()>& done, int64_t deadline_ns);

 private:
  void call_tick();

  int epoll_;
  int timer_;
  std::function<int64_t()> tick_;
};

// For setup: sends one frame on a blocking socket and returns the answer after its correlation id.
Bytes call(int fd, const Bytes& frame);

}  // namespace bench
