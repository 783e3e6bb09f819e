// Apache Kafka's own tool reads and verifies what storage_local wrote.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "fluxmq/testing/temporary_folder.h"
#include "local_store.h"

namespace fluxmq::storage_local_test {
namespace {

using testing::TestLog;

std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = ::popen(command.c_str(), "r");
  std::array<char, 4096> piece;
  for (std::size_t n = 0; (n = std::fread(piece.data(), 1, piece.size(), pipe)) > 0;) {
    output.append(piece.data(), n);
  }
  const int status = ::pclose(pipe);
  EXPECT_EQ(status, 0) << output;
  return output;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

class LocalDumpLog : public ::testing::Test {
 protected:
  static constexpr int kBatches = 300;

  // Writes a log of some segments, with timestamps that go up and down.
  std::string write_log() const {
    auto config = testing::default_log_config();
    config.segment_bytes = 50'000;
    config.index_interval_bytes = 1000;
    LocalStore store(folder_.path());
    TestLog log(store.logs(), "topic", 0, config);
    for (int i = 0; i < kBatches; ++i) {
      log.append({.record_count = 1 + i % 5,
                  .timestamp_ms = 1'700'000'000'000 + 10 * (i % 50 == 7 ? i + 30 : i),
                  .leader_epoch = i / 100,
                  .value_bytes = static_cast<std::size_t>(i % 9) * 50});
    }
    log.forget();
    return folder_.path() + "/topic-0";
  }

  static void expect_valid(const std::string& folder, std::size_t batches) {
    std::string files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const auto suffix = entry.path().extension();
      if (suffix != ".log" && suffix != ".index" && suffix != ".timeindex") continue;
      files += (files.empty() ? "" : ",") + entry.path().string();
    }
    const auto output = output_of(std::string(std::getenv("FLUXMQ_KAFKA")) +
                                  " dump-log --deep-iteration --files " + files + " 2>&1");
    EXPECT_EQ(count(output, "isvalid: true"), batches);
    for (const char* complaint : {"isvalid: false", "ismatch", "out of order", "not found",
                                  "orrupt", "Exception", "non-consecutive"}) {
      EXPECT_EQ(count(output, complaint), 0u) << complaint << "\n" << output;
    }
  }

  const testing::TemporaryFolder folder_;
};

TEST_F(LocalDumpLog, KafkaVerifiesEveryFile) {
  expect_valid(write_log(), kBatches);
}

TEST_F(LocalDumpLog, KafkaVerifiesIndexesThatWereMadeAgain) {
  const auto folder = write_log();
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".log") std::filesystem::remove(entry.path());
  }
  {
    LocalStore store(folder_.path());
    TestLog log(store.logs());
    log.forget();
  }
  expect_valid(folder, kBatches);
}

}  // namespace
}  // namespace fluxmq::storage_local_test
