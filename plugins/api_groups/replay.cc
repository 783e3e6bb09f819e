#include "replay.h"

#include <unistd.h>

#include <cerrno>

#include "fluxmq/protocol/crc32c.h"
#include "fluxmq/protocol/record.h"

namespace fluxmq::api_groups {

namespace {

using protocol::RecordBatch;
using protocol::RecordBatchCursor;

bool append_file(std::vector<std::uint8_t>& bytes, const fluxmq_segment& segment) {
  std::size_t at = bytes.size();
  bytes.resize(at + segment.length);
  auto offset = static_cast<off_t>(segment.offset);
  while (at < bytes.size()) {
    const ssize_t count = pread(segment.fd, bytes.data() + at, bytes.size() - at, offset);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    at += static_cast<std::size_t>(count);
    offset += count;
  }
  return true;
}

void leave_out(ReplayedChunk& chunk, std::string problem) {
  ++chunk.left_out;
  chunk.problem = std::move(problem);
}

void replay_batch(const RecordBatch& batch, GroupTable& groups, ReplayedChunk& chunk) {
  protocol::RecordReader reader(batch);
  protocol::Record record;
  while (reader.next(record)) {
    ++chunk.records;
    if (!record.key) {
      leave_out(chunk, "a record has no key");
      continue;
    }
    try {
      if (!groups.replay(*record.key, record.value)) leave_out(chunk, "a record of another type");
    } catch (const protocol::DecodeError& error) {
      leave_out(chunk, error.what());
    }
  }
}

}  // namespace

std::optional<std::vector<std::uint8_t>> gather(std::span<const fluxmq_segment> segments) {
  std::vector<std::uint8_t> bytes;
  for (const auto& segment : segments) {
    if (segment.kind == FLUXMQ_SEGMENT_MEMORY) {
      bytes.insert(bytes.end(), segment.data, segment.data + segment.length);
    } else if (!append_file(bytes, segment)) {
      return std::nullopt;
    }
  }
  return bytes;
}

ReplayedChunk replay(protocol::Bytes bytes, GroupTable& groups) {
  ReplayedChunk chunk;
  RecordBatchCursor cursor(bytes);
  while (const auto batch = cursor.next()) {
    if (!batch->has_header()) {
      leave_out(chunk, "a batch of an old format");
      continue;
    }
    chunk.next_offset = batch->next_offset();
    if (protocol::crc32c(batch->checksummed()) != batch->crc()) {
      leave_out(chunk, "a damaged batch");
      continue;
    }
    if (batch->is_control()) continue;
    if (batch->compression() != protocol::Compression::kNone || batch->is_transactional()) {
      leave_out(chunk, "a compressed or transactional batch");
      continue;
    }
    try {
      replay_batch(*batch, groups, chunk);
    } catch (const protocol::DecodeError& error) {
      leave_out(chunk, error.what());
    }
  }
  return chunk;
}

}  // namespace fluxmq::api_groups
