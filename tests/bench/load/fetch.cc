// fetch: reads a filled topic from front to back and over again, a partition for each connection,
// one request in flight on each, at most so many a second where there is a rate; what arrives goes
// into a recycled buffer.
#include <memory>

#include "load/client.h"
#include "load/measure.h"
#include "load/modes.h"
#include "load/requests.h"

namespace bench {
namespace {

class Fetcher {
 public:
  Fetcher(int port, const std::string& topic, int partition, int max_bytes, bool floor)
      : request_(fetch_request(topic, partition, {.partition_max_bytes = max_bytes})),
        client_(port, request_.bytes, 1),
        floor_(floor) {
    if (!floor_) {
      int fd = connect_to(port);
      end_ = latest_offset(fd, topic, partition);
      close(fd);
      if (end_ <= 0) fail("partition " + std::to_string(partition) + " holds nothing to fetch");
    }
    client_.prepare = [this](uint8_t* frame) {
      write_be64(frame + request_.patch_at, static_cast<uint64_t>(next_));
    };
  }

  Client& client() { return client_; }

  // Returns how many bytes of records came, and moves on behind them.
  size_t take(std::span<const uint8_t> body) {
    if (floor_) return body.size();
    std::span<const uint8_t> records = read_fetch_answer(body);
    std::span<const uint8_t> rest = records;
    int64_t asked = next_;
    BatchView batch;
    while (next_batch(rest, batch)) {
      if (batch.base_offset > next_ || batch.last_offset < next_) fail("fetched a wrong offset");
      next_ = batch.last_offset + 1;
    }
    if (next_ == asked) fail("a fetch before the end of the log brought no batch");
    if (next_ == end_) next_ = 0;
    return records.size();
  }

 private:
  RequestFrame request_;
  Client client_;
  bool floor_;
  int64_t next_ = 0;
  int64_t end_ = 0;
};

class FetchLoad {
 public:
  FetchLoad(int port, const std::string& topic, int connections, int max_bytes, bool floor,
            int64_t rate)
      : rate_(rate) {
    for (int i = 0; i < connections; i++) {
      fetchers_.push_back(std::make_unique<Fetcher>(port, topic, i, max_bytes, floor));
      Fetcher& fetcher = *fetchers_.back();
      fetcher.client().answered = [this, &fetcher](std::span<const uint8_t> body, int64_t latency) {
        latencies.add(latency);
        bytes += static_cast<int64_t>(fetcher.take(body));
        answers++;
        if (rate_ == 0 && bytes < target_) fetcher.client().issue();
      };
      loop_.add(fetcher.client());
    }
  }

  void run(int64_t target_bytes) {
    latencies.clear();
    bytes = answers = 0;
    target_ = target_bytes;
    due_ns_ = now_ns();
    if (rate_ > 0) {
      loop_.set_timer([this] { return issue_due(); });
    } else {
      for (auto& fetcher : fetchers_) issue(*fetcher);
    }
    loop_.run_until([this] { return bytes >= target_ && all_idle(); }, now_ns() + kPatienceNs);
  }

  Latencies latencies;
  int64_t bytes = 0;
  int64_t answers = 0;

 private:
  static void issue(Fetcher& fetcher) {
    fetcher.client().issue();
    fetcher.client().flush();
  }

  // One after the other; whose answer is still under way is passed over, and doesn't make up for
  // it.
  int64_t issue_due() {
    for (; bytes < target_ && due_ns_ <= now_ns(); due_ns_ += 1'000'000'000 / rate_) {
      Fetcher& fetcher = *fetchers_[turn_++ % fetchers_.size()];
      if (fetcher.client().idle()) issue(fetcher);
    }
    return bytes < target_ ? due_ns_ : 0;
  }

  bool all_idle() const {
    for (auto& fetcher : fetchers_) {
      if (!fetcher->client().idle()) return false;
    }
    return true;
  }

  Loop loop_;
  std::vector<std::unique_ptr<Fetcher>> fetchers_;
  int64_t target_ = 0;
  const int64_t rate_;  // requests a second; 0: as fast as they are answered
  int64_t due_ns_ = 0;
  size_t turn_ = 0;
};

}  // namespace

void run_fetch(Options& options) {
  int port = options.port();
  int64_t pid = options.number("pid", 0);
  std::string topic = options.text("topic", "bench");
  int connections = static_cast<int>(options.number("connections", 4));
  int max_bytes = static_cast<int>(options.number("max-bytes", 1024 * 1024));
  int64_t warmup_bytes = options.number("warmup-bytes", 1 << 30);
  int64_t total_bytes = options.number("bytes", int64_t{4} << 30);
  bool floor = options.number("floor", 0) != 0;
  int64_t rate = options.number("rate", 0);
  options.done();
  FetchLoad load(port, topic, connections, max_bytes, floor, rate);
  if (warmup_bytes > 0) load.run(warmup_bytes);
  Measurement measurement(pid);
  load.run(total_bytes);
  Report report("fetch");
  measurement.report(report);
  report.add("requests", static_cast<double>(load.answers));
  report.add("bytes", static_cast<double>(load.bytes));
  report.add("latency", load.latencies);
  report.print();
}

}  // namespace bench
