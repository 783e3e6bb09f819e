// fluxmq import, as a program: what it takes, refuses and leaves out. Folders in Kafka's layout are
// made by storage_local; what Kafka itself writes is imported in tests/clients.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include "fluxmq/testing/temporary_folder.h"
#include "local_store.h"

namespace fluxmq::storage_local_test {
namespace {

namespace fs = std::filesystem;
using testing::TestLog;

struct Outcome {
  int exit_code = -1;
  std::string output;  // and errors

  bool says(const std::string& what) const { return output.find(what) != std::string::npos; }
};

class ImportCommand : public ::testing::Test {
 protected:
  std::string kafka() const { return folder_.path() + "/kafka"; }
  std::string data() const { return folder_.path() + "/data"; }

  // A folder of a Kafka that was stopped well, with these logs of two records each.
  static void write_kafka(const std::string& folder,
                          const std::vector<std::pair<std::string, std::int32_t>>& partitions) {
    {
      LocalStore store(folder);
      for (const auto& [topic, partition] : partitions) {
        TestLog log(store.logs(), topic, partition);
        log.append({.record_count = 2, .leader_epoch = 4});
        log.forget();
      }
    }
    for (const auto& [topic, partition] : partitions) {
      // An id of its own, the same in all folders.
      const auto id = topic + std::string(22 - topic.size(), 'A');
      write_file(folder + "/" + topic + "-" + std::to_string(partition) + "/partition.metadata",
                 "version: 0\ntopic_id: " + id + "\n");
    }
    write_file(folder + "/meta.properties", "version=1\nnode.id=1\n");
    fs::remove_all(folder + "/metadata");
  }

  Outcome run(const std::string& words) const {
    const auto command = std::string(FLUXMQ_PROGRAM) + " import --data-dir " + data() +
                         " --config " + empty_config() + " " + words + " 2>&1";
    Outcome outcome;
    FILE* pipe = ::popen(command.c_str(), "r");
    std::array<char, 4096> piece;
    for (std::size_t n = 0; (n = std::fread(piece.data(), 1, piece.size(), pipe)) > 0;)
      outcome.output.append(piece.data(), n);
    const int status = ::pclose(pipe);
    outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome;
  }
  // Whatever is configured where the test runs.
  std::string empty_config() const {
    const auto path = folder_.path() + "/fluxmq.conf";
    write_file(path, "");
    return path;
  }

  // The end offset of what was imported.
  std::int64_t end_offset(const std::string& topic, std::int32_t partition) const {
    LocalStore store(data());
    const auto* logs = store.logs();
    auto* log = TestLog::open(logs, topic, partition, testing::default_log_config(), {}).log;
    fluxmq_log_state state{};
    state.size = sizeof state;
    logs->state(logs->self, log, &state);
    return state.log_end_offset;
  }

