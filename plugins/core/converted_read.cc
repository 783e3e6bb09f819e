#include "converted_read.h"

#include <array>

#include "down_conversion.h"
#include "record_window.h"
#include "segment_source.h"

namespace fluxmq::core {
namespace {

using protocol::Compression;
using protocol::RecordBatch;

// By its header, which is all that there need be of it.
std::size_t stored_size(const RecordBatch& batch) {
  const std::int64_t size =
      std::int64_t{batch.batch_length()} + std::int64_t{protocol::kBatchPrefixBytes};
  if (size < static_cast<std::int64_t>(protocol::kRecordBatchHeaderBytes))
    throw protocol::DecodeError("a stored batch is too short");
  return static_cast<std::size_t>(size);
}

// The next whole batch of a window; nullopt where the log's answer ends or was cut.
std::optional<RecordBatch> next_batch(RecordWindow& window) {
  if (!window.has(protocol::kRecordBatchHeaderBytes)) return std::nullopt;
  const auto size = stored_size(RecordBatch({window.data(), protocol::kRecordBatchHeaderBytes}));
  if (!window.has(size)) return std::nullopt;
  return RecordBatch(window.take(size));
}

// What the log gave is bounded already.
constexpr std::size_t kAnySize = std::numeric_limits<std::size_t>::max();

// A segment of memory that owns its bytes.
fluxmq_segment owning_segment(std::vector<std::uint8_t> bytes) {
  auto* owned = new std::vector<std::uint8_t>(std::move(bytes));
  return {FLUXMQ_SEGMENT_MEMORY,
          -1,
          owned->data(),
          0,
          owned->size(),
          [](void* context) { delete static_cast<std::vector<std::uint8_t>*>(context); },
          owned};
}

// Leaves the first `size` bytes.
void cut(std::vector<fluxmq_segment>& segments, std::uint64_t size) {
  std::size_t kept = 0;
  for (; kept < segments.size() && size > 0; ++kept) {
    segments[kept].length = std::min(segments[kept].length, size);
    size -= segments[kept].length;
  }
  std::vector<fluxmq_segment> rest(segments.begin() + static_cast<std::ptrdiff_t>(kept),
                                   segments.end());
  segments.resize(kept);
  release(rest);
}

}  // namespace

// Reads and converts until there is something to answer, off the event loops.
void Partition::read_converted(std::unique_ptr<ConvertedRead> read) {
  const fluxmq_log_read_request request{sizeof(request), read->request.minimum_one_batch,
                                        read->position, read->bound, read->request.max_bytes};
  const auto* store = environment_.log_store;
  store->read(
      store->self, log_, &request,
      [](void* raw, std::int16_t error, const fluxmq_segment* segments, std::uint32_t count) {
        std::unique_ptr<ConvertedRead> at(static_cast<ConvertedRead*>(raw));
        if (error != 0) {
          at->result.error = error;
          return at->finish();
        }
        at->segments.assign(segments, segments + count);
        const Host host = at->partition->environment_.host;
        host.post_blocking([at = std::move(at)]() mutable {
          if (at->convert()) return at->finish();
          Partition& partition = *at->partition;
          partition.read_converted(std::move(at));
        });
      },
      read.release());
}

bool Partition::ConvertedRead::convert() try {
  if (request.format == FLUXMQ_READ_WITHOUT_ZSTD) {
    cut_before_zstd();
    return true;
  }
  const std::int64_t before = position;
  const bool complete = convert_batches();
  release(segments);
  // Batches may hold nothing for this client: markers, and what compaction has emptied.
  const bool go_on = !complete && messages.empty() && position > before && position < bound;
  return !go_on;
} catch (const protocol::DecodeError&) {
  // What was converted before it can be read; the next read begins here.
  release(segments);
  if (messages.empty()) fail(ErrorCode::CORRUPT_MESSAGE);
  return true;
} catch (const SegmentError&) {
  release(segments);
  fail(ErrorCode::KAFKA_STORAGE_ERROR);
  return true;
}

// True once the answer is complete.
bool Partition::ConvertedRead::convert_batches() {
  SegmentSource source(segments);
  RecordWindow window(source, kAnySize);
  while (const auto batch = next_batch(window)) {
    if (!add(*batch)) return true;
    position = batch->next_offset();
  }
  return false;
}

// False if the batch doesn't go into the answer any more.
bool Partition::ConvertedRead::add(const RecordBatch& batch) {
  if (batch.compression() == Compression::kZstd && !batch.is_control()) {
    if (messages.empty()) fail(ErrorCode::UNSUPPORTED_COMPRESSION_TYPE);
    return false;
  }
  const std::size_t before = messages.size();
  const std::int8_t magic =
      request.format == FLUXMQ_READ_MAGIC_0 ? protocol::kMagicV0 : protocol::kMagicV1;
  try {
    convert_down(batch, magic, request.fetch_offset, partition->environment_.max_uncompressed_bytes,
                 messages);
  } catch (...) {
    messages.resize(before);
    throw;
  }
  const bool fits = static_cast<std::int64_t>(messages.size()) <= request.max_bytes;
  if (!fits && before != 0) messages.resize(before);
  return fits;
}

// Looks at the headers alone: the rest goes to the client without passing through here.
void Partition::ConvertedRead::cut_before_zstd() {
  SegmentSource source(segments);
  std::array<std::uint8_t, protocol::kRecordBatchHeaderBytes> header;
  std::uint64_t size = 0;
  while (source.fill(header)) {
    const RecordBatch batch(header);
    if (batch.compression() == Compression::kZstd) {
      cut(segments, size);
      if (size == 0) fail(ErrorCode::UNSUPPORTED_COMPRESSION_TYPE);
      return;
    }
    const auto batch_size = stored_size(batch);
    if (!source.skip(batch_size - header.size())) return;
    size += batch_size;
  }
}

void Partition::ConvertedRead::fail(ErrorCode error) {
  result.error = protocol::to_int16(error);
}

void Partition::ConvertedRead::finish() {
  if (result.error != 0) {
    messages.clear();
    release(segments);
  }
  if (!messages.empty()) segments.push_back(owning_segment(std::move(messages)));
  result.segments = segments.data();
  result.segment_count = segments.size();
  partition->release_log();
  done(context, &result);
}

}  // namespace fluxmq::core
