// What a topic asks of the records that clients send, and the judgement of one record by it.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "compression/codec.h"
#include "outcome.h"

namespace fluxmq::core {

// compression.type: the producer's, or one of its own.
struct TopicCompression {
  bool is_producers = true;
  protocol::Compression type = protocol::Compression::kNone;
  std::int32_t level = 0;

  CompressionChoice choice(protocol::Compression sent) const {
    if (is_producers) return {.type = sent};
    return {.type = type, .level = level};
  }
};

struct AppendRules {
  std::int32_t max_message_bytes;
  std::int32_t segment_bytes;
  bool log_append_time;
  bool compacted;
  bool zstd_allowed;
  bool old_formats;  // Produce 0-2: message sets, and more than one batch is judged later
  std::int64_t timestamp_before_max_ms;
  std::int64_t timestamp_after_max_ms;
  TopicCompression compression{};
  std::size_t max_uncompressed_bytes = std::size_t{256} << 20;
};

struct CheckedAppend {
  Outcome outcome;
  protocol::MutableBytes batch;  // without what may follow it; empty: there is nothing to store
  std::int64_t log_append_time_ms = -1;
  bool tells_log_start = false;  // Kafka tells it with some errors only
  std::vector<std::pair<std::int32_t, std::string>> record_errors;
  std::vector<std::uint8_t> rebuilt;  // what `batch` lies in if it isn't what was sent
};

// Judges the records of one append, one after the other.
class RecordJudge {
 public:
  RecordJudge(const AppendRules& rules, std::int64_t now_ms, CheckedAppend& checked);

  struct Sight {
    std::int64_t timestamp_ms;
    bool has_key;
    bool claims_append_time;  // of its batch, which only the broker may say
  };
  // `index`: in the batch. `offset`: as it was sent. False, and told, if the record can't be
  // stored.
  bool judge(std::int32_t index, std::int64_t offset, const Sight& record) {
    const bool is_plain = record.timestamp_ms >= earliest_ms_ &&
                          record.timestamp_ms <= latest_ms_ && !record.claims_append_time &&
                          (record.has_key || !rules_.compacted);
    if (!is_plain && !judge_closely(index, offset, record)) [[unlikely]]
      return false;
    if (record.timestamp_ms > max_timestamp_ms_) max_timestamp_ms_ = record.timestamp_ms;
    return true;
  }
  // A record that isn't even that.
  void add_error(std::int32_t index, ErrorCode error, std::string message);

  std::int64_t max_timestamp_ms() const { return max_timestamp_ms_; }

 private:
  bool judge_closely(std::int32_t index, std::int64_t offset, const Sight& record);

  const AppendRules& rules_;
  CheckedAppend& checked_;
  std::int64_t earliest_ms_;
  std::int64_t latest_ms_;
  std::int64_t max_timestamp_ms_ = protocol::kNoTimestamp;
};

}  // namespace fluxmq::core
