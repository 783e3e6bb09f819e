// Writes the fuzzers' seeds from the golden vectors: make_corpus FOLDER. Frames are stored without
// their length; a response begins with two more bytes that say which API and version it answers.
#include <fstream>
#include <nlohmann/json.hpp>

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

void add_batches(const char* file, Corpus& corpus) {
  for (const std::string& text : read_lines(vectors_folder() / file)) {
    corpus.add(from_hex(json::parse(text)["hex"].get<std::string>()));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  Corpus requests(folder / "fuzz_requests");
  Corpus responses(folder / "fuzz_responses");
  Corpus batches(folder / "fuzz_record_batches");
  add_frames("frames-by-api.jsonl", requests, responses);
  add_frames("frames-special.jsonl", requests, responses);
  add_batches("record-batches.jsonl", batches);
  add_batches("record-batches-bad.jsonl", batches);
}
