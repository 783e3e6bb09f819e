// TestLog: a log of a log_store with calls that wait for their end, and batches to put in it.
#pragma once
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fluxmq/abi/log_store.h"
#include "fluxmq/host.h"
#include "fluxmq/protocol/record_batch_builder.h"

namespace fluxmq::testing {

// What a test says of a batch it wants.
struct BatchSpec {
  std::int64_t base_offset = 0;
  std::int32_t record_count = 1;
  std::int64_t timestamp_ms = 1000;  // of the first record; each one after it is 1 ms later
  std::int32_t leader_epoch = 0;
  std::size_t value_bytes = 10;
};

inline std::string make_batch(const BatchSpec& spec) {
  protocol::RecordBatchBuilder builder(
      {.base_offset = spec.base_offset, .partition_leader_epoch = spec.leader_epoch});
  const std::vector<std::uint8_t> value(spec.value_bytes,
                                        static_cast<std::uint8_t>(spec.base_offset));
  for (std::int32_t i = 0; i < spec.record_count; ++i) {
    builder.append(spec.timestamp_ms + i, std::nullopt, protocol::Bytes(value));
  }
  const auto bytes = builder.finish();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Waits for one call of a done function.
template <class Result>
class Waiting {
 public:
  void* context() { return this; }
  static Waiting& of(void* context) { return *static_cast<Waiting*>(context); }
  void set(Result result) { promise_.set_value(std::move(result)); }
  Result get() { return promise_.get_future().get(); }

 private:
  std::promise<Result> promise_;
};

inline void set_error(void* context, std::int16_t error) {
  Waiting<std::int16_t>::of(context).set(error);
}

// The bytes of segments, whose leases are given back.
inline std::string take_bytes(const fluxmq_segment* segments, std::uint32_t count) {
  std::string bytes;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto& segment = segments[i];
    const auto begin = bytes.size();
    bytes.resize(begin + segment.length);
    if (segment.kind == FLUXMQ_SEGMENT_MEMORY) {
      std::memcpy(bytes.data() + begin, segment.data, segment.length);
    } else {
      const auto n = ::pread(segment.fd, bytes.data() + begin, segment.length,
                             static_cast<off_t>(segment.offset));
      bytes.resize(begin + static_cast<std::size_t>(n < 0 ? 0 : n));
    }
    if (segment.release != nullptr) segment.release(segment.release_context);
  }
  return bytes;
}

inline fluxmq_log_config default_log_config() {
  return {sizeof(fluxmq_log_config), 1 << 30, 7LL * 24 * 3600 * 1000, 4096, 10 << 20, -1, -1, 0};
}

class TestLog {
 public:
  struct Opened {
    std::int16_t error;
    fluxmq_log* log;
  };
  struct Appended {
    std::int16_t error;
    std::uint32_t flags;
  };
  struct Read {
    std::int16_t error;
    std::string bytes;
  };
  struct Found {
    std::int16_t error;
    std::int64_t offset;
    std::int64_t timestamp_ms;
    std::int32_t leader_epoch;
  };

  static Opened open(const fluxmq_log_store* store, std::string_view topic,
                     std::int32_t partition = 0,
                     const fluxmq_log_config& config = default_log_config(),
                     fluxmq_uuid topic_id = {{1}}) {
    Waiting<Opened> waiting;
    store->open(
        store->self, to_abi(topic), topic_id, partition, &config,
        [](void* context, std::int16_t error, fluxmq_log* log) {
          Waiting<Opened>::of(context).set({error, log});
        },
        waiting.context());
    return waiting.get();
  }

  // Throws if the log can't be opened.
  explicit TestLog(const fluxmq_log_store* store, std::string_view topic = "topic",
                   std::int32_t partition = 0,
                   const fluxmq_log_config& config = default_log_config())
      : store_(store), log_(open(store, topic, partition, config).log) {
    if (log_ == nullptr) throw std::runtime_error("the log can't be opened");
  }
  TestLog(const TestLog&) = delete;
  ~TestLog() {
    if (log_ != nullptr) close();
  }

  fluxmq_log* handle() const { return log_; }
  // The store closes it when it is stopped.
  void forget() { log_ = nullptr; }
  void close() { store_->close(store_->self, std::exchange(log_, nullptr)); }
  std::int16_t remove() {
    Waiting<std::int16_t> waiting;
    store_->remove(store_->self, std::exchange(log_, nullptr), &set_error, waiting.context());
    return waiting.get();
  }
  void configure(const fluxmq_log_config& config) {
    store_->configure(store_->self, log_, &config);
  }

  fluxmq_log_state state() const {
    fluxmq_log_state state{};
    state.size = sizeof state;
    store_->state(store_->self, log_, &state);
    return state;
  }
  std::int64_t end_offset() const { return state().log_end_offset; }

  Appended append_bytes(const std::vector<std::string>& batches, std::int32_t leader_epoch = 0) {
    std::vector<fluxmq_bytes> ranges;
    for (const auto& batch : batches) {
      ranges.push_back({reinterpret_cast<const std::uint8_t*>(batch.data()), batch.size()});
    }
    Waiting<Appended> waiting;
    store_->append(
        store_->self, log_, ranges.data(), static_cast<std::uint32_t>(ranges.size()), leader_epoch,
        [](void* context, std::int16_t error, std::uint32_t flags) {
          Waiting<Appended>::of(context).set({error, flags});
        },
        waiting.context());
    return waiting.get();
  }
  // Appends one batch at the end, and returns its bytes. Throws if that fails.
  std::string append(BatchSpec spec) {
    spec.base_offset = end_offset();
    auto batch = make_batch(spec);
    if (append_bytes({batch}, spec.leader_epoch).error != 0) {
      throw std::runtime_error("append failed");
    }
    return batch;
  }

