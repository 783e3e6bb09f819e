// The order of checks is Kafka's: each message of the set for itself (size, checksum), then the
// set, then the records that it stands for.
#include "message_set_append.h"

#include "batch_writer.h"
#include "fluxmq/protocol/crc32c.h"
#include "fluxmq/protocol/message_set.h"
#include "record_window.h"

namespace fluxmq::core {
namespace {

using protocol::Bytes;
using protocol::Compression;
using protocol::Message;
using protocol::RecordBatch;
using protocol::RecordBatchCursor;

// Ends the append with this error.
struct Refusal {
  ErrorCode error;
};
constexpr Refusal kInvalid{ErrorCode::INVALID_RECORD};
constexpr Refusal kCorrupt{ErrorCode::CORRUPT_MESSAGE};
// What Kafka answers where it fails itself: unreadable codecs, lengths past the end of a message.
constexpr Refusal kUnreadable{ErrorCode::UNKNOWN_SERVER_ERROR};

struct SetFacts {
  std::int32_t message_count = 0;
  std::int8_t magic = protocol::kMagicV0;        // of the first
  Compression compression = Compression::kNone;  // of the last compressed one
};

void check_checksum(const RecordBatch& batch) {
  const bool valid =
      batch.magic() == protocol::kMagicV2
          ? batch.has_header() && batch.crc() == protocol::crc32c(batch.checksummed())
          : Message(batch.bytes()).has_valid_crc();
  if (!valid) throw kCorrupt;
}

// Looks at the messages alone. A message that is cut off at the end is ignored.
SetFacts check_messages(Bytes set, const AppendRules& rules) {
  SetFacts facts;
  RecordBatchCursor cursor(set);
  while (const auto batch = cursor.next()) {
    if (batch->size_bytes() > static_cast<std::size_t>(rules.max_message_bytes))
      throw Refusal{ErrorCode::MESSAGE_TOO_LARGE};
    check_checksum(*batch);
    const Compression codec = batch->magic() == protocol::kMagicV2
                                  ? batch->compression()
                                  : Message(batch->bytes()).compression();
    if (codec > Compression::kZstd) throw kUnreadable;
    if (codec != Compression::kNone) facts.compression = codec;
    if (facts.message_count++ == 0) facts.magic = batch->magic();
  }
  if (cursor.end() == RecordBatchCursor::End::kCorrupt) throw kCorrupt;
  return facts;
}

// Where a record that is to be stored came from.
struct Source {
  std::int8_t magic;
  bool claims_append_time;
};

class Conversion {
 public:
  Conversion(const AppendRules& rules, const SetFacts& facts, std::int64_t now_ms,
             CheckedAppend& checked)
      : rules_(rules),
        now_ms_(now_ms),
        checked_(checked),
        judge_(rules, now_ms, checked),
        writer_(rules.compression.choice(facts.compression),
                static_cast<std::size_t>(rules.max_message_bytes)) {}

  // Each message of the set has records of its own, and is refused for itself.
  void add(const Message& message) {
    index_ = 0;
    if (message.is_compressed()) {
      add_inner(message);
    } else {
      add_record(message, fields_of(message));
    }
  }

  void finish() {
    checked_.rebuilt = writer_.finish(
        {.max_timestamp_ms = rules_.log_append_time ? now_ms_ : judge_.max_timestamp_ms(),
         .is_append_time = rules_.log_append_time});
    checked_.batch = checked_.rebuilt;
    if (rules_.log_append_time) checked_.log_append_time_ms = now_ms_;
  }

 private:
  static Message::Fields fields_of(const Message& message) {
    const auto fields = message.fields();
    if (!fields) throw kUnreadable;
    return *fields;
  }

