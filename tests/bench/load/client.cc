// See client.h.
#include "load/client.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>

namespace bench {
namespace {

constexpr size_t kCorrelationIdAt = 8;
constexpr uint32_t kMaxAnswerBytes = 128 * 1024 * 1024;

uint32_t answer_length(const uint8_t* frame) {
  uint32_t length = read_be32(frame);
  if (length < 4 || length > kMaxAnswerBytes) fail("an answer of impossible length");
  return length;
}

}  // namespace

Client::Client(int port, const Bytes& frame, int in_flight)
    : fd_(connect_to(port)), frame_size_(frame.size()), since_ns_(static_cast<size_t>(in_flight)) {
  check(fcntl(fd_, F_SETFL, O_NONBLOCK), "fcntl");
  for (size_t i = 0; i < since_ns_.size(); i++)
    ring_.insert(ring_.end(), frame.begin(), frame.end());
}

void Client::issue(int64_t since_ns) {
  if (full()) fail("more requests in flight than slots");
  size_t slot = issued_ % since_ns_.size();
  uint8_t* frame = ring_.data() + slot * frame_size_;
  write_be32(frame + kCorrelationIdAt, static_cast<uint32_t>(issued_));
  since_ns_[slot] = since_ns != 0 ? since_ns : now_ns();
  if (prepare) prepare(frame);
  issued_++;
}

void Client::flush() {
  while (sent_bytes_ < issued_ * frame_size_) {
    size_t from = sent_bytes_ % ring_.size();
    size_t due = issued_ * frame_size_ - sent_bytes_;
    ssize_t sent = send(fd_, ring_.data() + from, std::min(due, ring_.size() - from), MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return;
    sent_bytes_ += static_cast<size_t>(check(sent, "send"));
  }
}

void Client::on_ready(uint32_t events) {
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive();
  flush();
}

// Until the socket is empty, since the loop tells of each arrival once.
void Client::receive() {
  for (;;) {
    size_t room = inbox_.size() - inbox_filled_;
    ssize_t got = recv(fd_, inbox_.data() + inbox_filled_, room, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (check(got, "recv") == 0) fail("the broker closed a connection");
    inbox_filled_ += static_cast<size_t>(got);
    take_answers();
    if (static_cast<size_t>(got) < room) return;
  }
}

void Client::take_answers() {
  size_t from = 0;
  size_t need = 0;
  while (inbox_filled_ - from >= 8) {
    const uint8_t* frame = inbox_.data() + from;
    need = 4 + size_t{answer_length(frame)};
    if (inbox_filled_ - from < need) break;
    if (read_be32(frame + 4) != static_cast<uint32_t>(answered_)) fail("answers out of order");
    int64_t since = since_ns_[answered_ % since_ns_.size()];
    answered_++;
    from += need;
    answered({frame + 8, need - 8}, now_ns() - since);
  }
  std::memmove(inbox_.data(), inbox_.data() + from, inbox_filled_ - from);
  inbox_filled_ -= from;
  if (need > inbox_.size()) inbox_.resize(need);
}

void put_frame(uint8_t* frame, const Bytes& bytes) {
  constexpr size_t kAfter = kCorrelationIdAt + 4;
  std::memcpy(frame, bytes.data(), kCorrelationIdAt);
  std::memcpy(frame + kAfter, bytes.data() + kAfter, bytes.size() - kAfter);
}

Loop::Loop()
    : epoll_(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      timer_(check(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd_create")) {
  epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
  check(epoll_ctl(epoll_, EPOLL_CTL_ADD, timer_, &event), "epoll_ctl");
}

void Loop::add(Client& client) {
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.ptr = &client}};
  check(epoll_ctl(epoll_, EPOLL_CTL_ADD, client.fd(), &event), "epoll_ctl");
}

void Loop::set_timer(std::function<int64_t()> tick) {
  tick_ = std::move(tick);
  call_tick();
}

void Loop::call_tick() {
  int64_t next_ns = tick_();
  itimerspec spec{};
  spec.it_value = {.tv_sec = next_ns / 1'000'000'000, .tv_nsec = next_ns % 1'000'000'000};
  check(timerfd_settime(timer_, TFD_TIMER_ABSTIME, &spec, nullptr), "timerfd_settime");
}

void Loop::run_until(const std::function<bool()>& done, int64_t deadline_ns) {
  while (!done()) {
    if (now_ns() > deadline_ns) fail("the load did not end in time");
    epoll_event events[256];
    int count = epoll_wait(epoll_, events, 256, 1000);
    for (int i = 0; i < count; i++) {
      if (events[i].data.ptr != nullptr) {
        static_cast<Client*>(events[i].data.ptr)->on_ready(events[i].events);
        continue;
      }
      uint64_t expirations;
      if (read(timer_, &expirations, sizeof expirations) > 0) call_tick();
    }
  }
}

Bytes call(int fd, const Bytes& frame) {
  size_t sent = 0;
  while (sent < frame.size()) {
    sent += static_cast<size_t>(
        check(send(fd, frame.data() + sent, frame.size() - sent, MSG_NOSIGNAL), "send"));
  }
  uint8_t head[4];
  if (recv(fd, head, 4, MSG_WAITALL) != 4) fail("no answer to a setup request");
  Bytes answer(answer_length(head));
  if (recv(fd, answer.data(), answer.size(), MSG_WAITALL) != static_cast<ssize_t>(answer.size())) {
    fail("half an answer to a setup request");
  }
  answer.erase(answer.begin(), answer.begin() + 4);
  return answer;
}

}  // namespace bench
