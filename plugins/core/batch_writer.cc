#include "batch_writer.h"

#include <array>

#include "fluxmq/protocol/crc32c.h"

namespace fluxmq::core {
namespace {

using protocol::Bytes;

constexpr std::size_t kMaxVarintBytes = 10;

template <class T>
std::uint8_t* put_varint(std::uint8_t* at, T value) {
  using Raw = std::make_unsigned_t<T>;
  auto raw = static_cast<Raw>(static_cast<Raw>(value) << 1) ^
             static_cast<Raw>(value >> (sizeof(T) * 8 - 1));
  while (raw >= 0x80) {
    *at++ = static_cast<std::uint8_t>(raw | 0x80);
    raw >>= 7;
  }
  *at++ = static_cast<std::uint8_t>(raw);
  return at;
}

// The pieces of a record, each with room for its varints.
template <int Count>
struct Piece {
  std::array<std::uint8_t, static_cast<std::size_t>(Count) * kMaxVarintBytes> bytes;
  std::uint8_t* end = bytes.data();

  template <class T>
  void put(T value) {
    end = put_varint(end, value);
  }
  Bytes view() const { return {bytes.data(), static_cast<std::size_t>(end - bytes.data())}; }
};

std::int32_t length_of(const std::optional<Bytes>& field) {
  return field ? static_cast<std::int32_t>(field->size()) : -1;
}

}  // namespace

BatchWriter::BatchWriter(const CompressionChoice& choice, std::size_t max_bytes)
    : compression_(choice.type),
      max_bytes_(max_bytes),
      out_(protocol::kRecordBatchHeaderBytes),
      compressed_(choice, out_) {}

void BatchWriter::append(const protocol::Record& record) {
  if (count_ == 0) base_timestamp_ms_ = record.timestamp_ms;
  const Bytes key = record.key.value_or(Bytes());
  const Bytes value = record.value.value_or(Bytes());
  Piece<4> head;
  *head.end++ = 0;  // attributes
  head.put(static_cast<std::int64_t>(static_cast<std::uint64_t>(record.timestamp_ms) -
                                     static_cast<std::uint64_t>(base_timestamp_ms_)));
  head.put(count_);
  head.put(length_of(record.key));
  Piece<1> middle;
  middle.put(length_of(record.value));
  Piece<1> tail;
  tail.put(record.header_count);
  Piece<1> length;
  length.put(static_cast<std::int32_t>(head.view().size() + key.size() + middle.view().size() +
                                       value.size() + tail.view().size() +
                                       record.header_bytes.size()));
  for (const Bytes piece :
       {length.view(), head.view(), key, middle.view(), value, tail.view(), record.header_bytes}) {
    if (!piece.empty()) compressed_.write(piece);
  }
  ++count_;
  check_size();
}

void BatchWriter::check_size() const {
  if (out_.size() > max_bytes_) throw BatchTooLarge("a batch is larger than max.message.bytes");
}

std::vector<std::uint8_t> BatchWriter::finish(const Facts& facts) {
  compressed_.finish();
  check_size();
  protocol::MutableRecordBatch batch(out_);
  batch.set_base_offset(0);
  batch.set_batch_length(static_cast<std::int32_t>(out_.size() - protocol::kBatchPrefixBytes));
  batch.set_partition_leader_epoch(protocol::kNoLeaderEpoch);
  batch.set_magic(protocol::kMagicV2);
  batch.set_attributes(static_cast<std::int16_t>(
      static_cast<int>(compression_) | (facts.is_append_time ? protocol::kLogAppendTimeFlag : 0) |
      (facts.is_transactional ? protocol::kTransactionalFlag : 0)));
  batch.set_last_offset_delta(count_ - 1);
  batch.set_base_timestamp(base_timestamp_ms_);
  batch.set_max_timestamp(facts.max_timestamp_ms);
  batch.set_producer_id(facts.producer_id);
  batch.set_producer_epoch(facts.producer_epoch);
  batch.set_base_sequence(facts.base_sequence);
  batch.set_record_count(count_);
  batch.set_crc(protocol::crc32c(batch.checksummed()));
  return std::move(out_);
}

}  // namespace fluxmq::core
