// Waiter: the place where a request waits for its answer, which may come much later.
#pragma once
#include <coroutine>
#include <optional>
#include <utility>

#include "fluxmq/task.h"

namespace fluxmq::api_groups {

template <class Result>
class Waiter {
 public:
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  // Once; the waiter may be gone when it returns.
  void complete(Result result) {
    result_.emplace(std::move(result));
    rendezvous_.done();
  }

 protected:
  ~Waiter() = default;
  std::optional<Result> result_;
  Rendezvous rendezvous_;
};

template <class Result, class Start>
class Waiting : public Waiter<Result> {
 public:
  explicit Waiting(Start start) : start_(std::move(start)) {}
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiting) {
    start_(static_cast<Waiter<Result>*>(this));
    return this->rendezvous_.suspend(awaiting);
  }
  Result await_resume() { return std::move(*this->result_); }

 private:
  Start start_;
};

// co_await wait<JoinResult>([&](Waiter<JoinResult>* waiter) { … hand it over … });
template <class Result, class Start>
Waiting<Result, Start> wait(Start start) {
  return Waiting<Result, Start>(std::move(start));
}

}  // namespace fluxmq::api_groups
