// Deadlines that are moved far more often than they are met. Moving one later costs nothing: its
// entry in the queue stays where it is, and is looked at again when it comes up.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fluxmq::api_groups {

class Group;

inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

enum class DeadlineKind : std::uint8_t {
  kSession,    // a member, or one that is to come, must be heard of
  kJoinPhase,  // the members must have joined
  kSyncPhase,  // the members must have asked for their assignment
};

struct Deadline {
  std::int64_t at_ms = kNever;
  std::int64_t queued_ms = kNever;  // its newest entry in the queue; never later than at_ms
};

class DeadlineQueue {
 public:
  struct Entry {
    std::int64_t at_ms = kNever;
    DeadlineKind kind{};
    std::weak_ptr<Group> group;
    std::string member_id;  // of a session

    friend bool operator>(const Entry& a, const Entry& b) { return a.at_ms > b.at_ms; }
  };

  void set(Deadline& deadline, std::int64_t at_ms, DeadlineKind kind,
           const std::shared_ptr<Group>& group, std::string_view member_id = {}) {
    deadline.at_ms = at_ms;
    if (at_ms >= deadline.queued_ms) return;
    deadline.queued_ms = at_ms;
    push({at_ms, kind, group, std::string(member_id)});
  }

  static void cancel(Deadline& deadline) { deadline.at_ms = kNever; }

  // When something is to be looked at; kNever if there is nothing.
  std::int64_t next_ms() const { return entries_.empty() ? kNever : entries_.front().at_ms; }

  std::optional<Entry> pop_due(std::int64_t now_ms) {
    if (next_ms() > now_ms || entries_.empty()) return std::nullopt;
    std::pop_heap(entries_.begin(), entries_.end(), std::greater<>());
    Entry entry = std::move(entries_.back());
    entries_.pop_back();
    return entry;
  }

  // Whether the deadline of a due entry is really met; else it is queued again.
  bool is_met(Deadline& deadline, const Entry& entry, std::int64_t now_ms) {
    if (entry.at_ms != deadline.queued_ms) return false;  // an older entry of it
    deadline.queued_ms = kNever;
    if (deadline.at_ms == kNever) return false;
    if (deadline.at_ms > now_ms) {
      deadline.queued_ms = deadline.at_ms;
      push({deadline.at_ms, entry.kind, entry.group, entry.member_id});
      return false;
    }
    deadline.at_ms = kNever;
    return true;
  }

  std::size_t size() const { return entries_.size(); }

  // Entries of those who are gone stay until they come up. A client that makes and drops members
  // must not fill the memory with them: when there are twice as many as were alive last time, only
  // those that `is_alive` are kept.
  template <class IsAlive>
  void sweep(IsAlive is_alive) {
    if (entries_.size() < sweep_at_) return;
    std::erase_if(entries_, [&](const Entry& entry) { return !is_alive(entry); });
    std::make_heap(entries_.begin(), entries_.end(), std::greater<>());
    sweep_at_ = std::max(kMinSweptEntries, 2 * entries_.size());
  }

 private:
  static constexpr std::size_t kMinSweptEntries = 4096;

  void push(Entry entry) {
    entries_.push_back(std::move(entry));
    std::push_heap(entries_.begin(), entries_.end(), std::greater<>());
  }

  std::vector<Entry> entries_;  // a heap, the earliest first
  std::size_t sweep_at_ = kMinSweptEntries;
};

}  // namespace fluxmq::api_groups
