// Batches and records, in the words of Kafka's dump-log.
#include <array>

#include "batch_records.h"
#include "dump_files.h"
#include "fluxmq/protocol/big_endian.h"

namespace fluxmq::storage_local {
namespace {

using namespace protocol;

constexpr std::string_view kBeforeRecord = "| ";
constexpr std::int16_t kAbort = 0;
constexpr std::int16_t kCommit = 1;

std::string_view codec_name(Compression codec) {
  constexpr std::array<std::string_view, 8> names{"none", "gzip", "snappy", "lz4",
                                                  "zstd", "5",    "6",      "7"};
  return names[static_cast<std::size_t>(codec) & 7];
}

std::string_view time_name(const RecordBatch& batch) {
  return batch.timestamp_type() == TimestampType::kLogAppendTime ? "LogAppendTime" : "CreateTime";
}

void print_batch(DumpOutput& out, const BatchScanner::Batch& batch, bool is_valid) {
  const RecordBatch& header = batch.header;
  const auto horizon = header.delete_horizon_ms();
  auto line = out.make_line();
  line.add("baseOffset", header.base_offset())
      .add("lastOffset", header.last_offset())
      .add("count", header.record_count())
      .add("baseSequence", header.base_sequence())
      .add("lastSequence", header.last_sequence())
      .add("producerId", header.producer_id())
      .add("producerEpoch", header.producer_epoch())
      .add("partitionLeaderEpoch", header.partition_leader_epoch())
      .add("isTransactional", header.is_transactional())
      .add("isControl", header.is_control());
  if (out.options.json) {
    line.add_literal("deleteHorizonMs", horizon ? std::to_string(*horizon) : "null");
  } else {
    line.add("deleteHorizonMs", horizon ? "OptionalLong[" + std::to_string(*horizon) + "]"
                                        : std::string("OptionalLong.empty"));
  }
  line.add("position", batch.position)
      .add(time_name(header), header.max_timestamp())
      .add("size", batch.size_bytes)
      .add("magic", header.magic())
      .add("compresscodec", codec_name(header.compression()))
      .add("crc", std::int64_t{header.crc()})
      .add("isvalid", is_valid);
  out.print(line);
}

void add_payload(OutputLine& line, RecordFormat format, const Record& record) {
  if (record.key && format != RecordFormat::kBytes) {
    if (const auto decoded = decode_record(format, *record.key, record.value)) {
      line.add_literal("key", decoded->key).add_literal("payload", decoded->value);
      return;
    }
  }
  if (record.key) line.add("key", printable(*record.key));
  if (record.value) line.add("payload", printable(*record.value));
}

// What a control record says: the end of a transaction, or a matter of the metadata quorum.
void add_control(OutputLine& line, const Record& record) {
  Reader key = Reader::of_constant(record.key.value_or(Bytes()));
  key.read_int16();  // version
  const std::int16_t type = key.read_int16();
  if (type != kAbort && type != kCommit) {
    line.add("controlType", type);
    return;
  }
  Reader value = Reader::of_constant(record.value.value_or(Bytes()));
  value.read_int16();  // version
  line.add("endTxnMarker", std::string_view(type == kCommit ? "COMMIT" : "ABORT"))
      .add("coordinatorEpoch", value.read_int32());
}

void print_record(DumpOutput& out, const RecordBatch& batch, const Record& record,
                  RecordFormat format) {
  const auto size_of = [](const std::optional<Bytes>& bytes) {
    return bytes ? static_cast<std::int64_t>(bytes->size()) : -1;
  };
  std::vector<std::string> header_keys;
  std::vector<std::string> header_values;
  record.for_each_header([&](const RecordHeader& header) {
    header_keys.push_back(printable(as_bytes(header.key)));
    header_values.push_back(header.value ? printable(*header.value) : "null");
  });
  auto line = out.make_line(kBeforeRecord);
  line.add("offset", record.offset)
      .add(time_name(batch), record.timestamp_ms)
      .add("keySize", size_of(record.key))
      .add("valueSize", size_of(record.value))
      .add("sequence", batch.base_sequence() == kNoSequence
                           ? kNoSequence
                           : add_sequence(batch.base_sequence(), record.offset_delta))
      .add("headerKeys", header_keys);
  batch.is_control() ? add_control(line, record) : add_payload(line, format, record);
  if (!header_keys.empty()) line.add("headerValues", header_values);
  out.print(line);
}

RecordFormat format_of(const DumpOutput& out, const std::string& folder) {
  if (out.options.format) return *out.options.format;
  const auto name = folder.substr(folder.rfind('/') + 1);
  if (name.starts_with("__consumer_offsets-")) return RecordFormat::kOffsets;
  if (name.starts_with("__transaction_state-")) return RecordFormat::kTransactions;
  return RecordFormat::kBytes;
}

void read_records(DumpOutput& out, const File& file, const BatchScanner::Batch& batch,
                  RecordFormat format) try {
  BatchRecords records(file, batch);
  Record record;
  std::int64_t least = batch.header.base_offset();
  while (records.next(record)) {
    ++out.record_count;
    if (record.offset < least || record.offset > batch.header.last_offset()) {
      out.report(batch.position, "the record with offset " + std::to_string(record.offset) +
                                     " is out of order, or of its batch");
    }
    least = record.offset + 1;
    if (out.options.records) print_record(out, batch.header, record, format);
  }
} catch (const DecodeError& error) {
  out.report(batch.position, error.what());
}

// Why the walk over the batches ended before the file did.
std::string why_no_batch(const File& file, std::int64_t position, std::int64_t end) {
  std::array<std::uint8_t, kMagicAt + 1> bytes{};
  if (file.read_at(bytes.data(), bytes.size(), position) < bytes.size())
    return std::to_string(end - position) + " bytes are left, too few for a batch";
  const auto length = load_big_endian<std::int32_t>(bytes.data() + kBatchLengthAt);
  const auto magic = static_cast<std::int8_t>(bytes[kMagicAt]);
  if (length == 0 && magic == 0) return "no batch, but zeros";
  if (length >= kMinBatchLength && (magic == kMagicV0 || magic == kMagicV1))
    return "a message of the old format " + std::to_string(magic) + ", which isn't read";
  if (magic == kMagicV2 && length > end - position - std::int64_t{kBatchPrefixBytes})
    return "a batch of " + std::to_string(std::int64_t{length} + std::int64_t{kBatchPrefixBytes}) +
           " bytes, of which the file has " + std::to_string(end - position);
  return "no sane header of a batch: magic " + std::to_string(magic) + ", length " +
         std::to_string(length) + ", base offset " +
         std::to_string(load_big_endian<std::int64_t>(bytes.data()));
}

}  // namespace

void dump_segment(DumpOutput& out, const std::string& path, const SegmentFileName& name) {
  out.begin(path);
  if (!out.options.json && !out.options.verify_only)
    out.print("Log starting offset: " + std::to_string(name.base_offset) + "\n");
  const auto format = format_of(out, name.folder);
  const auto file = out.files.open(path, OpenMode::kRead);
  const auto end = file->size();
  BatchScanner scanner(*file, 0, end, kScanWindowBytes);
  std::int64_t least = name.base_offset;
  std::int32_t least_epoch = kNoLeaderEpoch;
  while (const auto batch = scanner.next()) {
    ++out.batch_count;
    const bool is_valid = scanner.checksum_fits(*batch);
    print_batch(out, *batch, is_valid);
    if (!is_valid) out.report(batch->position, "the checksum of the batch doesn't fit");
    if (batch->header.base_offset() < least) {
      out.report(batch->position, "the base offset " + std::to_string(batch->header.base_offset()) +
                                      " is below " + std::to_string(least));
    }
    if (batch->header.partition_leader_epoch() < least_epoch) {
      out.report(batch->position, "the leader epoch goes back to " +
                                      std::to_string(batch->header.partition_leader_epoch()));
    }
    least = batch->header.next_offset();
    least_epoch = batch->header.partition_leader_epoch();
    if (is_valid && (out.options.records || out.options.verify_only))
      read_records(out, *file, *batch, format);
  }
  if (scanner.position() != end)
    out.report(scanner.position(), why_no_batch(*file, scanner.position(), end));
}

}  // namespace fluxmq::storage_local
