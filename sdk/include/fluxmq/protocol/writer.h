// Writes primitives to a growing buffer. Records that lie in segments are not copied: the writer
// notes where they go, and the message is then a list of pieces, [memory][file][memory]...
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

#include "fluxmq/protocol/big_endian.h"
#include "fluxmq/protocol/primitives.h"
#include "fluxmq/protocol/unknown_tags.h"

namespace fluxmq::protocol {

// A segment that follows the first `position` bytes of the buffer.
struct Splice {
  std::size_t position = 0;
  fluxmq_segment segment{};
};

// What Writer and SizeCounter share: everything that is made of other primitives.
template <class Out>
class PrimitiveSink {
 public:
  static constexpr std::size_t kMaxStringBytes = 32767;

  void write_bool(bool value) { self().write_int8(value ? 1 : 0); }
  void write_varint(std::int32_t value) {
    const auto raw = static_cast<std::uint32_t>(value);
    self().write_unsigned_varint((raw << 1) ^ static_cast<std::uint32_t>(value >> 31));
  }
  void write_varlong(std::int64_t value) {
    const auto raw = static_cast<std::uint64_t>(value);
    self().write_unsigned_varlong((raw << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }

  // The length of bytes, records and arrays.
  void write_length(std::size_t length, bool flexible) {
    if (flexible) {
      self().write_unsigned_varint(static_cast<std::uint32_t>(length + 1));
    } else {
      self().write_int32(static_cast<std::int32_t>(length));
    }
  }
  void write_null_length(bool flexible) {
    if (flexible) {
      self().write_unsigned_varint(0);
    } else {
      self().write_int32(-1);
    }
  }

  // What the wire can't carry is cut off: only messages for people could ever be that long.
  void write_string(std::string_view text, bool flexible) {
    const std::size_t length = std::min(text.size(), kMaxStringBytes);
    if (flexible) {
      self().write_unsigned_varint(static_cast<std::uint32_t>(length + 1));
    } else {
      self().write_int16(static_cast<std::int16_t>(length));
    }
    self().write_raw(as_bytes(text.substr(0, length)));
  }
  void write_null_string(bool flexible) {
    if (flexible) {
      self().write_unsigned_varint(0);
    } else {
      self().write_int16(-1);
    }
  }
  void write_bytes(Bytes bytes, bool flexible) {
    write_length(bytes.size(), flexible);
    self().write_raw(bytes);
  }
  void write_uuid(const Uuid& uuid) { self().write_raw(uuid.bytes); }

  UnknownTagsCursor& unknown_tags() { return unknown_tags_; }

 protected:
  UnknownTagsCursor unknown_tags_;

 private:
  Out& self() { return static_cast<Out&>(*this); }
};

class Writer : public PrimitiveSink<Writer> {
 public:
  static constexpr std::size_t kInitialBytes = 256;

  Writer() = default;
  explicit Writer(std::size_t reserve_bytes) { grow(reserve_bytes); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  Writer(Writer&& other) noexcept { swap(other); }
  Writer& operator=(Writer&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Writer() { std::free(data_); }

  // Replays what a Reader kept; the source must outlive the writer's work.
  void replay_unknown_tags(const UnknownTags* source) { unknown_tags_ = UnknownTagsCursor(source); }

  // What was written, without the spliced segments.
  Bytes bytes() const { return {data_, size_}; }
  MutableBytes mutable_bytes() { return {data_, size_}; }
  const std::vector<Splice>& splices() const { return splices_; }

  // With the segments: the length of the message on the wire.
  std::uint64_t size() const { return size_ + spliced_bytes_; }

  // The message in order. Memory pieces carry no lease: they are copied during the call that they
  // are handed to, and must be used before the writer is changed.
  std::vector<fluxmq_segment> segments() const {
    std::vector<fluxmq_segment> pieces;
    pieces.reserve(2 * splices_.size() + 1);
    std::size_t from = 0;
    for (const Splice& splice : splices_) {
      append_memory(pieces, from, splice.position);
      pieces.push_back(splice.segment);
      from = splice.position;
    }
    append_memory(pieces, from, size_);
    return pieces;
  }

  // Makes the writer empty and keeps its memory.
  void clear() {
    size_ = 0;
    spliced_bytes_ = 0;
    splices_.clear();
  }

  void write_int8(std::int8_t value) { write_big_endian(value); }
  void write_int16(std::int16_t value) { write_big_endian(value); }
  void write_uint16(std::uint16_t value) { write_big_endian(value); }
  void write_int32(std::int32_t value) { write_big_endian(value); }
  void write_uint32(std::uint32_t value) { write_big_endian(value); }
  void write_int64(std::int64_t value) { write_big_endian(value); }
  void write_float64(double value) { write_big_endian(std::bit_cast<std::uint64_t>(value)); }
  void write_unsigned_varint(std::uint32_t value) { write_base128<5>(value); }
  void write_unsigned_varlong(std::uint64_t value) { write_base128<10>(value); }

  void write_raw(Bytes bytes) {
    if (!bytes.empty()) std::memcpy(room(bytes.size()), bytes.data(), bytes.size());
  }

  void write_segment(const fluxmq_segment& segment) {
    splices_.push_back({size_, segment});
    spliced_bytes_ += segment.length;
  }

 private:
  template <class T>
  void write_big_endian(T value) {
    store_big_endian(room(sizeof(T)), value);
  }

  template <std::size_t kMaxBytes, class T>
  void write_base128(T value) {
    if (capacity_ - size_ < kMaxBytes) grow(kMaxBytes);
    while (value >= 0x80) {
      data_[size_++] = static_cast<std::uint8_t>(value | 0x80);
      value >>= 7;
    }
    data_[size_++] = static_cast<std::uint8_t>(value);
  }

  std::uint8_t* room(std::size_t length) {
    if (capacity_ - size_ < length) [[unlikely]]
      grow(length);
    std::uint8_t* const at = data_ + size_;
    size_ += length;
    return at;
  }

  [[gnu::noinline]] void grow(std::size_t length) {
    const std::size_t capacity = std::max({kInitialBytes, capacity_ * 2, size_ + length});
    void* const data = std::realloc(data_, capacity);
    if (data == nullptr) throw std::bad_alloc();
    data_ = static_cast<std::uint8_t*>(data);
    capacity_ = capacity;
  }

  void append_memory(std::vector<fluxmq_segment>& pieces, std::size_t from, std::size_t to) const {
    if (from == to) return;
    fluxmq_segment piece{};
    piece.kind = FLUXMQ_SEGMENT_MEMORY;
    piece.fd = -1;
    piece.data = data_ + from;
    piece.length = to - from;
    pieces.push_back(piece);
  }

  void swap(Writer& other) noexcept {
    std::swap(unknown_tags_, other.unknown_tags_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    std::swap(spliced_bytes_, other.spliced_bytes_);
    splices_.swap(other.splices_);
  }

  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  std::uint64_t spliced_bytes_ = 0;
  std::vector<Splice> splices_;
};

// Writes nothing and counts what a Writer would write, segments included.
class SizeCounter : public PrimitiveSink<SizeCounter> {
 public:
  SizeCounter() = default;
  explicit SizeCounter(const UnknownTagsCursor& unknown_tags) { unknown_tags_ = unknown_tags; }

  std::size_t size() const { return size_; }

  void write_int8(std::int8_t) { size_ += 1; }
  void write_int16(std::int16_t) { size_ += 2; }
  void write_uint16(std::uint16_t) { size_ += 2; }
  void write_int32(std::int32_t) { size_ += 4; }
  void write_uint32(std::uint32_t) { size_ += 4; }
  void write_int64(std::int64_t) { size_ += 8; }
  void write_float64(double) { size_ += 8; }
  void write_unsigned_varint(std::uint32_t value) { size_ += base128_size(value); }
  void write_unsigned_varlong(std::uint64_t value) { size_ += base128_size(value); }
  void write_raw(Bytes bytes) { size_ += bytes.size(); }
  void write_segment(const fluxmq_segment& segment) { size_ += segment.length; }

 private:
  // Seven bits a byte, at least one byte.
  static std::size_t base128_size(std::uint64_t value) {
    return (static_cast<std::size_t>(std::bit_width(value | 1)) + 6) / 7;
  }

  std::size_t size_ = 0;
};

}  // namespace fluxmq::protocol
