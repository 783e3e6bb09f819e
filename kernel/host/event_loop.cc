// An event loop: its turn, and how other threads reach it.
#include "host/event_loop.h"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <string>

namespace fluxmq::kernel {
namespace {

// Handlers a turn at most, so that answers don't wait for an endless stream of arrivals.
constexpr int kMaxHandlersPerTurn = 128;
// Rounds of deferred tasks that defer again, and timers: what is left waits for the next turn.
constexpr int kMaxDeferredRounds = 16;
constexpr int kMaxTimersPerTurn = 1024;

thread_local EventLoop* current_loop = nullptr;

struct PostedTask : LoopNode {
  fluxmq_task task;
  void* context;
};

void run_posted_task(LoopNode* node) {
  auto* posted = static_cast<PostedTask*>(node);
  PostedTask copy = *posted;
  delete posted;
  copy.task(copy.context);
}

template <typename Unit, typename Clock>
int64_t now_in() {
  return std::chrono::duration_cast<Unit>(Clock::now().time_since_epoch()).count();
}

}  // namespace

int64_t steady_now_ms() {
  return now_in<std::chrono::milliseconds, std::chrono::steady_clock>();
}
int64_t steady_now_us() {
  return now_in<std::chrono::microseconds, std::chrono::steady_clock>();
}
int64_t wall_now_ms() {
  return now_in<std::chrono::milliseconds, std::chrono::system_clock>();
}

EventLoop::EventLoop(uint32_t index)
    : index_(index), io_(1), keep_running_(io_.get_executor()), timers_(index), timer_(io_) {}

EventLoop::~EventLoop() {
  stop();
}

EventLoop* EventLoop::current() {
  return current_loop;
}

void EventLoop::start() {
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), ("loop-" + std::to_string(index_)).c_str());
}

void EventLoop::stop() {
  if (!thread_.joinable()) return;
  stopped_ = true;
  wake();
  thread_.join();
}

void EventLoop::run_leftovers() {
  current_loop = this;
  end_turn();
  current_loop = nullptr;
}

void EventLoop::post(LoopNode* node) {
  LoopNode* before = posted_.load(std::memory_order_relaxed);
  do {
    node->next = before;
  } while (!posted_.compare_exchange_weak(before, node, std::memory_order_release,
                                          std::memory_order_relaxed));
  // From here on the node is the loop's. Whoever finds the queue empty wakes the loop; the loop
  // itself looks before it sleeps.
  if (before == nullptr && current_loop != this) wake();
}

void EventLoop::post(fluxmq_task task, void* context) {
  auto* node = new PostedTask;
  node->run = run_posted_task;
  node->task = task;
  node->context = context;
  post(node);
}

uint64_t EventLoop::start_timer(int64_t delay_ms, fluxmq_task task, void* context) {
  // Up, so that a timer never fires early.
  int64_t deadline_ms = (steady_now_us() + 999) / 1000 + std::max<int64_t>(delay_ms, 0);
  bool is_earliest = false;
  uint64_t id = timers_.start(deadline_ms, task, context, &is_earliest);
  if (is_earliest && current_loop != this) wake();
  return id;
}

void EventLoop::set_turn_end(bool (*turn_end)(void* context), void* context) {
  turn_end_ = turn_end;
  turn_end_context_ = context;
}

void EventLoop::wake() {
  boost::asio::post(io_, [] {});
}

void EventLoop::run() {
  current_loop = this;
  while (!stopped_.load(std::memory_order_relaxed)) {
    if (!has_more_) io_.run_one();
    for (int handlers = 1; handlers < kMaxHandlersPerTurn; ++handlers) {
      if (io_.poll_one() == 0) break;
    }
    end_turn();
  }
  current_loop = nullptr;
}

void EventLoop::end_turn() {
  run_posted();
  run_deferred();
  bool connections_have_more = turn_end_ != nullptr && turn_end_(turn_end_context_);
  arm_timer();
  has_more_ = connections_have_more || !deferred_.empty() ||
              posted_.load(std::memory_order_acquire) != nullptr;
}

void EventLoop::run_posted() {
  LoopNode* newest_first = posted_.exchange(nullptr, std::memory_order_acquire);
  LoopNode* first = nullptr;
  while (newest_first != nullptr) {
    LoopNode* next = newest_first->next;
    newest_first->next = first;
    first = newest_first;
    newest_first = next;
  }
  while (first != nullptr) {
    LoopNode* next = first->next;
    first->run(first);
    first = next;
  }
}

void EventLoop::run_deferred() {
  for (int round = 0; round < kMaxDeferredRounds && !deferred_.empty(); ++round) {
    running_.swap(deferred_);
    for (const Deferred& deferred : running_) deferred.task(deferred.context);
    running_.clear();
  }
}

void EventLoop::arm_timer() {
  std::optional<int64_t> earliest = timers_.earliest_ms();
  // A timer that was cancelled leaves the alarm on: it is late to none, and rings once for nothing.
  if (!earliest || (armed_ms_ && *armed_ms_ <= *earliest)) return;
  armed_ms_ = earliest;
  timer_.expires_at(std::chrono::steady_clock::time_point(std::chrono::milliseconds(*earliest)));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;  // armed anew
    armed_ms_.reset();
    run_due_timers();
  });
}

void EventLoop::run_due_timers() {
  int64_t now_ms = steady_now_ms();
  for (int count = 0; count < kMaxTimersPerTurn; ++count) {
    std::optional<Timers::Due> due = timers_.take_due(now_ms);
    if (!due) break;
    due->task(due->context);
  }
}

}  // namespace fluxmq::kernel
