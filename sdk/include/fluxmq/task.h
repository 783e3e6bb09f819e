// Coroutines over the callbacks of the C tables, so that a handler reads straight down.
#pragma once
#include <atomic>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <optional>
#include <tuple>
#include <utility>

namespace fluxmq {

// A coroutine that runs by itself from its first line on and frees itself at its end. What its
// parameters own is released with it; an exception just ends it.
class Task {
 public:
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() noexcept {}
  };
};

// A coroutine that a Task or another Async awaits: it starts when awaited, and hands on its value
// or its exception.
template <class Value>
class [[nodiscard]] Async {
 public:
  struct promise_type;
  using Handle = std::coroutine_handle<promise_type>;

  struct Continue {
    bool await_ready() noexcept { return false; }
    std::coroutine_handle<> await_suspend(Handle handle) noexcept {
      return handle.promise().continuation;
    }
    void await_resume() noexcept {}
  };

  struct promise_type {
    std::coroutine_handle<> continuation;
    std::optional<Value> value;
    std::exception_ptr exception;
    Async get_return_object() { return Async(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    Continue final_suspend() noexcept { return {}; }
    void return_value(Value result) { value.emplace(std::move(result)); }
    void unhandled_exception() noexcept { exception = std::current_exception(); }
  };

  Async(Async&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Async& operator=(Async&&) = delete;
  ~Async() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
    handle_.promise().continuation = awaiting;
    return handle_;
  }
  Value await_resume() {
    if (handle_.promise().exception) std::rethrow_exception(handle_.promise().exception);
    return std::move(*handle_.promise().value);
  }

 private:
  explicit Async(Handle handle) : handle_(handle) {}
  Handle handle_;
};

// Resumes a coroutine once, whichever comes first: its suspension or what it waits for, on any
// thread.
class Rendezvous {
 public:
  // For await_suspend, after the work was started: false if it is done already.
  bool suspend(std::coroutine_handle<> awaiting) noexcept {
    awaiting_ = awaiting;
    return state_.exchange(kSuspended, std::memory_order_acq_rel) != kDone;
  }
  void done() noexcept {
    if (state_.exchange(kDone, std::memory_order_acq_rel) == kSuspended) awaiting_.resume();
  }

 private:
  static constexpr std::uint8_t kRunning = 0, kSuspended = 1, kDone = 2;
  std::coroutine_handle<> awaiting_;
  std::atomic<std::uint8_t> state_{kRunning};
};

// Awaits one call of a C function that takes (…, done, context). `start` gets the awaiter, and
// passes
// `&Call::done` and the awaiter as the context. Result is made from done's arguments during the
// call, since what they point to ends with it.
template <class Result, class Start, class... Arguments>
class CallAwaiter {
 public:
  explicit CallAwaiter(Start start) : start_(std::move(start)) {}
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiting) {
    start_(&CallAwaiter::done, static_cast<void*>(this));
    return rendezvous_.suspend(awaiting);
  }
  Result await_resume() { return std::move(*result_); }

 private:
  static void done(void* context, Arguments... arguments) {
    auto* self = static_cast<CallAwaiter*>(context);
    self->result_.emplace(arguments...);
    self->rendezvous_.done();
  }
  Start start_;
  std::optional<Result> result_;
  Rendezvous rendezvous_;
};

// co_await call<AppendResult, const fluxmq_append_result*>([&](auto done, void* context) { … });
template <class Result, class... Arguments, class Start>
CallAwaiter<Result, Start, Arguments...> call(Start start) {
  return CallAwaiter<Result, Start, Arguments...>(std::move(start));
}

// Awaited once by one coroutine; resumes it when count_down was called `count` times.
class Latch {
 public:
  explicit Latch(std::int64_t count) : count_(count + 1) {}
  void count_down() noexcept {
    if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1) awaiting_.resume();
  }
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiting) noexcept {
    awaiting_ = awaiting;
    return count_.fetch_sub(1, std::memory_order_acq_rel) != 1;
  }
  void await_resume() const noexcept {}

 private:
  std::coroutine_handle<> awaiting_;
  std::atomic<std::int64_t> count_;
};

}  // namespace fluxmq
