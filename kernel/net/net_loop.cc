// What the connections of one event loop share.
#include "net/net_loop.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "dispatch/request_log.h"
#include "net/connection.h"

namespace fluxmq::kernel {
namespace {

constexpr size_t kChunkBytes = 64 * 1024 - sizeof(Buffer);
// Warm memory that a loop keeps: enough for some dozens of megabyte frames on their way.
constexpr size_t kMaxFreeBytes = 32 << 20;
constexpr size_t kMaxFreeObjects = 4096;
constexpr int64_t kTrimAfterMs = 2000;
// How long a client may take to read the last answers before its connection is closed.
constexpr int64_t kLingerMs = 1000;
// What all connections together send of large answers in one turn: about 0.1 ms.
constexpr uint64_t kMaxLargeBytesPerTurn = 256 * 1024;

}  // namespace

NetLoop::NetLoop(EventLoop& loop, BlockingPool& blocking_pool, const Router& router,
                 const NetSettings& settings, RequestMemory& request_memory, NetObserver& observer)
    : loop_(loop),
      blocking_pool_(blocking_pool),
      router_(router),
      settings_(settings),
      request_memory_(request_memory),
      observer_(observer),
      request_log_(log_component("request")),
      buffers_(kMaxFreeBytes),
      out_parts_(kMaxFreeObjects),
      requests_(kMaxFreeObjects) {
  loop_.set_turn_end(end_turn, this);
}

NetLoop::~NetLoop() {
  close_connections_here();
  for (Connection* connection : retired_) delete connection;
  if (chunk_ != nullptr) buffers_.release(chunk_);
}

void NetLoop::adopt(int socket, SessionOrigin origin) {
  struct Adoption {
    NetLoop* self;
    int socket;
    SessionOrigin origin;
  };
  connection_count_.fetch_add(1, std::memory_order_relaxed);
  loop_.post(
      [](void* context) {
        std::unique_ptr<Adoption> adoption(static_cast<Adoption*>(context));
        auto* connection = new Connection(*adoption->self, adoption->socket, adoption->origin);
        if (adoption->self->is_reading_stopped_) connection->close();
      },
      new Adoption{this, socket, std::move(origin)});
}

bool NetLoop::end_turn(void* self_pointer) {
  auto& self = *static_cast<NetLoop*>(self_pointer);
  self.end_turns();
  self.free_retired();
  self.settle_request_bytes();
  self.schedule_trim();
  if (self.is_reading_stopped_) self.count_unfinished();
  return !self.touched_.empty() || !self.sending_much_.empty();
}

// Small answers go out first, then some of what is large, one connection after the other: so who
// waits for a small one waits for part of a millisecond, however many read much.
void NetLoop::end_turns() {
  touching_.swap(touched_);
  for (Connection* connection : touching_) {
    if (connection->has_much_to_send()) {
      sending_much_.push_back(connection);
      continue;
    }
    connection->is_touched_ = false;
    uint64_t unbounded = UINT64_MAX;
    connection->end_turn(unbounded);
  }
  touching_.clear();
  uint64_t share = kMaxLargeBytesPerTurn;
  while (!sending_much_.empty() && share > 0) {
    Connection* connection = sending_much_.front();
    sending_much_.pop_front();
    connection->is_touched_ = false;
    connection->end_turn(share);
  }
}

void NetLoop::touch(Connection& connection) {
  if (connection.is_touched_) return;
  connection.is_touched_ = true;
  touched_.push_back(&connection);
}

void NetLoop::note_active(Connection& connection, Deadline deadline) {
  int64_t now_ms = steady_now_ms();
  switch (deadline) {
    case Deadline::kIdle:
      idle_.move_to_end(connection.deadline_, now_ms);
      if (settings_.max_idle_ms >= 0) schedule_deadlines(now_ms + settings_.max_idle_ms);
      break;
    case Deadline::kStall:
      stalled_.move_to_end(connection.deadline_, now_ms);
      schedule_deadlines(now_ms + settings_.max_stall_ms);
      break;
    case Deadline::kLinger:
      lingering_.move_to_end(connection.deadline_, now_ms);
      schedule_deadlines(now_ms + kLingerMs);
      break;
  }
}

void NetLoop::schedule_deadlines(int64_t at_ms) {
  if (deadline_timer_ != 0) {
    if (deadline_timer_ms_ <= at_ms) return;
    loop_.timers().cancel(deadline_timer_);
  }
  deadline_timer_ms_ = at_ms;
  deadline_timer_ = loop_.start_timer(
      at_ms - steady_now_ms(),
      [](void* self) {
        static_cast<NetLoop*>(self)->deadline_timer_ = 0;
        static_cast<NetLoop*>(self)->check_deadlines();
      },
      this);
}

void NetLoop::check_deadlines() {
  int64_t now_ms = steady_now_ms();
  if (settings_.max_idle_ms >= 0) {
    while (expire_first(idle_, settings_.max_idle_ms, now_ms)) {
    }
  }
  while (expire_first(stalled_, settings_.max_stall_ms, now_ms)) {
  }
  while (expire_first(lingering_, kLingerMs, now_ms)) {
  }
}

// True if there was one to end, or to put off; else the timer is set for the first.
bool NetLoop::expire_first(DeadlineList& list, int64_t timeout_ms, int64_t now_ms) {
  DeadlineLink* link = list.first();
  if (link == nullptr) return false;
  if (link->active_ms + timeout_ms > now_ms) {
    schedule_deadlines(link->active_ms + timeout_ms);
    return false;
  }
  auto& connection = *static_cast<Connection*>(link->owner);
  // Waiting for a handler, or for room, is not the client's silence.
  bool is_working = connection.in_flight_ > 0 || connection.is_waiting_for_memory_;
  if (&list == &idle_ && is_working && timeout_ms > 0) {
    list.move_to_end(*link, now_ms);
    return true;
  }
  if (kernel_log().enabled(LogLevel::debug)) {
    kernel_log().write(LogLevel::debug, describe_client(connection.session_) + " was silent for " +
                                            std::to_string(timeout_ms) + " ms: closed");
  }
  connection.close();
  return true;
}

void NetLoop::wait_for_memory(Connection& connection) {
  connection.is_waiting_for_memory_ = true;
  waiting_for_memory_.push_back(&connection);
  if (is_registered_waiter_) return;
  is_registered_waiter_ = true;
  request_memory_.wait_for_room(
      loop_, [](void* self) { static_cast<NetLoop*>(self)->resume_waiting(); }, this);
}

void NetLoop::stop_waiting_for_memory(Connection& connection) {
  if (!connection.is_waiting_for_memory_) return;
  connection.is_waiting_for_memory_ = false;
  std::erase(waiting_for_memory_, &connection);
}

void NetLoop::resume_waiting() {
  is_registered_waiter_ = false;
  std::vector<Connection*> waiting;
  waiting.swap(waiting_for_memory_);
  for (Connection* connection : waiting) {
    connection->is_waiting_for_memory_ = false;
    connection->take_kept();
  }
}

void NetLoop::settle_request_bytes() {
  if (uncounted_bytes_ == 0) return;
  request_memory_.add(std::exchange(uncounted_bytes_, 0));
}

Buffer* NetLoop::read_chunk(size_t bytes) {
  // With no request in it any more it is used from the beginning, while it is warm.
  if (chunk_ != nullptr && chunk_->references == 1) chunk_used_ = 0;
  if (chunk_ == nullptr || chunk_->capacity - chunk_used_ < bytes) {
    if (chunk_ != nullptr) buffers_.release(chunk_);
    chunk_ = buffers_.take(std::max(kChunkBytes, bytes));
    chunk_used_ = 0;
  }
  return chunk_;
}

// Free memory is given back once the loop had nothing to do for a while; no timer runs after that.
void NetLoop::schedule_trim() {
  if (trim_timer_ != 0 || buffers_.free_bytes() == 0) return;
  taken_at_trim_ = buffers_.taken();
  trim_timer_ = loop_.start_timer(
      kTrimAfterMs, [](void* self) { static_cast<NetLoop*>(self)->trim(); }, this);
}

void NetLoop::trim() {
  trim_timer_ = 0;
  if (buffers_.taken() != taken_at_trim_) return;  // the turn's end schedules another
  buffers_.trim();
  out_parts_.trim();
  requests_.trim();
}

void NetLoop::retire(Connection& connection) {
  retired_.push_back(&connection);
}

void NetLoop::free_retired() {
  std::erase_if(retired_, [](Connection* connection) {
    if (connection->is_touched_ || !connection->can_be_freed()) return false;
    delete connection;
    return true;
  });
}

void NetLoop::for_each(const std::function<void(Connection&)>& visit) {
  std::vector<Connection*> all;
  for (DeadlineList* list : {&idle_, &stalled_, &lingering_}) {
    for (DeadlineLink* link = list->first(); link != nullptr; link = list->after(link)) {
      all.push_back(static_cast<Connection*>(link->owner));
    }
  }
  for (Connection* connection : all) visit(*connection);
}

void NetLoop::count_unfinished() {
  size_t count = 0;
  for_each([&](Connection& connection) { count += connection.is_unfinished() ? 1 : 0; });
  if (unfinished_count_.exchange(count) != count || count == 0) observer_.unfinished_changed();
}

void NetLoop::run_here(void (NetLoop::*step)()) {
  struct Step {
    NetLoop* self;
    void (NetLoop::*step)();
  };
  loop_.post(
      [](void* context) {
        std::unique_ptr<Step> posted(static_cast<Step*>(context));
        (posted->self->*posted->step)();
      },
      new Step{this, step});
}

void NetLoop::stop_reading() {
  unfinished_count_ = SIZE_MAX;  // until the loop has counted
  run_here(&NetLoop::stop_reading_here);
}
void NetLoop::finish_connections() {
  run_here(&NetLoop::finish_connections_here);
}
void NetLoop::close_connections() {
  run_here(&NetLoop::close_connections_here);
}

void NetLoop::stop_reading_here() {
  is_reading_stopped_ = true;
  for_each([](Connection& connection) { connection.frames_.drop(); });
}

void NetLoop::finish_connections_here() {
  for_each([this](Connection& connection) {
    connection.finish();
    touch(connection);
  });
}

void NetLoop::close_connections_here() {
  for_each([](Connection& connection) { connection.close(); });
}

}  // namespace fluxmq::kernel
