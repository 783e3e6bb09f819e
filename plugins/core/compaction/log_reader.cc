#include "log_reader.h"

#include <future>

#include "../segment_source.h"
#include "cleaning.h"

namespace fluxmq::core {

LogReader::LogReader(const fluxmq_log_store* store, fluxmq_log* log, std::int64_t offset,
                     std::int64_t end_offset, std::size_t buffer_bytes)
    : store_(store),
      log_(log),
      offset_(offset),
      end_offset_(end_offset),
      buffer_bytes_(buffer_bytes) {}

std::int16_t LogReader::fill() {
  struct Reading {
    std::vector<std::uint8_t>& bytes;
    std::promise<std::int16_t> done{};
  } reading{buffer_};
  buffer_.clear();
  const fluxmq_log_read_request request{sizeof(request), 1, offset_, end_offset_,
                                        static_cast<std::int64_t>(buffer_bytes_)};
  store_->read(
      store_->self, log_, &request,
      [](void* context, std::int16_t error, const fluxmq_segment* segments, std::uint32_t count) {
        auto& into = *static_cast<Reading*>(context);
        std::vector<fluxmq_segment> leased(segments, segments + count);
        auto bytes = gather(leased);
        release(leased);
        if (bytes) {
          into.bytes = std::move(*bytes);
        } else {
          error = protocol::to_int16(protocol::ErrorCode::KAFKA_STORAGE_ERROR);
        }
        into.done.set_value(error);
      },
      &reading);
  return reading.done.get_future().get();
}

protocol::Bytes LogReader::next() {
  if (offset_ >= end_offset_) return {};
  if (const auto error = fill(); error != 0) throw CleaningError("can't be read", error);
  protocol::RecordBatchCursor cursor(buffer_);
  std::size_t whole = 0;
  while (const auto batch = cursor.next()) {
    if (!batch->has_header()) throw CleaningError("holds what is no batch of magic 2", 0);
    offset_ = batch->next_offset();
    whole = cursor.position();
  }
  if (whole == 0 && !buffer_.empty()) throw CleaningError("holds what is no batch", 0);
  return protocol::Bytes(buffer_).first(whole);
}

}  // namespace fluxmq::core