  std::int16_t flush() {
    Waiting<std::int16_t> waiting;
    store_->flush(store_->self, log_, &set_error, waiting.context());
    return waiting.get();
  }

  Read read(std::int64_t offset, std::int64_t max_bytes = 1 << 30, bool minimum_one_batch = true,
            std::int64_t max_offset = INT64_MAX) {
    const fluxmq_log_read_request request{sizeof request, minimum_one_batch ? 1u : 0u, offset,
                                          max_offset, max_bytes};
    Waiting<Read> waiting;
    store_->read(
        store_->self, log_, &request,
        [](void* context, std::int16_t error, const fluxmq_segment* segments, std::uint32_t count) {
          Waiting<Read>::of(context).set({error, take_bytes(segments, count)});
        },
        waiting.context());
    return waiting.get();
  }
  // Everything from `offset` on, by as many reads as it takes.
  std::string read_all(std::int64_t offset) {
    std::string all;
    while (offset < end_offset()) {
      const auto part = read(offset);
      if (part.error != 0 || part.bytes.empty()) break;
      all += part.bytes;
      protocol::RecordBatchCursor cursor(
          {reinterpret_cast<const std::uint8_t*>(part.bytes.data()), part.bytes.size()});
      while (const auto batch = cursor.next()) offset = batch->next_offset();
    }
    return all;
  }

  Found find_timestamp(std::int64_t timestamp_ms) {
    Waiting<Found> waiting;
    store_->find_timestamp(store_->self, log_, timestamp_ms, &set_found, waiting.context());
    return waiting.get();
  }
  Found find_max_timestamp() {
    Waiting<Found> waiting;
    store_->find_max_timestamp(store_->self, log_, &set_found, waiting.context());
    return waiting.get();
  }
  std::pair<std::int32_t, std::int64_t> epoch_end_offset(std::int32_t leader_epoch) {
    std::int32_t epoch = 0;
    std::int64_t offset = 0;
    store_->epoch_end_offset(store_->self, log_, leader_epoch, &epoch, &offset);
    return {epoch, offset};
  }

  std::int16_t set_log_start_offset(std::int64_t offset) {
    return store_->set_log_start_offset(store_->self, log_, offset);
  }
  std::int16_t truncate(std::int64_t offset) {
    return store_->truncate(store_->self, log_, offset);
  }
  std::int16_t apply_retention(std::int64_t now_ms, std::int64_t max_offset = INT64_MAX) {
    return store_->apply_retention(store_->self, log_, now_ms, max_offset);
  }

  // The base offsets of the batches from `offset` on, `limit` at most.
  std::vector<std::int64_t> visit(std::int64_t offset, std::size_t limit = SIZE_MAX) {
    struct Visit {
      std::vector<std::int64_t> base_offsets;
      std::size_t limit;
    } visit{{}, limit};
    store_->visit_batches(
        store_->self, log_, offset,
        [](void* context, const std::uint8_t* header) -> std::int32_t {
          auto* visit = static_cast<Visit*>(context);
          visit->base_offsets.push_back(protocol::load_big_endian<std::int64_t>(header));
          return visit->base_offsets.size() < visit->limit ? 1 : 0;
        },
        &visit);
    return visit.base_offsets;
  }

  std::vector<fluxmq_log_segment_info> segments() {
    std::vector<fluxmq_log_segment_info> segments;
    store_->visit_segments(
        store_->self, log_,
        [](void* context, const fluxmq_log_segment_info* info) -> std::int32_t {
          static_cast<decltype(segments)*>(context)->push_back(*info);
          return 1;
        },
        &segments);
    return segments;
  }
  // Null if there are no such segments.
  fluxmq_log_rewrite* begin_rewrite(std::int64_t first, std::int64_t end) {
    fluxmq_log_rewrite* rewrite = nullptr;
    store_->begin_rewrite(store_->self, log_, first, end, &rewrite);
    return rewrite;
  }
  std::int16_t rewrite(fluxmq_log_rewrite* rewrite, std::string_view batches) {
    return store_->rewrite(store_->self, rewrite,
                           {reinterpret_cast<const std::uint8_t*>(batches.data()), batches.size()});
  }
  std::int16_t end_rewrite(fluxmq_log_rewrite* rewrite, bool commit) {
    return store_->end_rewrite(store_->self, rewrite, commit ? 1 : 0);
  }
  std::int16_t set_clean_offset(std::int64_t offset) {
    return store_->set_clean_offset(store_->self, log_, offset);
  }

  std::int16_t save_snapshot(std::int64_t offset, std::string_view bytes) {
    return store_->save_producer_snapshot(
        store_->self, log_, offset,
        {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  }
  std::optional<std::pair<std::int64_t, std::string>> load_snapshot(std::int64_t max_offset) {
    std::optional<std::pair<std::int64_t, std::string>> snapshot;
    store_->load_producer_snapshot(
        store_->self, log_, max_offset,
        [](void* context, std::int64_t offset, fluxmq_bytes bytes) {
          static_cast<decltype(snapshot)*>(context)->emplace(
              offset, std::string(reinterpret_cast<const char*>(bytes.data), bytes.size));
        },
        &snapshot);
    return snapshot;
  }

 private:
  static void set_found(void* context, std::int16_t error, std::int64_t offset,
                        std::int64_t timestamp_ms, std::int32_t leader_epoch) {
    Waiting<Found>::of(context).set({error, offset, timestamp_ms, leader_epoch});
  }

  const fluxmq_log_store* const store_;
  fluxmq_log* log_;
};

}  // namespace fluxmq::testing
