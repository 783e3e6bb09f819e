// Makes uncompressed batches of magic 2: coordinator records, markers, tests. Links isal.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "fluxmq/protocol/crc32c.h"
#include "fluxmq/protocol/record.h"
#include "fluxmq/protocol/record_batch.h"
#include "fluxmq/protocol/writer.h"

namespace fluxmq::protocol {

// What a batch says of itself besides its records.
struct RecordBatchFacts {
  std::int64_t base_offset = 0;
  std::int32_t partition_leader_epoch = kNoLeaderEpoch;
  std::int64_t producer_id = kNoProducerId;
  std::int16_t producer_epoch = kNoProducerEpoch;
  std::int32_t base_sequence = kNoSequence;
  bool is_transactional = false;
  bool is_control = false;
};

class RecordBatchBuilder {
 public:
  explicit RecordBatchBuilder(const RecordBatchFacts& facts = {}) : facts_(facts) { clear(); }

  // The record gets the next offset.
  void append(std::int64_t timestamp_ms, std::optional<Bytes> key, std::optional<Bytes> value,
              std::span<const RecordHeader> headers = {}) {
    if (count_ == 0) base_timestamp_ms_ = max_timestamp_ms_ = timestamp_ms;
    max_timestamp_ms_ = std::max(max_timestamp_ms_, timestamp_ms);
    const Body body{timestamp_ms - base_timestamp_ms_, count_, key, value, headers};
    SizeCounter counter;
    body.write(counter);
    writer_.write_varint(static_cast<std::int32_t>(counter.size()));
    body.write(writer_);
    ++count_;
  }

  std::int32_t record_count() const { return count_; }
  std::size_t size_bytes() const { return writer_.bytes().size(); }

  // The whole batch, valid until the builder is changed; the caller may stamp it in place.
  MutableBytes finish() {
    const MutableBytes bytes = writer_.mutable_bytes();
    MutableRecordBatch batch(bytes);
    batch.set_base_offset(facts_.base_offset);
    batch.set_batch_length(static_cast<std::int32_t>(bytes.size() - kBatchPrefixBytes));
    batch.set_partition_leader_epoch(facts_.partition_leader_epoch);
    batch.set_magic(kMagicV2);
    batch.set_attributes(
        static_cast<std::int16_t>((facts_.is_transactional ? kTransactionalFlag : 0) |
                                  (facts_.is_control ? kControlFlag : 0)));
    batch.set_last_offset_delta(std::max(count_ - 1, 0));
    batch.set_base_timestamp(base_timestamp_ms_);
    batch.set_max_timestamp(max_timestamp_ms_);
    batch.set_producer_id(facts_.producer_id);
    batch.set_producer_epoch(facts_.producer_epoch);
    batch.set_base_sequence(facts_.base_sequence);
    batch.set_record_count(count_);
    batch.set_crc(crc32c(batch.checksummed()));
    return bytes;
  }

  // Ready for another batch with the same facts; keeps its memory.
  void clear() {
    static constexpr std::uint8_t kRoomForHeader[kRecordBatchHeaderBytes] = {};
    writer_.clear();
    writer_.write_raw(kRoomForHeader);
    count_ = 0;
    base_timestamp_ms_ = max_timestamp_ms_ = kNoTimestamp;
  }

 private:
  struct Body {
    std::int64_t timestamp_delta;
    std::int32_t offset_delta;
    const std::optional<Bytes>& key;
    const std::optional<Bytes>& value;
    std::span<const RecordHeader> headers;

    template <class Out>
    void write(Out& out) const {
      out.write_int8(0);  // attributes
      out.write_varlong(timestamp_delta);
      out.write_varint(offset_delta);
      write_nullable(out, key);
      write_nullable(out, value);
      out.write_varint(static_cast<std::int32_t>(headers.size()));
      for (const RecordHeader& header : headers) {
        write_nullable(out, as_bytes(header.key));
        write_nullable(out, header.value);
      }
    }

    template <class Out>
    static void write_nullable(Out& out, const std::optional<Bytes>& bytes) {
      if (!bytes) return out.write_varint(-1);
      out.write_varint(static_cast<std::int32_t>(bytes->size()));
      out.write_raw(*bytes);
    }
  };

  RecordBatchFacts facts_;
  Writer writer_;
  std::int32_t count_ = 0;
  std::int64_t base_timestamp_ms_ = kNoTimestamp;
  std::int64_t max_timestamp_ms_ = kNoTimestamp;
};

}  // namespace fluxmq::protocol
