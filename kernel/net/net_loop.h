// What the connections of one event loop share: memory, limits, deadlines, and the turn's end.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "dispatch/request.h"
#include "dispatch/router.h"
#include "dispatch/session.h"
#include "host/blocking_pool.h"
#include "host/event_loop.h"
#include "host/log.h"
#include "net/buffer_pool.h"
#include "net/deadline_list.h"
#include "net/free_list.h"
#include "net/request_memory.h"
#include "net/segment_writer.h"

namespace fluxmq::kernel {

class Connection;

// Limits of connections, from the config.
struct NetSettings {
  int32_t max_request_bytes = 104857600;
  int32_t max_unauthenticated_request_bytes = 524288;
  uint32_t max_in_flight = 1000;
  uint64_t max_unsent_bytes = 1 << 20;
  int64_t max_idle_ms = 600000;  // negative: none
  int64_t max_stall_ms = 30000;
  int32_t send_buffer_bytes = -1;
  int32_t receive_buffer_bytes = -1;
};

// Told when a connection is gone or requests were completed while the broker ends.
class NetObserver {
 public:
  virtual ~NetObserver() = default;
  virtual void connection_closed(const Session& session) = 0;
  virtual void unfinished_changed() = 0;
};

class NetLoop {
 public:
  NetLoop(EventLoop& loop, BlockingPool& blocking_pool, const Router& router,
          const NetSettings& settings, RequestMemory& request_memory, NetObserver& observer);
  ~NetLoop();
  NetLoop(const NetLoop&) = delete;
  NetLoop& operator=(const NetLoop&) = delete;

  EventLoop& event_loop() { return loop_; }

  // From any thread. `adopt` takes the socket; the connection counts from then on.
  void adopt(int socket, SessionOrigin origin);
  size_t connection_count() const { return connection_count_.load(std::memory_order_relaxed); }

  // The end of the broker, from any thread, step by step.
  void stop_reading();
  void finish_connections();
  void close_connections();
  // Connections with requests in flight or answers unsent, since stop_reading.
  size_t unfinished_count() const { return unfinished_count_.load(); }
  // Once this is so, it hands no request to a handler.
  bool has_stopped_reading() const { return unfinished_count_.load() != SIZE_MAX; }

 private:
  friend class Connection;
  friend class FrameReader;

  enum class Deadline { kIdle, kStall, kLinger };

  static bool end_turn(void* self);
  void end_turns();
  void touch(Connection& connection);
  void note_active(Connection& connection, Deadline deadline);
  void check_deadlines();
  bool expire_first(DeadlineList& list, int64_t timeout_ms, int64_t now_ms);
  void schedule_deadlines(int64_t at_ms);
  void wait_for_memory(Connection& connection);
  void stop_waiting_for_memory(Connection& connection);
  void resume_waiting();
  void count_request_bytes(int64_t bytes) {
    uncounted_bytes_ += bytes;
    if (uncounted_bytes_ > kMaxUncountedBytes) settle_request_bytes();
  }
  void settle_request_bytes();
  // The shared chunk with room for `bytes` more.
  Buffer* read_chunk(size_t bytes);
  void schedule_trim();
  void trim();
  void retire(Connection& connection);
  void free_retired();
  void count_unfinished();
  void for_each(const std::function<void(Connection&)>& visit);
  // Runs on the loop's thread.
  void run_here(void (NetLoop::*step)());
  void stop_reading_here();
  void finish_connections_here();
  void close_connections_here();

  // The bytes of small frames are counted once a turn, or when they are this many.
  static constexpr int64_t kMaxUncountedBytes = 1 << 20;

  EventLoop& loop_;
  BlockingPool& blocking_pool_;
  const Router& router_;
  const NetSettings& settings_;
  RequestMemory& request_memory_;
  NetObserver& observer_;
  LogComponent& request_log_;

  BufferPool buffers_;
  OutParts out_parts_;
  FreeList<Request> requests_;
  Buffer* chunk_ = nullptr;  // small frames of all connections are read into it
  size_t chunk_used_ = 0;
  int64_t uncounted_bytes_ = 0;
  int64_t received_ms_ = 0;  // when the bytes that are handled came

  std::vector<Connection*> touched_;
  std::vector<Connection*> touching_;
  std::deque<Connection*> sending_much_;  // touched, too; in the order of their turns
  std::vector<Connection*> retired_;
  std::vector<Connection*> waiting_for_memory_;
  bool is_registered_waiter_ = false;

  DeadlineList idle_;
  DeadlineList stalled_;
  DeadlineList lingering_;
  uint64_t deadline_timer_ = 0;
  int64_t deadline_timer_ms_ = 0;
  uint64_t trim_timer_ = 0;
  uint64_t taken_at_trim_ = 0;

  bool is_reading_stopped_ = false;
  std::atomic<size_t> connection_count_{0};
  std::atomic<size_t> unfinished_count_{0};
};

}  // namespace fluxmq::kernel