  const testing::TemporaryFolder folder_;
};

TEST_F(ImportCommand, TakesTopicsOnceFromAllFolders) {
  write_kafka(kafka(), {{"orders", 0}, {"my-orders", 0}});
  write_kafka(kafka() + "2", {{"orders", 1}, {"__transaction_state", 3}});
  const auto from = "--from " + kafka() + " --from=" + kafka() + "2";
  const auto first = run(from);
  EXPECT_EQ(first.exit_code, 0) << first.output;
  EXPECT_TRUE(first.says("no folder has the metadata log")) << first.output;
  EXPECT_TRUE(first.says("\norders: 2 partitions, ")) << first.output;
  EXPECT_TRUE(first.says("__transaction_state: left out")) << first.output;
  EXPECT_TRUE(first.says("imported 2 topics, 3 partitions, ")) << first.output;
  EXPECT_EQ(end_offset("orders", 1), 2);
  const auto again = run(from);
  EXPECT_EQ(again.exit_code, 0) << again.output;
  EXPECT_TRUE(again.says("imported 0 topics, 0 partitions, 0 bytes")) << again.output;
  EXPECT_TRUE(again.says("2 there already")) << again.output;
}

// Kafka was stopped while it moved a partition: the log that it moves has all of the future one's.
TEST_F(ImportCommand, LeavesOutFutureLogsOfAMove) {
  write_kafka(kafka(), {{"orders", 0}});
  write_kafka(kafka() + "2", {{"orders", 0}, {"other", 0}});
  fs::rename(kafka() + "2/orders-0",
             kafka() + "2/orders-0.0123456789abcdef0123456789abcdef-future");
  fs::remove(kafka() + "2/orders-0.0123456789abcdef0123456789abcdef-future/" +
             "00000000000000000000.log");
  const auto done = run("--from " + kafka() + " --from " + kafka() + "2");
  EXPECT_EQ(done.exit_code, 0) << done.output;
  EXPECT_TRUE(done.says("imported 2 topics, 2 partitions, ")) << done.output;
  EXPECT_EQ(end_offset("orders", 0), 2);
}

TEST_F(ImportCommand, TakesTopicsOfAKafkaWithoutTopicIds) {
  write_kafka(kafka(), {{"orders", 0}});
  fs::remove(kafka() + "/orders-0/partition.metadata");
  EXPECT_EQ(run("--from " + kafka() + " --link").exit_code, 0);
  EXPECT_TRUE(fs::exists(data() + "/orders-0/partition.metadata"));
}

TEST_F(ImportCommand, TakesOthersWhenATopicCannotBeTaken) {
  write_kafka(kafka(),
              {{"gap", 0}, {"gap", 2}, {"good", 0}, {"old", 0}, {"damaged", 0}, {"twice", 0}});
  write_kafka(kafka() + "2", {{"twice", 0}});
  auto old = read_file(kafka() + "/old-0/00000000000000000000.log");
  old[16] = 1;
  write_file(kafka() + "/old-0/00000000000000000000.log", old);
  auto damaged = read_file(kafka() + "/damaged-0/00000000000000000000.log");
  damaged[80] ^= 1;
  write_file(kafka() + "/damaged-0/00000000000000000000.log", damaged);
  const auto done = run("--from " + kafka() + " --from " + kafka() + "2");
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_TRUE(done.says("gap: not taken: partition 1 is missing")) << done.output;
  EXPECT_TRUE(done.says("old: not taken: " + kafka() +
                        "/old-0/00000000000000000000.log has messages of the old format 1"))
      << done.output;
  EXPECT_TRUE(done.says("damaged: not taken: a log can't be taken over")) << done.output;
  EXPECT_TRUE(done.says("00000000000000000000.log at position 0")) << done.output;
  EXPECT_TRUE(done.says("twice: not taken: partition 0 is in ")) << done.output;
  EXPECT_TRUE(done.says("imported 1 topics, 1 partitions")) << done.output;
  EXPECT_TRUE(fs::exists(data() + "/good-0"));
  for (const char* topic : {"gap-0", "old-0", "damaged-0", "twice-0"})
    EXPECT_FALSE(fs::exists(data() + "/" + topic)) << topic;
}

TEST_F(ImportCommand, WantsAKafkaThatWasStoppedWell) {
  write_kafka(kafka(), {{"orders", 0}});
  fs::remove(kafka() + "/.kafka_cleanshutdown");
  const auto log = kafka() + "/orders-0/00000000000000000000.log";
  write_file(log, read_file(log) + "torn");
  const auto refused = run("--from " + kafka());
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(refused.says("Kafka wasn't stopped well")) << refused.output;
  const auto forced = run("--force --from " + kafka());
  EXPECT_EQ(forced.exit_code, 0) << forced.output;
  EXPECT_EQ(end_offset("orders", 0), 2);
  EXPECT_TRUE(read_file(log).ends_with("torn")) << "Kafka's file is as it was";
}

TEST_F(ImportCommand, RefusesFoldersThatAreInUseOrNotKafkas) {
  EXPECT_TRUE(run("--from " + folder_.path()).says("not a data folder of Kafka"));
  LocalStore store(kafka());
  EXPECT_TRUE(run("--from " + kafka()).says("FluxMQ's own data folder"));
  write_file(kafka() + "/meta.properties", "version=1\nnode.id=1\n");
  const auto running = run("--from " + kafka());
  EXPECT_EQ(running.exit_code, 1);
  EXPECT_TRUE(running.says("in use by a Kafka that runs; stop it first")) << running.output;
}

TEST_F(ImportCommand, SaysHowItIsCalled) {
  EXPECT_EQ(run("").exit_code, 2);
  EXPECT_EQ(run("--from").exit_code, 2);
  EXPECT_EQ(run("--from x --copy --link").exit_code, 2);
  EXPECT_EQ(run("--form x").exit_code, 2);
  const auto help = run("--help");
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_TRUE(help.says("fluxmq import --from DIR"));
}

}  // namespace
}  // namespace fluxmq::storage_local_test
