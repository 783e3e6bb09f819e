// Who uses a partition's log, who waits for it, and how it ends: opened at its first use, closed or
// deleted once nobody uses it any more. Guarded by the partition's lock; the partition does what is
// decided here.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "fluxmq/protocol/errors.h"

namespace fluxmq::core {

class LogUses {
 public:
  // error 0: the log is open and counted as in use; a release is due.
  using Operation = std::function<void(std::int16_t error)>;
  // done(error) on any thread.
  using Ended = std::function<void(std::int16_t error)>;
  enum class Ending : std::uint8_t { kNone, kClose, kRemove };

  bool is_open() const { return state_ == State::kOpen && !is_ending(); }
  bool can_open() const { return state_ == State::kUnopened && !is_ending(); }
  bool is_ending() const { return ending_ != Ending::kNone; }

  // --- uses

  bool try_use() {
    if (!is_open()) return false;
    ++count_;
    return true;
  }
  // For work that outlasts a use that the caller has.
  void use_again() { ++count_; }
  void release() { --count_; }

  // --- opening

  // Why nobody may wait any more; 0 if they may.
  std::int16_t refusal() const {
    if (is_ending()) return ending_error();
    return waiting_.size() < kMaxWaiting ? 0 : to_int16(protocol::ErrorCode::LEADER_NOT_AVAILABLE);
  }
  // Whether the caller is to open the log.
  bool wait(Operation operation) {
    waiting_.push_back(std::move(operation));
    if (state_ != State::kUnopened) return false;
    state_ = State::kOpening;
    return true;
  }
  bool is_awaited() const { return !waiting_.empty(); }
  // They go before all others, in order, as users of the log, or with the error that is returned.
  std::int16_t take_waiting(std::int16_t error, std::vector<Operation>& operations) {
    operations.swap(waiting_);
    if (is_ending()) error = ending_error();
    if (error == 0) count_ += static_cast<std::int32_t>(operations.size());
    return error;
  }
  // Nobody waits any more: it is open to all, or couldn't be opened.
  void end_opening(bool is_open) {
    waiting_.shrink_to_fit();
    state_ = is_open ? State::kOpen : State::kUnopened;
  }
  // Who comes now waits, until the log was read again.
  void reopen() { state_ = State::kOpening; }
  // Whether nobody uses the log, which the caller closes then; who comes meanwhile waits.
  bool try_close() {
    if (!is_open() || count_ != 0) return false;
    state_ = State::kOpening;
    return true;
  }

  // --- the end

  void begin_end(Ending ending, Ended done) {
    ending_ = ending;
    ended_ = std::make_unique<Ended>(std::move(done));
  }
  // Whether the last user has left a log that is to end.
  bool may_end() const {
    return is_ending() && count_ == 0 && (state_ == State::kOpen || state_ == State::kUnopened);
  }
  std::pair<Ending, Ended> end() {
    state_ = State::kEnded;
    return {ending_, std::move(*std::exchange(ended_, nullptr))};
  }

 private:
  enum class State : std::uint8_t { kUnopened, kOpening, kOpen, kEnded };

  // Requests in memory are bounded by the kernel already; this bounds what costs no request bytes.
  static constexpr std::size_t kMaxWaiting = 100'000;

  std::int16_t ending_error() const {
    return to_int16(ending_ == Ending::kRemove ? protocol::ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
                                               : protocol::ErrorCode::NOT_LEADER_OR_FOLLOWER);
  }

  State state_ = State::kUnopened;
  Ending ending_ = Ending::kNone;
  std::int32_t count_ = 0;
  std::vector<Operation> waiting_;
  std::unique_ptr<Ended> ended_;  // who waits for the end
};

}  // namespace fluxmq::core
