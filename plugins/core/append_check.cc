// The checks in the order of Kafka's, with its error codes: first of the request, then of the
// batch, then of its records.
#include "append_check.h"

#include <limits>
#include <optional>

#include "decompress.h"
#include "fluxmq/host.h"
#include "fluxmq/protocol/crc32c.h"

namespace fluxmq::core {
namespace {

using protocol::Bytes;
using protocol::Compression;
using protocol::MutableRecordBatch;
using protocol::RecordBatch;
using protocol::RecordBatchCursor;

// Kafka reports no more of them either way.
constexpr std::size_t kMaxRecordErrors = 1000;

Outcome invalid_record(std::string message = {}) {
  return {ErrorCode::INVALID_RECORD, std::move(message)};
}

// Exactly one whole batch of magic 2; a batch that is cut off at the end is ignored.
Outcome find_batch(protocol::MutableBytes records, bool zstd_allowed,
                   protocol::MutableBytes& batch) {
  RecordBatchCursor cursor(records);
  const auto first = cursor.next();
  if (!first)
    return cursor.end() == RecordBatchCursor::End::kCorrupt ? Outcome(ErrorCode::CORRUPT_MESSAGE)
                                                            : invalid_record();
  if (first->magic() != protocol::kMagicV2) return invalid_record();
  if (!first->has_header()) return ErrorCode::CORRUPT_MESSAGE;
  if (!zstd_allowed && first->compression() == Compression::kZstd)
    return ErrorCode::UNSUPPORTED_COMPRESSION_TYPE;
  if (cursor.next()) return invalid_record();
  if (cursor.end() == RecordBatchCursor::End::kCorrupt) return ErrorCode::CORRUPT_MESSAGE;
  batch = records.first(first->size_bytes());
  return {};
}

Outcome check_header(const RecordBatch& batch, const AppendRules& rules, bool& tells_log_start) {
  tells_log_start = true;
  if (batch.base_offset() != 0) return invalid_record();
  tells_log_start = false;
  if (batch.size_bytes() > static_cast<std::size_t>(rules.max_message_bytes))
    return ErrorCode::MESSAGE_TOO_LARGE;
  if (batch.crc() != protocol::crc32c(batch.checksummed())) return ErrorCode::CORRUPT_MESSAGE;
  tells_log_start = true;
  const std::int64_t count_of_offsets = std::int64_t{batch.last_offset_delta()} + 1;
  if (count_of_offsets <= 0 || batch.record_count() != count_of_offsets) return invalid_record();
  if (batch.is_control()) return invalid_record();
  if (batch.has_producer_id() && batch.base_sequence() < 0) return invalid_record();
  if (!batch.compression_is_known()) return ErrorCode::CORRUPT_MESSAGE;
  if (batch.size_bytes() > static_cast<std::size_t>(rules.segment_bytes))
    return ErrorCode::RECORD_LIST_TOO_LARGE;
  return {};
}

template <class T>
T from_zigzag(std::make_unsigned_t<T> raw) {
  return static_cast<T>((raw >> 1) ^ (~(raw & 1) + 1));
}

template <class T>
bool take_long_varint(const std::uint8_t*& at, const std::uint8_t* end, T& value) {
  std::make_unsigned_t<T> raw = 0;
  for (unsigned shift = 0; shift < sizeof(T) * 8; shift += 7) {
    if (at == end) return false;
    const std::uint8_t byte = *at++;
    raw |= static_cast<std::make_unsigned_t<T>>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      value = from_zigzag<T>(raw);
      return true;
    }
  }
  return false;
}

// A varint as it lies in a record; false past the end. Most are of one or two bytes.
template <class T>
inline bool take_varint(const std::uint8_t*& at, const std::uint8_t* end, T& value) {
  if (end - at < 2) return take_long_varint(at, end, value);
  const std::uint32_t first = at[0];
  if (first < 0x80) {
    value = from_zigzag<T>(first);
    at += 1;
    return true;
  }
  const std::uint32_t second = at[1];
  if (second >= 0x80) return take_long_varint(at, end, value);
  value = from_zigzag<T>((first & 0x7f) | second << 7);
  at += 2;
  return true;
}

// Walks from record to record, and looks no deeper than at what the rules are about.
class RecordWalk {
 public:
  RecordWalk(const RecordBatch& batch, const AppendRules& rules, std::int64_t now_ms,
             CheckedAppend& checked)
      : batch_(batch),
        rules_(rules),
        checked_(checked),
        check_time_(!rules.log_append_time),
        append_time_flag_(batch.timestamp_type() == protocol::TimestampType::kLogAppendTime) {
    const bool no_lower =
        now_ms < std::numeric_limits<std::int64_t>::min() + rules.timestamp_before_max_ms;
    earliest_ms_ = no_lower ? std::numeric_limits<std::int64_t>::min()
                            : now_ms - rules.timestamp_before_max_ms;
    const bool no_upper =
        rules.timestamp_after_max_ms > std::numeric_limits<std::int64_t>::max() - now_ms;
    latest_ms_ =
        no_upper ? std::numeric_limits<std::int64_t>::max() : now_ms + rules.timestamp_after_max_ms;
  }

