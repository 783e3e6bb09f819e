// The two indexes of a segment, and whether they lead to its batches.
#include <algorithm>
#include <array>
#include <memory>

#include "batch_scanner.h"
#include "dump_files.h"
#include "index.h"

namespace fluxmq::storage_local {
namespace {

constexpr std::int64_t kEntriesAtOnce = 4096;

// Calls visit(position in the file, entry), up to the zeros that a running Kafka's index ends with.
template <class Entry, class Visit>
void for_each_entry(DumpOutput& out, const std::string& path, Visit visit) {
  constexpr auto kBytes = static_cast<std::int64_t>(Entry::kBytes);
  const auto file = out.files.open(path, OpenMode::kRead);
  const auto size = file->size();
  if (size % kBytes != 0) out.report(size - size % kBytes, "the file ends within an entry");
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(kEntriesAtOnce * kBytes));
  for (std::int64_t begin = 0; begin < size;) {
    const auto got = file->read_at(bytes.data(), bytes.size(), begin);
    for (std::size_t at = 0; at + Entry::kBytes <= got; at += Entry::kBytes) {
      const auto* entry = bytes.data() + at;
      const bool is_zero = std::all_of(entry, entry + Entry::kBytes, [](auto b) { return b == 0; });
      const auto position = begin + static_cast<std::int64_t>(at);
      if (is_zero && position > 0) return;
      visit(position, Entry::load(entry));
    }
    begin += static_cast<std::int64_t>(bytes.size());
  }
}

// The segment that an index is of, where it is at hand.
std::unique_ptr<File> open_segment(DumpOutput& out, const SegmentFileName& name) {
  auto file = out.files.open_if_exists(name.path_of(".log"));
  if (!file) out.report(-1, "there is no segment of it beside it");
  return file;
}

}  // namespace

void dump_offset_index(DumpOutput& out, const std::string& path, const SegmentFileName& name) {
  out.begin(path);
  const auto segment = open_segment(out, name);
  std::int64_t last_offset = -1;
  std::int64_t last_position = -1;
  for_each_entry<OffsetEntry>(out, path, [&](std::int64_t at, const OffsetEntry& entry) {
    const auto offset = name.base_offset + entry.relative_offset;
    auto line = out.make_line();
    out.print(line.add("offset", offset).add("position", entry.position));
    const bool is_empty = at == 0 && entry.relative_offset == 0 && entry.position == 0;
    if (entry.relative_offset < 0 || offset <= last_offset || entry.position <= last_position)
      return out.report(at, "the entries don't ascend");
    last_offset = offset;
    last_position = entry.position;
    if (!segment || (is_empty && segment->size() == 0)) return;
    BatchScanner scanner(*segment, entry.position, segment->size(),
                         protocol::kRecordBatchHeaderBytes);
    const auto batch = scanner.next();
    // Kafka's entry is any offset of the batch, ours the last one.
    if (!batch || batch->header.base_offset() > offset || batch->header.last_offset() < offset)
      out.report(at, "offset " + std::to_string(offset) + " isn't at position " +
                         std::to_string(entry.position) + " of the segment");
  });
}

void dump_time_index(DumpOutput& out, const std::string& path, const SegmentFileName& name) {
  out.begin(path);
  const auto segment = open_segment(out, name);
  std::optional<BatchScanner> scanner;
  if (segment) scanner.emplace(*segment, 0, segment->size(), kScanWindowBytes);
  std::int64_t last_offset = -1;
  std::int64_t last_timestamp = -1;
  for_each_entry<TimeEntry>(out, path, [&](std::int64_t at, const TimeEntry& entry) {
    const auto offset = name.base_offset + entry.relative_offset;
    auto line = out.make_line();
    out.print(line.add("timestamp", entry.timestamp_ms).add("offset", offset));
    if (entry.relative_offset < 0 || offset <= last_offset || entry.timestamp_ms <= last_timestamp)
      return out.report(at, "the entries don't ascend");
    last_offset = offset;
    last_timestamp = entry.timestamp_ms;
    if (!scanner || (at == 0 && entry.timestamp_ms == 0 && segment->size() == 0)) return;
    // Entries and batches ascend together.
    auto batch = scanner->next();
    while (batch && batch->header.last_offset() < offset) batch = scanner->next();
    if (!batch || batch->header.base_offset() > offset) {
      out.report(at, "the segment has no offset " + std::to_string(offset));
    } else if (batch->header.max_timestamp() < entry.timestamp_ms) {
      out.report(at, "the batch with offset " + std::to_string(offset) +
                         " has no timestamp so large, but " +
                         std::to_string(batch->header.max_timestamp()));
    }
    if (batch) scanner->rewind(*batch);
  });
}

}  // namespace fluxmq::storage_local
