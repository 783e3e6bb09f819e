// The checks in the order of Kafka's, with its error codes: first of the request, then of the
// batch, then of its records.
#include "append_check.h"

#include "batch_writer.h"
#include "fluxmq/protocol/crc32c.h"
#include "message_set_append.h"
#include "record_walk.h"

namespace fluxmq::core {
namespace {

using protocol::Bytes;
using protocol::Compression;
using protocol::MutableRecordBatch;
using protocol::RecordBatch;
using protocol::RecordBatchCursor;
using protocol::RecordReader;

constexpr ErrorCode kInvalidRecord = ErrorCode::INVALID_RECORD;

// Exactly one whole batch of magic 2; a batch that is cut off at the end is ignored.
Outcome find_batch(protocol::MutableBytes records, bool zstd_allowed,
                   protocol::MutableBytes& batch) {
  RecordBatchCursor cursor(records);
  const auto first = cursor.next();
  if (!first)
    return cursor.end() == RecordBatchCursor::End::kCorrupt ? ErrorCode::CORRUPT_MESSAGE
                                                            : kInvalidRecord;
  if (first->magic() != protocol::kMagicV2) return kInvalidRecord;
  if (!first->has_header()) return ErrorCode::CORRUPT_MESSAGE;
  // Kafka looks at the codec here only for those who may not know them all, and fails at an
  // unknown.
  if (!zstd_allowed && !first->compression_is_known()) return ErrorCode::UNKNOWN_SERVER_ERROR;
  if (!zstd_allowed && first->compression() == Compression::kZstd)
    return ErrorCode::UNSUPPORTED_COMPRESSION_TYPE;
  if (cursor.next()) return kInvalidRecord;
  if (cursor.end() == RecordBatchCursor::End::kCorrupt) return ErrorCode::CORRUPT_MESSAGE;
  batch = records.first(first->size_bytes());
  return {};
}

Outcome check_header(const RecordBatch& batch, const AppendRules& rules, bool& tells_log_start) {
  tells_log_start = true;
  if (batch.base_offset() != 0) return kInvalidRecord;
  tells_log_start = false;
  if (batch.size_bytes() > static_cast<std::size_t>(rules.max_message_bytes))
    return ErrorCode::MESSAGE_TOO_LARGE;
  if (batch.crc() != protocol::crc32c(batch.checksummed())) return ErrorCode::CORRUPT_MESSAGE;
  tells_log_start = true;
  if (!batch.compression_is_known()) return ErrorCode::UNKNOWN_SERVER_ERROR;  // Kafka fails too
  const std::int64_t count_of_offsets = std::int64_t{batch.last_offset_delta()} + 1;
  if (count_of_offsets <= 0 || batch.record_count() != count_of_offsets) return kInvalidRecord;
  if (batch.is_control()) return kInvalidRecord;
  if (batch.has_producer_id() && batch.base_sequence() < 0) return kInvalidRecord;
  return {};
}

// The records of one batch, seen one after the other.
class BatchCheck {
 public:
  BatchCheck(const RecordBatch& batch, const AppendRules& rules, std::int64_t now_ms,
             CheckedAppend& checked)
      : batch_(batch),
        judge_(rules, now_ms, checked),
        is_append_time_(batch.timestamp_type() == protocol::TimestampType::kLogAppendTime) {}

  // False if it is no record, or out of place. One that only can't be stored is told of.
  [[gnu::always_inline]] bool look_at(std::int32_t index, Bytes record) {
    RecordFacts facts;
    if (!read_facts(record.data(), record.data() + record.size(), facts) ||
        facts.offset_delta != index)
      return false;
    const auto timestamp_ms =
        is_append_time_
            ? batch_.max_timestamp()
            : static_cast<std::int64_t>(static_cast<std::uint64_t>(batch_.base_timestamp()) +
                                        static_cast<std::uint64_t>(facts.timestamp_delta));
    judge_.judge(index, index, {timestamp_ms, facts.has_key, is_append_time_});
    return true;
  }
  std::int64_t max_timestamp_ms() const { return judge_.max_timestamp_ms(); }

