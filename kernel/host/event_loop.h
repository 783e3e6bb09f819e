// An event loop: one thread that waits for sockets, timers and other threads.
//
// It works in turns: run what is ready, run what was posted by other threads, run what was
// deferred, then let the connections write. What arrives together is so handled, appended and
// answered together.
#pragma once

#include <atomic>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

#include "fluxmq/abi/host.h"
#include "host/timers.h"

namespace fluxmq::kernel {

// Something another thread hands to a loop, linked into its queue without an allocation.
struct LoopNode {
  LoopNode* next = nullptr;
  void (*run)(LoopNode* node) = nullptr;
};

int64_t steady_now_ms();
int64_t steady_now_us();
int64_t wall_now_ms();

class EventLoop {
 public:
  using Timer =
      boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                        boost::asio::wait_traits<std::chrono::steady_clock>,
                                        boost::asio::io_context::executor_type>;

  explicit EventLoop(uint32_t index);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // The loop whose thread is calling, or null.
  static EventLoop* current();

  uint32_t index() const { return index_; }
  boost::asio::io_context& io() { return io_; }
  Timers& timers() { return timers_; }

  void start();
  // Ends the thread after its turn and joins it.
  void stop();
  // Runs what was left in the queues, on the calling thread: after stop.
  void run_leftovers();

  // From any thread.
  void post(LoopNode* node);
  void post(fluxmq_task task, void* context);
  uint64_t start_timer(int64_t delay_ms, fluxmq_task task, void* context);

  // On the loop's own thread: at the end of the turn.
  void defer(fluxmq_task task, void* context) { deferred_.push_back({task, context}); }

  // The connections' part of the turn's end. Returns true if they have more to do at once.
  void set_turn_end(bool (*turn_end)(void* context), void* context);

 private:
  struct Deferred {
    fluxmq_task task;
    void* context;
  };

  void run();
  void end_turn();
  void run_posted();
  void run_deferred();
  void arm_timer();
  void run_due_timers();
  void wake();

  const uint32_t index_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_running_;
  std::atomic<LoopNode*> posted_{nullptr};
  std::vector<Deferred> deferred_;
  std::vector<Deferred> running_;
  Timers timers_;
  Timer timer_;
  std::optional<int64_t> armed_ms_;
  bool (*turn_end_)(void* context) = nullptr;
  void* turn_end_context_ = nullptr;
  bool has_more_ = false;
  std::atomic<bool> stopped_{false};
  std::thread thread_;
};

}  // namespace fluxmq::kernel
