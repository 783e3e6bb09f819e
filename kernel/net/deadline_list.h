// Connections in the order in which they were last active, to end those that were silent too long.
#pragma once

#include <cstdint>

namespace fluxmq::kernel {

// A place in a list; its owner takes it out before it goes.
struct DeadlineLink {
  DeadlineLink* previous = nullptr;
  DeadlineLink* next = nullptr;
  int64_t active_ms = 0;
  void* owner = nullptr;

  bool is_listed() const { return previous != nullptr; }
};

// All entries have the same timeout, so the first is always the first to expire.
class DeadlineList {
 public:
  DeadlineList() { ends_.previous = ends_.next = &ends_; }
  DeadlineList(const DeadlineList&) = delete;
  DeadlineList& operator=(const DeadlineList&) = delete;

  DeadlineLink* first() { return after(&ends_); }
  DeadlineLink* after(const DeadlineLink* link) {
    return link->next == &ends_ ? nullptr : link->next;
  }

  void move_to_end(DeadlineLink& link, int64_t now_ms) {
    remove(link);
    link.active_ms = now_ms;
    link.previous = ends_.previous;
    link.next = &ends_;
    ends_.previous->next = &link;
    ends_.previous = &link;
  }
  static void remove(DeadlineLink& link) {
    if (!link.is_listed()) return;
    link.previous->next = link.next;
    link.next->previous = link.previous;
    link.previous = link.next = nullptr;
  }

 private:
  DeadlineLink ends_;
};

}  // namespace fluxmq::kernel