  // The messages inside a wrapper. Their offsets are only looked at; those of magic 1 are relative.
  void add_inner(const Message& wrapper) {
    if (wrapper.compression() == Compression::kZstd) throw kInvalid;
    const Message::Fields outer = fields_of(wrapper);
    if (!outer.value) throw kInvalid;
    const auto source = make_decompressor(wrapper.compression(), *outer.value, wrapper.magic());
    RecordWindow window(*source, rules_.max_uncompressed_bytes);
    std::int64_t last_offset = 0;
    while (const auto inner = next_message(window)) {
      last_offset = inner->offset();
      add_inner_record(wrapper, outer, *inner);
    }
    if (index_ == 0) throw kInvalid;
    // The offset of a wrapper is that of its last message. Some clients leave it at 0.
    if (wrapper.magic() == protocol::kMagicV1 && wrapper.offset() != 0 &&
        wrapper.offset() < last_offset)
      throw kInvalid;
  }

  static std::optional<Message> next_message(RecordWindow& window) {
    if (!window.has(protocol::kBatchPrefixBytes)) return std::nullopt;
    const auto length =
        protocol::load_big_endian<std::int32_t>(window.data() + protocol::kBatchLengthAt);
    if (length < protocol::kMinBatchLength) throw kCorrupt;
    const std::size_t size = protocol::kBatchPrefixBytes + static_cast<std::size_t>(length);
    if (!window.has(size)) return std::nullopt;  // cut off
    return Message(window.take(size));
  }

  void add_inner_record(const Message& wrapper, const Message::Fields& outer,
                        const Message& inner) {
    if (inner.magic() == wrapper.magic() && !inner.has_valid_crc()) throw kCorrupt;
    if (inner.magic() != wrapper.magic() || inner.is_compressed()) throw kInvalid;
    auto fields = fields_of(inner);
    if (inner.magic() == protocol::kMagicV1 &&
        outer.timestamp_type == protocol::TimestampType::kLogAppendTime)
      fields.timestamp_ms = outer.timestamp_ms;
    fields.timestamp_type = outer.timestamp_type;
    add_record(inner, fields);
  }

  void add_record(const Message& message, const Message::Fields& fields) {
    const bool claims_append_time =
        fields.timestamp_type == protocol::TimestampType::kLogAppendTime;
    const bool good =
        judge_.judge(index_++, message.offset(),
                     {fields.timestamp_ms, fields.key.has_value(), claims_append_time});
    if (!good || !checked_.outcome.ok()) return;
    protocol::Record record;
    record.timestamp_ms = fields.timestamp_ms;
    record.key = fields.key;
    record.value = fields.value;
    writer_.append(record);
  }

  const AppendRules& rules_;
  const std::int64_t now_ms_;
  CheckedAppend& checked_;
  RecordJudge judge_;
  BatchWriter writer_;
  std::int32_t index_ = 0;  // of the record in its message
};

void convert(Bytes set, const AppendRules& rules, std::int64_t now_ms, CheckedAppend& checked) {
  const SetFacts facts = check_messages(set, rules);
  if (facts.message_count == 0) return;  // stored is nothing, and that is fine
  if (facts.compression != Compression::kNone && facts.message_count > 1) throw kInvalid;
  Conversion conversion(rules, facts, now_ms, checked);
  RecordBatchCursor cursor(set);
  while (const auto batch = cursor.next()) {
    if (batch->magic() != facts.magic) throw kInvalid;
    conversion.add(Message(batch->bytes()));
    if (!checked.outcome.ok()) return;
  }
  conversion.finish();
  if (checked.batch.size() > static_cast<std::size_t>(rules.segment_bytes))
    throw Refusal{ErrorCode::RECORD_LIST_TOO_LARGE};
}

void refuse(CheckedAppend& checked, ErrorCode error) {
  checked.outcome = error;
  checked.record_errors.clear();
}

}  // namespace

CheckedAppend check_message_set(Bytes set, const AppendRules& rules, std::int64_t now_ms) {
  CheckedAppend checked;
  try {
    convert(set, rules, now_ms, checked);
  } catch (const Refusal& refusal) {
    refuse(checked, refusal.error);
  } catch (const BatchTooLarge&) {
    refuse(checked, ErrorCode::MESSAGE_TOO_LARGE);
  } catch (const UncompressedTooLarge&) {
    refuse(checked, ErrorCode::MESSAGE_TOO_LARGE);
  } catch (const CompressionError&) {
    refuse(checked, kUnreadable.error);
  }
  return checked;
}

}  // namespace fluxmq::core
