// Record batches (magic 2) as they lie on the wire and in the log: the header of a batch, in place,
// and the walk over a range of batches. The records inside: record.h. Making one:
// record_batch_builder.h. Its checksum: crc32c.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "fluxmq/protocol/big_endian.h"
#include "fluxmq/protocol/primitives.h"

namespace fluxmq::protocol {

enum class Compression : std::uint8_t { kNone = 0, kGzip = 1, kSnappy = 2, kLz4 = 3, kZstd = 4 };

enum class TimestampType : std::uint8_t { kCreateTime = 0, kLogAppendTime = 1 };

inline constexpr std::int8_t kMagicV0 = 0;
inline constexpr std::int8_t kMagicV1 = 1;
inline constexpr std::int8_t kMagicV2 = 2;

inline constexpr std::int64_t kNoTimestamp = -1;
inline constexpr std::int64_t kNoProducerId = -1;
inline constexpr std::int16_t kNoProducerEpoch = -1;
inline constexpr std::int32_t kNoSequence = -1;
inline constexpr std::int32_t kNoLeaderEpoch = -1;

// Base offset and length, which every magic has; the length counts what follows it.
inline constexpr std::size_t kBatchPrefixBytes = 12;
inline constexpr std::size_t kRecordBatchHeaderBytes = 61;
// An empty message of magic 0: nothing that is shorter can be a batch.
inline constexpr std::int32_t kMinBatchLength = 14;
// Up to here a batch may begin: then its last offset and the next one fit, whatever its delta.
inline constexpr std::int64_t kMaxBaseOffset =
    std::numeric_limits<std::int64_t>::max() - (std::int64_t{1} << 31);

// Where the header's fields lie.
enum BatchField : std::size_t {
  kBaseOffsetAt = 0,
  kBatchLengthAt = 8,
  kPartitionLeaderEpochAt = 12,
  kMagicAt = 16,
  kCrcAt = 17,
  kAttributesAt = 21,
  kLastOffsetDeltaAt = 23,
  kBaseTimestampAt = 27,
  kMaxTimestampAt = 35,
  kProducerIdAt = 43,
  kProducerEpochAt = 51,
  kBaseSequenceAt = 53,
  kRecordCountAt = 57,
};

enum BatchAttribute : std::int16_t {
  kCompressionMask = 0x07,
  kLogAppendTimeFlag = 0x08,
  kTransactionalFlag = 0x10,
  kControlFlag = 0x20,
  kDeleteHorizonFlag = 0x40,
};

// Sequences wrap from 2^31-1 to 0.
constexpr std::int32_t add_sequence(std::int32_t sequence, std::int32_t delta) {
  constexpr std::int64_t kSequences = std::int64_t{1} << 31;
  return static_cast<std::int32_t>((std::int64_t{sequence} + delta) % kSequences);
}

// A view of one batch. Of magic 0 and 1 only base_offset, size and magic mean anything; the rest
// asks for has_header().
class RecordBatch {
 public:
  // At least kBatchPrefixBytes + kMinBatchLength bytes: what RecordBatchCursor yields.
  explicit RecordBatch(Bytes bytes) : bytes_(bytes) {}

  bool has_header() const {
    return bytes_.size() >= kRecordBatchHeaderBytes && magic() == kMagicV2;
  }

  Bytes bytes() const { return bytes_; }
  std::size_t size_bytes() const { return bytes_.size(); }

  std::int64_t base_offset() const { return load<std::int64_t>(kBaseOffsetAt); }
  std::int32_t batch_length() const { return load<std::int32_t>(kBatchLengthAt); }
  std::int32_t partition_leader_epoch() const {
    return load<std::int32_t>(kPartitionLeaderEpochAt);
  }
  std::int8_t magic() const { return load<std::int8_t>(kMagicAt); }
  std::uint32_t crc() const { return load<std::uint32_t>(kCrcAt); }
  std::int16_t attributes() const { return load<std::int16_t>(kAttributesAt); }
  std::int32_t last_offset_delta() const { return load<std::int32_t>(kLastOffsetDeltaAt); }
  std::int64_t base_timestamp() const { return load<std::int64_t>(kBaseTimestampAt); }
  std::int64_t max_timestamp() const { return load<std::int64_t>(kMaxTimestampAt); }
  std::int64_t producer_id() const { return load<std::int64_t>(kProducerIdAt); }
  std::int16_t producer_epoch() const { return load<std::int16_t>(kProducerEpochAt); }
  std::int32_t base_sequence() const { return load<std::int32_t>(kBaseSequenceAt); }
  std::int32_t record_count() const { return load<std::int32_t>(kRecordCountAt); }

  // The base offset is checked, before: kMaxBaseOffset.
  std::int64_t last_offset() const { return base_offset() + last_offset_delta(); }
  std::int64_t next_offset() const { return last_offset() + 1; }
  std::int32_t last_sequence() const {
    return base_sequence() == kNoSequence ? kNoSequence
                                          : add_sequence(base_sequence(), last_offset_delta());
  }

