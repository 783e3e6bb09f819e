// The floor for produce with acks=all: as the sink, but a frame is answered once it is on the disk.
// One thread receives and appends, another one syncs as soon as there is something to sync: all
// that was appended while it was at it shares the next fdatasync.
//   bench_commit --port PORT --file PATH
#include <sys/eventfd.h>

#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "floor/frame_server.h"

namespace bench {
namespace {

// Counts frames that were appended, and those of them that are on the disk.
class Syncer {
 public:
  explicit Syncer(int file) : file_(file), synced_event_(check(eventfd(0, 0), "eventfd")) {}

  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      grown_.wait(lock, [this] { return appended_ > synced_; });
      uint64_t target = appended_;
      lock.unlock();
      check(fdatasync(file_), "fdatasync");
      lock.lock();
      synced_ = target;
      uint64_t one = 1;
      check(write(synced_event_, &one, sizeof one), "write to an eventfd");
    }
  }

  void appended() {
    std::lock_guard lock(mutex_);
    appended_++;
    grown_.notify_one();
  }
  int synced_event() const { return synced_event_; }
  uint64_t take_synced() {
    uint64_t count;
    check(read(synced_event_, &count, sizeof count), "read of an eventfd");
    std::lock_guard lock(mutex_);
    return synced_;
  }

 private:
  const int file_;
  const int synced_event_;
  std::mutex mutex_;
  std::condition_variable grown_;
  uint64_t appended_ = 0;
  uint64_t synced_ = 0;
};

struct Waiting {
  int fd;
  std::array<uint8_t, 4> correlation_id;
};

[[noreturn]] void run(int port, int file) {
  FrameServer server(port);
  Syncer syncer(file);
  std::deque<Waiting> waiting;  // in the order of their frames
  uint64_t answered = 0;
  server.on_frame = [&](int fd, FrameServer::Frame frame) {
    append(file, frame);
    Waiting& entry = waiting.emplace_back(Waiting{.fd = fd, .correlation_id = {}});
    std::memcpy(entry.correlation_id.data(), frame.data() + kCorrelationIdAt, 4);
    syncer.appended();
  };
  server.on_gone = [&](int fd) {
    for (Waiting& entry : waiting) {
      if (entry.fd == fd) entry.fd = -1;
    }
  };
  server.set_extra(syncer.synced_event(), [&] {
    for (uint64_t synced = syncer.take_synced(); answered < synced; answered++) {
      if (waiting.front().fd >= 0) {
        answer(waiting.front().fd, waiting.front().correlation_id.data());
      }
      waiting.pop_front();
    }
  });
  std::thread([&syncer] { syncer.run(); }).detach();
  server.run();
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::Options options(argc, argv, 1);
  int port = options.port();
  std::string path = options.text("file", "commit.data");
  options.done();
  int flags = O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC;
  bench::run(port, bench::check(open(path.c_str(), flags, 0644), "open"));
}
