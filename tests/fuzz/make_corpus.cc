// Writes the fuzzers' seeds from the golden vectors: make_corpus FOLDER. Frames are stored without
// their length; a response begins with two more bytes that say which API and version it answers, a
// coordinator's record with two that say whose log it is of and how long its key is.
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "fluxmq/protocol/message_set.h"
#include "vectors.h"

namespace {

using namespace fluxmq::testing;
using nlohmann::json;

// Large seeds only slow a fuzzer down.
constexpr std::size_t kMaxSeedBytes = 4096;
constexpr std::size_t kFrameLengthBytes = 4;

class Corpus {
 public:
  explicit Corpus(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
  }

  void add(const std::vector<std::uint8_t>& bytes) {
    if (bytes.size() > kMaxSeedBytes) return;
    std::ofstream file(folder_ / std::to_string(count_++), std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }

 private:
  std::filesystem::path folder_;
  int count_ = 0;
};

void add_frames(const char* file, Corpus& requests, Corpus& responses) {
  for (const std::string& text : read_lines(vectors_folder() / file)) {
    const json line = json::parse(text);
    auto frame = from_hex(line["hex"].get<std::string>());
    frame.erase(frame.begin(), frame.begin() + kFrameLengthBytes);
    if (line["type"] == "request") {
      requests.add(frame);
    } else {
      frame.insert(frame.begin(),
                   {line["key"].get<std::uint8_t>(), line["version"].get<std::uint8_t>()});
      responses.add(frame);
    }
  }
}

// Each value with a key of its record, in turn.
void add_records(std::uint8_t log, const char* file, Corpus& corpus) {
  std::map<std::string, std::vector<std::vector<std::uint8_t>>> keys, values;
  for (const std::string& text : read_lines(vectors_folder() / file)) {
    const json line = json::parse(text);
    const std::string kind = line["kind"];  // key or value, with which the record's name ends
    std::string record = line["record"];
    record.resize(record.size() - kind.size());
    (kind == "key" ? keys : values)[record].push_back(from_hex(line["hex"].get<std::string>()));
  }
  for (const auto& [record, all] : values) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      std::vector<std::uint8_t> seed = keys[record][i % keys[record].size()];
      if (seed.size() > 255) continue;
      seed.insert(seed.begin(), {log, static_cast<std::uint8_t>(seed.size())});
      seed.insert(seed.end(), all[i].begin(), all[i].end());
      corpus.add(seed);
    }
  }
}

// Each value with its record's key, as fuzz_group_log reads them: with their lengths before them.
void add_group_log(Corpus& corpus) {
  std::map<std::string, std::vector<std::uint8_t>> keys;
  const auto append = [](std::vector<std::uint8_t>& seed, const std::vector<std::uint8_t>& bytes) {
    seed.push_back(static_cast<std::uint8_t>(bytes.size() >> 8));
    seed.push_back(static_cast<std::uint8_t>(bytes.size()));
    seed.insert(seed.end(), bytes.begin(), bytes.end());
  };
  for (const std::string& text : read_lines(vectors_folder() / "records-group-coordinator.jsonl")) {
    const json line = json::parse(text);
    const std::string kind = line["kind"];
    std::string record = line["record"];
    record.resize(record.size() - kind.size());
    const auto bytes = from_hex(line["hex"].get<std::string>());
    if (kind == "key") {
      keys[record] = bytes;
    } else if (keys.contains(record)) {
      std::vector<std::uint8_t> seed;
      append(seed, keys[record]);
      append(seed, bytes);
      corpus.add(seed);
    }
  }
}

void add_batches(const char* file, Corpus& corpus) {
  for (const std::string& text : read_lines(vectors_folder() / file)) {
    corpus.add(from_hex(json::parse(text)["hex"].get<std::string>()));
  }
}

// What is produced begins with a byte that says by which rules it is judged.
void add_appends(const char* file, Corpus& corpus) {
  constexpr std::uint8_t kRules[] = {0x00, 0x10, 0x20, 0x30, 0x40, 0xf0, 0xf3};
  std::size_t next = 0;
  for (const std::string& text : read_lines(vectors_folder() / file)) {
    auto bytes = from_hex(json::parse(text)["hex"].get<std::string>());
    bytes.insert(bytes.begin(), kRules[next++ % std::size(kRules)]);
    corpus.add(bytes);
  }
}

// Batches as a segment: before them go the bytes that say so.
void add_segments(const char* file, Corpus& corpus) {
  for (const std::string& text : read_lines(vectors_folder() / file)) {
    auto bytes = from_hex(json::parse(text)["hex"].get<std::string>());
    bytes.insert(bytes.begin(), {0, 0});
    corpus.add(bytes);
  }
}

// What the codecs made, without the batch or message around it. Codec and magic go before it.
void add_compressed(Corpus& corpus) {
  using namespace fluxmq::protocol;
  for (const std::string& text : read_lines(vectors_folder() / "record-batches.jsonl")) {
    const auto set = from_hex(json::parse(text)["hex"].get<std::string>());
    RecordBatchCursor cursor(set);
    while (const auto batch = cursor.next()) {
      const bool is_old = batch->magic() < kMagicV2;
      const Message message(batch->bytes());
      const auto fields = is_old ? message.fields() : std::nullopt;
      if (is_old && (!fields || !fields->value)) continue;
      const auto type = is_old ? message.compression() : batch->compression();
      const Bytes compressed = is_old ? *fields->value : batch->records();
      std::vector<std::uint8_t> seed{
          static_cast<std::uint8_t>(static_cast<int>(type) + 5 * batch->magic())};
      seed.insert(seed.end(), compressed.begin(), compressed.end());
      corpus.add(seed);
    }
  }
}

// What once made a fuzzer fail, a line of hexadecimal digits each: found/NAME.hex.
void add_found(const char* name, Corpus& corpus) {
  const auto file = std::filesystem::path(FOUND_FOLDER) / (std::string(name) + ".hex");
  for (const std::string& line : read_lines(file)) corpus.add(from_hex(line));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  Corpus requests(folder / "fuzz_requests");
  Corpus responses(folder / "fuzz_responses");
  Corpus batches(folder / "fuzz_record_batches");
  Corpus records(folder / "fuzz_coordinator_records");
  add_frames("frames-by-api.jsonl", requests, responses);
  add_frames("frames-special.jsonl", requests, responses);
  add_records(0, "records-group-coordinator.jsonl", records);
  add_records(1, "records-transaction-coordinator.jsonl", records);
  add_records(2, "records-share-coordinator.jsonl", records);
  Corpus group_log(folder / "fuzz_group_log");
  add_group_log(group_log);
  add_batches("record-batches.jsonl", batches);
  add_batches("record-batches-bad.jsonl", batches);
  Corpus appends(folder / "fuzz_append");
  add_appends("produce-append.jsonl", appends);
  add_appends("record-batches.jsonl", appends);
  add_appends("record-batches-bad.jsonl", appends);
  Corpus stored(folder / "fuzz_down_conversion");
  add_batches("record-batches.jsonl", stored);
  Corpus dumped(folder / "fuzz_log_dump");
  add_segments("record-batches.jsonl", dumped);
  add_segments("record-batches-bad.jsonl", dumped);
  add_found("fuzz_log_dump", dumped);
  Corpus codecs(folder / "fuzz_codecs");
  add_compressed(codecs);
}