  // 5, 6 and 7 are no compression that Kafka knows.
  Compression compression() const {
    return static_cast<Compression>(attributes() & kCompressionMask);
  }
  bool compression_is_known() const { return compression() <= Compression::kZstd; }
  TimestampType timestamp_type() const {
    return has(kLogAppendTimeFlag) ? TimestampType::kLogAppendTime : TimestampType::kCreateTime;
  }
  bool is_transactional() const { return has(kTransactionalFlag); }
  bool is_control() const { return has(kControlFlag); }
  bool has_producer_id() const { return producer_id() != kNoProducerId; }
  // The base timestamp's place holds it when the flag is set.
  std::optional<std::int64_t> delete_horizon_ms() const {
    if (!has(kDeleteHorizonFlag)) return std::nullopt;
    return base_timestamp();
  }

  // What the checksum covers: all from the attributes on.
  Bytes checksummed() const { return bytes_.subspan(kAttributesAt); }
  // The records, compressed as the attributes say.
  Bytes records() const { return bytes_.subspan(kRecordBatchHeaderBytes); }

 private:
  template <class T>
  T load(BatchField at) const {
    return load_big_endian<T>(bytes_.data() + at);
  }
  bool has(BatchAttribute flag) const { return (attributes() & flag) != 0; }

  Bytes bytes_;
};

// Changes a batch in place. Base offset and leader epoch lie outside the checksum; after any other
// change the caller sets a new one.
class MutableRecordBatch : public RecordBatch {
 public:
  explicit MutableRecordBatch(MutableBytes bytes) : RecordBatch(bytes), data_(bytes.data()) {}

  void set_base_offset(std::int64_t value) { store(kBaseOffsetAt, value); }
  void set_batch_length(std::int32_t value) { store(kBatchLengthAt, value); }
  void set_partition_leader_epoch(std::int32_t value) { store(kPartitionLeaderEpochAt, value); }
  void set_magic(std::int8_t value) { store(kMagicAt, value); }
  void set_crc(std::uint32_t value) { store(kCrcAt, value); }
  void set_attributes(std::int16_t value) { store(kAttributesAt, value); }
  void set_last_offset_delta(std::int32_t value) { store(kLastOffsetDeltaAt, value); }
  void set_base_timestamp(std::int64_t value) { store(kBaseTimestampAt, value); }
  void set_max_timestamp(std::int64_t value) { store(kMaxTimestampAt, value); }
  void set_producer_id(std::int64_t value) { store(kProducerIdAt, value); }
  void set_producer_epoch(std::int16_t value) { store(kProducerEpochAt, value); }
  void set_base_sequence(std::int32_t value) { store(kBaseSequenceAt, value); }
  void set_record_count(std::int32_t value) { store(kRecordCountAt, value); }

 private:
  template <class T>
  void store(BatchField at, T value) {
    store_big_endian(data_ + at, value);
  }

  std::uint8_t* data_;
};

// Walks over the batches of a range, of any magic. It looks at lengths and magics alone: checksums
// and records are the caller's affair.
class RecordBatchCursor {
 public:
  enum class End {
    kNone,         // there may be more
    kComplete,     // the range ended with a batch
    kPartialTail,  // the last batch is cut off: to be ignored
    kCorrupt,      // an impossible length or magic at position()
  };

  explicit RecordBatchCursor(Bytes range) : range_(range) {}

  // The next whole batch; nullopt once end() says why there is none.
  std::optional<RecordBatch> next() {
    if (end_ != End::kNone) return std::nullopt;
    const std::size_t size = next_size();
    if (end_ != End::kNone) return std::nullopt;
    const RecordBatch batch(range_.subspan(position_, size));
    position_ += size;
    return batch;
  }

  End end() const { return end_; }
  // Where the next batch begins, or where the walk ended.
  std::size_t position() const { return position_; }
  std::size_t remaining() const { return range_.size() - position_; }

 private:
  std::size_t next_size() {
    const Bytes rest = range_.subspan(position_);
    if (rest.size() < kBatchPrefixBytes)
      return stop(rest.empty() ? End::kComplete : End::kPartialTail);
    const auto length = load_big_endian<std::int32_t>(rest.data() + kBatchLengthAt);
    if (length < kMinBatchLength) return stop(End::kCorrupt);
    if (rest.size() <= kMagicAt) return stop(End::kPartialTail);
    const auto magic = static_cast<std::int8_t>(rest[kMagicAt]);
    if (magic < kMagicV0 || magic > kMagicV2) return stop(End::kCorrupt);
    const std::size_t size = kBatchPrefixBytes + static_cast<std::size_t>(length);
    return size > rest.size() ? stop(End::kPartialTail) : size;
  }

  std::size_t stop(End end) {
    end_ = end;
    return 0;
  }

  Bytes range_;
  std::size_t position_ = 0;
  End end_ = End::kNone;
};

}  // namespace fluxmq::protocol
