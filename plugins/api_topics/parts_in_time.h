// The parts of a request that run at once, and the time that its client gives them.
//
//   PartsInTime parts(plugin.host, count, timeout_ms);
//   …                                  // each part calls parts.done()
//   co_await parts.done_or_late();     // answer, with what is done
//   co_await parts.all_done();         // what they work on stays until then
#pragma once
#include <atomic>
#include <coroutine>
#include <cstdint>
#include <memory>

#include "fluxmq/host.h"
#include "fluxmq/task.h"

namespace fluxmq::api_topics {

class PartsInTime {
 public:
  PartsInTime(Host host, std::size_t count, std::int32_t timeout_ms)
      : host_(host),
        pending_(static_cast<std::int64_t>(count)),
        all_(static_cast<std::int64_t>(count)),
        first_(std::make_shared<Rendezvous>()) {
    if (count == 0) {
      first_->done();
      return;
    }
    timer_ = std::make_unique<Timer>(first_);
    timer_id_ = host_.start_timer(
        timeout_ms,
        [](void* context) {
          const std::unique_ptr<Timer> timer(static_cast<Timer*>(context));
          (*timer)->done();
        },
        timer_.get());
  }

  void done() noexcept {
    if (pending_.fetch_sub(1, std::memory_order_acq_rel) == 1) first_->done();
    all_.count_down();
  }

  // Awaited first.
  auto done_or_late() {
    struct Awaiter {
      PartsInTime& parts;
      bool await_ready() const noexcept { return false; }
      bool await_suspend(std::coroutine_handle<> awaiting) noexcept {
        return parts.first_->suspend(awaiting);
      }
      void await_resume() { parts.end_timer(); }
    };
    return Awaiter{*this};
  }
  // Awaited then.
  auto all_done() {
    struct Awaiter {
      Latch& latch;
      bool await_ready() const noexcept { return false; }
      bool await_suspend(std::coroutine_handle<> awaiting) noexcept {
        return latch.await_suspend(awaiting);
      }
      void await_resume() const noexcept {}
    };
    return Awaiter{all_};
  }

 private:
  // The timer's own reference: it may still run when the request is gone.
  using Timer = std::shared_ptr<Rendezvous>;

  void end_timer() {
    if (timer_ != nullptr && !host_.cancel_timer(timer_id_)) static_cast<void>(timer_.release());
  }

  const Host host_;
  std::atomic<std::int64_t> pending_;
  Latch all_;
  std::shared_ptr<Rendezvous> first_;
  std::unique_ptr<Timer> timer_;
  std::uint64_t timer_id_ = 0;
};

}  // namespace fluxmq::api_topics
