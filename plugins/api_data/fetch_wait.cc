#include "fetch_wait.h"

#include <memory>
#include <utility>

namespace fluxmq::api_data {

// References: one of the fetch, and one of each callback that may still come.
struct FetchWait::State {
  static constexpr std::uint8_t kFired = 1;
  static constexpr std::uint8_t kSuspended = 2;

  explicit State(Host broker) : host(broker), loop(broker.current_loop()) {}

  const Host host;
  const std::uint32_t loop;  // where the request came, and is answered
  std::coroutine_handle<> fetch;
  std::atomic<std::uint32_t> references{1};
  std::atomic<std::uint8_t> progress{0};
  std::vector<std::uint64_t> watch_ids;
  std::uint64_t timer_id = 0;
  State* previous = nullptr;  // in FetchWaits
  State* next = nullptr;

  void acquire() { references.fetch_add(1, std::memory_order_relaxed); }
  void release() {
    if (references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  // What all callbacks do: the first to come resumes the fetch, unless it is yet to suspend.
  static void fire(void* context) {
    auto* state = static_cast<State*>(context);
    if (state->progress.fetch_or(kFired, std::memory_order_acq_rel) == kSuspended) state->resume();
    state->release();
  }

  void resume() {
    if (loop == FLUXMQ_NO_LOOP || loop == host.current_loop()) {
      fetch.resume();
    } else {
      const auto* table = host.table();
      table->post(
          table->self, loop,
          [](void* frame) { std::coroutine_handle<>::from_address(frame).resume(); },
          fetch.address());
    }
  }
};

bool FetchWait::await_suspend(std::coroutine_handle<> fetch) {
  auto state = std::make_unique<State>(waits_.host_);
  state->fetch = fetch;
  state->watch_ids.reserve(partitions_.size());
  if (!waits_.add(*state)) return false;
  state_ = state.release();

  bool fired_at_once = false;
  for (const auto& watched : partitions_) {
    state_->acquire();
    const auto id = watched.partition.watch(watched.seen_end, isolation_, &State::fire, state_);
    state_->watch_ids.push_back(id);
    fired_at_once = id == 0;
    if (fired_at_once) break;
  }
  if (!fired_at_once) {
    state_->acquire();
    state_->timer_id = state_->host.start_timer(delay_ms_, &State::fire, state_);
  }
  return (state_->progress.fetch_or(State::kSuspended, std::memory_order_acq_rel) &
          State::kFired) == 0;
}

void FetchWait::await_resume() {
  if (state_ == nullptr) return;
  waits_.remove(*state_);
  for (std::size_t i = 0; i < state_->watch_ids.size(); ++i) {
    const auto id = state_->watch_ids[i];
    if (id != 0 && partitions_[i].partition.forget(id)) state_->release();
  }
  if (state_->timer_id != 0 && state_->host.cancel_timer(state_->timer_id)) state_->release();
  std::exchange(state_, nullptr)->release();
}

bool FetchWaits::add(FetchWait::State& state) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return false;
  state.next = first_;
  if (first_ != nullptr) first_->previous = &state;
  first_ = &state;
  return true;
}

void FetchWaits::remove(FetchWait::State& state) {
  const std::lock_guard lock(mutex_);
  if (state.previous != nullptr) state.previous->next = state.next;
  if (state.next != nullptr) state.next->previous = state.previous;
  if (first_ == &state) first_ = state.next;
}

void FetchWaits::stop() {
  std::vector<FetchWait::State*> waiting;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (auto* state = first_; state != nullptr; state = state->next) {
      state->acquire();
      waiting.push_back(state);
    }
  }
  for (auto* state : waiting) FetchWait::State::fire(state);
}

}  // namespace fluxmq::api_data
