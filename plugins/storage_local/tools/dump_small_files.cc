// Producer snapshots, checkpoints, and the files of properties.
#include "checkpoint_file.h"
#include "dump_files.h"
#include "fluxmq/protocol/crc32c.h"
#include "producer_snapshot.h"

namespace fluxmq::storage_local {
namespace {

using namespace protocol;

// None of these files is so large; what is isn't one of them.
constexpr std::int64_t kMaxFileBytes = 64 << 20;

std::optional<std::string> read_small_file(DumpOutput& out, const std::string& path) {
  if (out.files.file_size(path) > kMaxFileBytes) {
    out.report(-1, "the file is too large to be what its name says");
    return std::nullopt;
  }
  return read_file(out.files, path);
}

std::string optional_long(std::int64_t value) {
  return value < 0 ? "OptionalLong.empty" : "OptionalLong[" + std::to_string(value) + "]";
}

void print_producer(DumpOutput& out, const ProducerEntry& entry) {
  const auto transaction = entry.current_transaction_first_offset;
  auto line = out.make_line();
  line.add("producerId", entry.producer_id)
      .add("producerEpoch", entry.producer_epoch)
      .add("coordinatorEpoch", entry.coordinator_epoch);
  if (out.options.json) {
    line.add_literal("currentTxnFirstOffset",
                     transaction < 0 ? "null" : std::to_string(transaction));
  } else {
    line.add("currentTxnFirstOffset", optional_long(transaction));
  }
  line.add("lastTimestamp", entry.timestamp_ms);
  if (entry.last_offset >= 0) {
    line.add("firstSequence", entry.first_sequence())
        .add("lastSequence", entry.last_sequence)
        .add("lastOffset", entry.last_offset)
        .add("offsetDelta", entry.offset_delta)
        .add("timestamp", entry.timestamp_ms);
  }
  out.print(line);
}

// visit(words) for each line of a checkpoint file.
template <class Visit>
void for_each_line(DumpOutput& out, const std::string& path, std::size_t words, Visit visit) {
  out.begin(path);
  const auto text = read_small_file(out, path);
  if (!text) return;
  try {
    for (const auto& line : parse_checkpoint(*text, words)) visit(line);
  } catch (const std::runtime_error& failure) {
    out.report(-1, failure.what());
  }
}

}  // namespace

void dump_snapshot(DumpOutput& out, const std::string& path) {
  out.begin(path);
  const auto content = read_small_file(out, path);
  if (!content) return;
  const Bytes bytes = as_bytes(*content);
  Reader reader = Reader::of_constant(bytes);
  try {
    if (const auto version = reader.read_int16(); version != kProducerSnapshotVersion)
      return out.report(0, "a snapshot of version " + std::to_string(version));
    const auto crc = reader.read_uint32();
    if (crc != crc32c(bytes.subspan(kProducerSnapshotCrcEnd)))
      out.report(2, "the checksum of the snapshot doesn't fit");
    auto left = reader.read_int32();
    for (; left > 0; --left) print_producer(out, ProducerEntry::read(reader));
    if (left < 0 || reader.remaining() > 0)
      out.report(static_cast<std::int64_t>(reader.position()), "more than the entries it claims");
  } catch (const DecodeError&) {
    out.report(static_cast<std::int64_t>(reader.position()), "the snapshot ends within an entry");
  }
}

void dump_leader_epochs(DumpOutput& out, const std::string& path) {
  std::int64_t last_epoch = -1;
  std::int64_t last_offset = -1;
  for_each_line(out, path, 2, [&](const CheckpointLine& words) {
    const auto epoch = parse_int64(words[0]);
    const auto start_offset = parse_int64(words[1]);
    auto line = out.make_line();
    out.print(line.add("leaderEpoch", epoch).add("startOffset", start_offset));
    if (epoch <= last_epoch || start_offset < last_offset) out.report(-1, "epochs don't ascend");
    last_epoch = epoch;
    last_offset = start_offset;
  });
}

void dump_checkpoint(DumpOutput& out, const std::string& path) {
  for_each_line(out, path, 3, [&](const CheckpointLine& words) {
    auto line = out.make_line();
    out.print(line.add("topic", words[0])
                  .add("partition", parse_int64(words[1]))
                  .add("offset", parse_int64(words[2])));
  });
}

// Lines of `name=value` or `name: value`.
void dump_properties(DumpOutput& out, const std::string& path) {
  out.begin(path);
  const auto text = read_small_file(out, path);
  if (!text) return;
  auto line = out.make_line();
  for (std::size_t at = 0; at < text->size();) {
    const auto end = std::min(text->find('\n', at), text->size());
    const auto property = std::string_view(*text).substr(at, end - at);
    at = end + 1;
    if (property.empty() || property.starts_with('#')) continue;
    const auto separator = property.find_first_of(":=");
    if (separator == 0 || separator == std::string_view::npos) {
      out.report(-1, "'" + printable(as_bytes(property)) + "' is not a property");
      continue;
    }
    auto value = property.substr(separator + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    line.add(property.substr(0, separator), printable(as_bytes(value)));
  }
  out.print(line);
}

}  // namespace fluxmq::storage_local