  // False if the records aren't what the header says.
  bool run(Bytes records) {
    const std::uint8_t* at = records.data();
    const std::uint8_t* end = at + records.size();
    const std::int32_t count = batch_.record_count();
    for (std::int32_t i = 0; i < count; ++i) {
      std::int32_t length = 0;
      if (!take_varint(at, end, length) || length < 1 || end - at < length) return false;
      const std::uint8_t* const next = at + length;
      if (!check_record(i, at + 1, next)) return false;
      at = next;
    }
    return at == end;
  }

  std::int64_t max_timestamp_ms() const { return max_timestamp_ms_; }
  bool in_time(std::int64_t timestamp_ms) const {
    return timestamp_ms == protocol::kNoTimestamp ||
           (timestamp_ms >= earliest_ms_ && timestamp_ms <= latest_ms_);
  }

 private:
  bool check_record(std::int32_t index, const std::uint8_t* at, const std::uint8_t* end) {
    std::int64_t timestamp_delta = 0;
    std::int32_t offset_delta = 0;
    std::int32_t key_length = 0;
    if (!take_varint(at, end, timestamp_delta) || !take_varint(at, end, offset_delta) ||
        offset_delta != index || !take_varint(at, end, key_length) || key_length > end - at)
      return false;
    if (rules_.compacted && key_length < 0)
      add_error(index, ErrorCode::INVALID_RECORD,
                "Compacted topic cannot accept message without key.");
    const auto timestamp_ms =
        append_time_flag_
            ? batch_.max_timestamp()
            : static_cast<std::int64_t>(static_cast<std::uint64_t>(batch_.base_timestamp()) +
                                        static_cast<std::uint64_t>(timestamp_delta));
    if (timestamp_ms > max_timestamp_ms_) max_timestamp_ms_ = timestamp_ms;
    if (check_time_ && !in_time(timestamp_ms)) {
      add_error(index, ErrorCode::INVALID_TIMESTAMP,
                concat("Timestamp ", timestamp_ms, " of message with offset ", index,
                       " is out of range. The timestamp should be within [", earliest_ms_, ", ",
                       latest_ms_, "]"));
    }
    return true;
  }

  void add_error(std::int32_t index, ErrorCode error, std::string message) {
    if (error == ErrorCode::INVALID_TIMESTAMP || checked_.outcome.ok()) {
      checked_.outcome = {error, error == ErrorCode::INVALID_TIMESTAMP
                                     ? "One or more records have been rejected due to invalid "
                                       "timestamp"
                                     : "One or more records have been rejected"};
    }
    if (checked_.record_errors.size() < kMaxRecordErrors)
      checked_.record_errors.emplace_back(index, std::move(message));
  }

  const RecordBatch& batch_;
  const AppendRules& rules_;
  CheckedAppend& checked_;
  const bool check_time_;
  const bool append_time_flag_;
  std::int64_t earliest_ms_ = 0;
  std::int64_t latest_ms_ = 0;
  std::int64_t max_timestamp_ms_ = protocol::kNoTimestamp;
};

// Whether the header of a compressed batch leaves open what a rule asks for.
bool must_decompress(const RecordBatch& batch, const AppendRules& rules, const RecordWalk& walk) {
  if (rules.compacted) return true;
  if (rules.log_append_time) return false;
  return rules.timestamp_before_max_ms != std::numeric_limits<std::int64_t>::max() ||
         !walk.in_time(batch.max_timestamp());
}

// Returns the largest timestamp of the batch's records.
std::int64_t check_records(const RecordBatch& batch, const AppendRules& rules, std::int64_t now_ms,
                           CheckedAppend& checked) {
  RecordWalk walk(batch, rules, now_ms, checked);
  if (batch.compression() == Compression::kNone) {
    if (!walk.run(batch.records())) checked.outcome = invalid_record();
    return walk.max_timestamp_ms();
  }
  if (!must_decompress(batch, rules, walk)) return batch.max_timestamp();
  const auto records = decompress(batch.compression(), batch.records(), kMaxUncompressedBytes);
  if (!records || !walk.run(*records)) checked.outcome = invalid_record();
  return walk.max_timestamp_ms();
}

// The topic's timestamp type and the true largest timestamp go into the header.
void set_timestamps(MutableRecordBatch batch, bool log_append_time, std::int64_t max_timestamp_ms) {
  const int flag = log_append_time ? protocol::kLogAppendTimeFlag : 0;
  const auto attributes =
      static_cast<std::int16_t>((batch.attributes() & ~protocol::kLogAppendTimeFlag) | flag);
  if (attributes == batch.attributes() && max_timestamp_ms == batch.max_timestamp()) return;
  batch.set_attributes(attributes);
  batch.set_max_timestamp(max_timestamp_ms);
  batch.set_crc(protocol::crc32c(batch.checksummed()));
}

}  // namespace

CheckedAppend check_append(protocol::MutableBytes records, const AppendRules& rules,
                           std::int64_t now_ms) {
  CheckedAppend checked;
  checked.outcome = find_batch(records, rules.zstd_allowed, checked.batch);
  if (!checked.outcome.ok()) return checked;
  const MutableRecordBatch batch(checked.batch);
  checked.outcome = check_header(batch, rules, checked.tells_log_start);
  if (!checked.outcome.ok()) return checked;
  const auto max_timestamp_ms = check_records(batch, rules, now_ms, checked);
  if (!checked.outcome.ok()) return checked;
  if (rules.log_append_time) checked.log_append_time_ms = now_ms;
  set_timestamps(batch, rules.log_append_time, rules.log_append_time ? now_ms : max_timestamp_ms);
  return checked;
}

}  // namespace fluxmq::core
