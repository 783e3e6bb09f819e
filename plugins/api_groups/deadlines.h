// Deadlines that are moved far more often than they are met. Moving one later costs nothing: its
// entry in the queue stays where it is, and is looked at again when it comes up.
#pragma once
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <queue>
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
    entries_.push({at_ms, kind, group, std::string(member_id)});
  }

  static void cancel(Deadline& deadline) { deadline.at_ms = kNever; }

  // When something is to be looked at; kNever if there is nothing.
  std::int64_t next_ms() const { return entries_.empty() ? kNever : entries_.top().at_ms; }

  std::optional<Entry> pop_due(std::int64_t now_ms) {
    if (next_ms() > now_ms || entries_.empty()) return std::nullopt;
    Entry entry = entries_.top();
    entries_.pop();
    return entry;
  }

  // Whether the deadline of a due entry is really met; else it is queued again.
  bool is_met(Deadline& deadline, const Entry& entry, std::int64_t now_ms) {
    if (entry.at_ms != deadline.queued_ms) return false;  // an older entry of it
    deadline.queued_ms = kNever;
    if (deadline.at_ms == kNever) return false;
    if (deadline.at_ms > now_ms) {
      deadline.queued_ms = deadline.at_ms;
      entries_.push({deadline.at_ms, entry.kind, entry.group, entry.member_id});
      return false;
    }
    deadline.at_ms = kNever;
    return true;
  }

 private:
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> entries_;
};

}  // namespace fluxmq::api_groups