 private:
  const RecordBatch& batch_;
  RecordJudge judge_;
  const bool is_append_time_;
};

template <class Visit>
bool walk(const RecordBatch& batch, const AppendRules& rules, Visit visit) {
  if (batch.compression() == Compression::kNone)
    return walk_records(batch.records(), batch.record_count(), visit);
  const auto source = make_decompressor(batch.compression(), batch.records());
  RecordWindow window(*source, rules.max_uncompressed_bytes);
  return walk_records(window, batch.record_count(), visit);
}

void fail(CheckedAppend& checked, ErrorCode error) {
  checked.outcome = error;
  checked.record_errors.clear();
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

void check_in_place(MutableRecordBatch batch, const AppendRules& rules, std::int64_t now_ms,
                    CheckedAppend& checked) {
  BatchCheck check(batch, rules, now_ms, checked);
  const auto look = [&](std::int32_t i, Bytes record) __attribute__((always_inline)) {
    return check.look_at(i, record);
  };
  if (!walk(batch, rules, look)) return fail(checked, kInvalidRecord);
  if (!checked.outcome.ok()) return;
  set_timestamps(batch, rules.log_append_time,
                 rules.log_append_time ? now_ms : check.max_timestamp_ms());
}

// Into another codec, record by record.
void check_and_rebuild(const RecordBatch& batch, const CompressionChoice& choice,
                       const AppendRules& rules, std::int64_t now_ms, CheckedAppend& checked) {
  BatchCheck check(batch, rules, now_ms, checked);
  BatchWriter writer(choice, static_cast<std::size_t>(rules.max_message_bytes));
  protocol::Record read;
  const bool valid = walk(batch, rules, [&](std::int32_t i, Bytes record) {
    if (!check.look_at(i, record)) return false;
    if (!checked.outcome.ok()) return true;
    RecordReader::read(batch, protocol::Reader::of_constant(record), read);
    writer.append(read);
    return true;
  });
  if (!valid) return fail(checked, kInvalidRecord);
  if (!checked.outcome.ok()) return;
  checked.rebuilt =
      writer.finish({.max_timestamp_ms = rules.log_append_time ? now_ms : check.max_timestamp_ms(),
                     .is_append_time = rules.log_append_time,
                     .is_transactional = batch.is_transactional(),
                     .producer_id = batch.producer_id(),
                     .producer_epoch = batch.producer_epoch(),
                     .base_sequence = batch.base_sequence()});
  checked.batch = checked.rebuilt;
}

void check_records(MutableRecordBatch batch, const AppendRules& rules, std::int64_t now_ms,
                   CheckedAppend& checked) try {
  const CompressionChoice choice = rules.compression.choice(batch.compression());
  if (choice.type == batch.compression()) {
    check_in_place(batch, rules, now_ms, checked);
  } else {
    check_and_rebuild(batch, choice, rules, now_ms, checked);
  }
} catch (const UncompressedTooLarge&) {
  fail(checked, ErrorCode::MESSAGE_TOO_LARGE);
} catch (const BatchTooLarge&) {
  fail(checked, ErrorCode::MESSAGE_TOO_LARGE);
  checked.tells_log_start = false;
} catch (const CompressionError&) {
  fail(checked, ErrorCode::UNKNOWN_SERVER_ERROR);  // what Kafka's own failure becomes
} catch (const protocol::DecodeError&) {
  fail(checked, kInvalidRecord);
}

// Whether Produce 0 to 2 sent what only they may: a message set, or nothing at all.
bool is_message_set(Bytes records) {
  RecordBatchCursor cursor(records);
  const auto first = cursor.next();
  return first ? first->magic() < protocol::kMagicV2
               : cursor.end() != RecordBatchCursor::End::kCorrupt;
}

}  // namespace

CheckedAppend check_append(protocol::MutableBytes records, const AppendRules& rules,
                           std::int64_t now_ms) {
  if (rules.old_formats && is_message_set(records))
    return check_message_set(records, rules, now_ms);
  CheckedAppend checked;
  checked.outcome = find_batch(records, rules.zstd_allowed, checked.batch);
  if (!checked.outcome.ok()) return checked;
  const MutableRecordBatch batch(checked.batch);
  checked.outcome = check_header(batch, rules, checked.tells_log_start);
  if (!checked.outcome.ok()) return checked;
  check_records(batch, rules, now_ms, checked);
  if (!checked.outcome.ok()) return checked;
  if (checked.batch.size() > static_cast<std::size_t>(rules.segment_bytes))
    checked.outcome = ErrorCode::RECORD_LIST_TOO_LARGE;
  if (rules.log_append_time) checked.log_append_time_ms = now_ms;
  return checked;
}

}  // namespace fluxmq::core
