// fanout: one producer at a steady rate to one partition, and many long-polling fetchers of it.
// Each batch carries the time at which it was due, and each fetcher tells how old it is on arrival.
#include <memory>

#include "load/client.h"
#include "load/measure.h"
#include "load/modes.h"
#include "load/requests.h"

namespace bench {
namespace {

struct FanoutOptions {
  int port;
  int64_t pid, fetchers, batch_bytes, records, bytes_per_s, warmup_s, seconds;

  explicit FanoutOptions(Options& options)
      : port(options.port()),
        pid(options.number("pid", 0)),
        fetchers(options.number("fetchers", 32)),
        batch_bytes(options.number("batch-bytes", 100'000)),
        records(options.number("records", 100)),
        bytes_per_s(options.number("bytes-per-s", 10'000'000)),
        warmup_s(options.number("warmup-s", 6)),
        seconds(options.number("seconds", 8)) {
    options.done();
  }
};

// The producer: due batches go out as long as there is a slot; a batch that waits for one grows
// old.
class PacedProducer {
 public:
  PacedProducer(const FanoutOptions& options, const RecordBatch& batch)
      : request_(produce_request("fanout", 0, 1, batch.bytes)),
        client_(options.port, request_.bytes, kInFlight),
        interval_ns_(1'000'000'000 * options.batch_bytes / options.bytes_per_s) {
    client_.prepare = [this, at = batch.first_value](uint8_t* frame) {
      uint8_t* stamped = frame + request_.patch_at;
      write_be64(stamped + at, static_cast<uint64_t>(due_ns_));
      update_crc(stamped);
    };
    client_.answered = [](std::span<const uint8_t> body, int64_t) { read_produce_answer(body); };
  }

  void start() { due_ns_ = now_ns(); }

  int64_t issue_due() {
    while (due_ns_ <= now_ns() && !client_.full()) {
      client_.issue();
      due_ns_ += interval_ns_;
      sent_++;
    }
    client_.flush();
    return client_.full() ? now_ns() + kRetryNs : due_ns_;
  }

  Client& client() { return client_; }
  int64_t interval_ns() const { return interval_ns_; }
  int64_t sent() const { return sent_; }

 private:
  static constexpr int kInFlight = 64;

  RequestFrame request_;
  Client client_;
  int64_t interval_ns_;
  int64_t due_ns_ = 0;
  int64_t sent_ = 0;
};

class Fanout {
 public:
  explicit Fanout(const FanoutOptions& options)
      : options_(options),
        batch_(build_batch(static_cast<size_t>(options.batch_bytes),
                           static_cast<int>(options.records))),
        producer_(options, batch_) {
    loop_.add(producer_.client());
    int fd = connect_to(options_.port);
    from_ = latest_offset(fd, "fanout", 0);
    close(fd);
    for (int i = 0; i < options_.fetchers; i++) add_fetcher();
  }

  void run() {
    produce();
    run_for(options_.warmup_s);
    catch_up();
    produce();
    measuring_ = true;
    int64_t sent_before = producer_.sent();
    Measurement measurement(options_.pid);
    run_for(options_.seconds);
    Report report("fanout");
    measurement.report(report);
    auto sent = static_cast<double>(producer_.sent() - sent_before);
    report.add("requests", sent);
    report.add("bytes", sent * static_cast<double>(options_.batch_bytes));
    report.add("records", sent * static_cast<double>(options_.records));
    report.add("produced_of_due", sent * static_cast<double>(producer_.interval_ns()) / 1e9 /
                                      static_cast<double>(options_.seconds));
    report.add("delivered", static_cast<double>(latencies_.count()));
    report.add("delivered_of_sent", static_cast<double>(latencies_.count()) / sent /
                                        static_cast<double>(options_.fetchers));
    report.add("latency", latencies_);
    report.print();
  }

 private:
  struct Fetcher {
    RequestFrame request = fetch_request("fanout", 0, {});
    Client client;
    int64_t next;

    Fetcher(int port, int64_t from) : client(port, request.bytes, 1), next(from) {}
  };

  void add_fetcher() {
    fetchers_.push_back(std::make_unique<Fetcher>(options_.port, from_));
    Fetcher& fetcher = *fetchers_.back();
    fetcher.client.prepare = [&fetcher](uint8_t* frame) {
      write_be64(frame + fetcher.request.patch_at, static_cast<uint64_t>(fetcher.next));
    };
    fetcher.client.answered = [this, &fetcher](std::span<const uint8_t> body, int64_t) {
      take(fetcher, read_fetch_answer(body));
      fetcher.client.issue();
    };
    loop_.add(fetcher.client);
    fetcher.client.issue();
    fetcher.client.flush();
  }

  void take(Fetcher& fetcher, std::span<const uint8_t> records) {
    BatchView batch;
    while (next_batch(records, batch)) {
      if (batch.base_offset != fetcher.next) fail("a fetcher got a gap or a repeat");
      if (batch.bytes.size() != batch_.bytes.size()) fail("a batch changed its size");
      fetcher.next = batch.last_offset + 1;
      auto due = static_cast<int64_t>(read_be64(batch.bytes.data() + batch_.first_value));
      if (measuring_) latencies_.add(now_ns() - due);
    }
  }

  void produce() {
    producer_.start();
    loop_.set_timer([this] { return producer_.issue_due(); });
  }

  // What the warm-up left behind is no part of what is measured.
  void catch_up() {
    loop_.set_timer([] { return 0; });
    int64_t give_up_ns = now_ns() + kCatchUpNs;
    loop_.run_until([&] { return now_ns() > give_up_ns || all_caught_up(); }, INT64_MAX);
  }

  bool all_caught_up() const {
    int64_t end = from_ + producer_.sent() * options_.records;
    for (auto& fetcher : fetchers_) {
      if (fetcher->next != end) return false;
    }
    return true;
  }

  void run_for(int64_t seconds) {
    int64_t end = now_ns() + seconds * 1'000'000'000;
    loop_.run_until([end] { return now_ns() >= end; }, now_ns() + kPatienceNs);
  }

  static constexpr int64_t kCatchUpNs = 10'000'000'000;

  FanoutOptions options_;
  RecordBatch batch_;
  Loop loop_;
  PacedProducer producer_;
  std::vector<std::unique_ptr<Fetcher>> fetchers_;
  Latencies latencies_;
  int64_t from_ = 0;
  bool measuring_ = false;
};

}  // namespace

void run_fanout(Options& arguments) {
  FanoutOptions options(arguments);
  create_topic(options.port, "fanout", 1, "");
  Fanout(options).run();
}

}  // namespace bench
