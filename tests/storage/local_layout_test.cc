// What storage_local puts on the disk, and what it keeps out of the way.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <latch>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fluxmq/metadata_store.h"
#include "fluxmq/testing/temporary_folder.h"
#include "full_disk.h"
#include "local_store.h"

namespace fluxmq::storage_local_test {
namespace {

using testing::make_batch;
using testing::TemporaryFolder;
using testing::TestLog;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // which takes memory of its own
#else
constexpr bool kSanitized = false;
#endif

class LocalLayout : public ::testing::Test {
 protected:
  std::string data() const { return folder_.path() + "/data"; }
  std::filesystem::path file(const std::string& name) const {
    return std::filesystem::path(data()) / name;
  }
  std::set<std::string> names(const std::string& folder = "") const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(file(folder))) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }
  // What the process holds in memory.
  static std::int64_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::int64_t total = 0, resident = 0;
    statm >> total >> resident;
    return resident * ::sysconf(_SC_PAGESIZE);
  }

  const TemporaryFolder folder_;
};

std::string big_endian(std::int64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
  return text;
}

TEST_F(LocalLayout, FilesAreKafkas) {
  LocalStore store(data());
  auto config = testing::default_log_config();
  config.segment_bytes = 800;
  config.index_interval_bytes = 300;
  TestLog log(store.logs(), "topic", 0, config);
  std::string content;
  for (int i = 0; i < 5; ++i) {  // 155 bytes each: five to a segment
    content += log.append({.record_count = 2, .timestamp_ms = 1000 + 10 * i, .value_bytes = 40});
  }
  log.append({.record_count = 2, .timestamp_ms = 3000, .leader_epoch = 3, .value_bytes = 40});
  ASSERT_EQ(log.save_snapshot(10, "snapshot"), 0);
  log.close();

  EXPECT_EQ(names("topic-0"),
            (std::set<std::string>{"00000000000000000000.index", "00000000000000000000.log",
                                   "00000000000000000000.timeindex", "00000000000000000010.index",
                                   "00000000000000000010.log", "00000000000000000010.snapshot",
                                   "00000000000000000010.timeindex", "leader-epoch-checkpoint",
                                   "partition.metadata"}));
  EXPECT_TRUE(read_file(file("topic-0/00000000000000000000.log")) == content);
  const auto batch_bytes = static_cast<std::int64_t>(content.size() / 5);
  // The third and the fifth batch come after more than 300 bytes without an entry.
  EXPECT_EQ(read_file(file("topic-0/00000000000000000000.index")),
            big_endian(5, 4) + big_endian(2 * batch_bytes, 4) + big_endian(9, 4) +
                big_endian(4 * batch_bytes, 4));
  EXPECT_EQ(read_file(file("topic-0/00000000000000000000.timeindex")),
            big_endian(1021, 8) + big_endian(5, 4) + big_endian(1041, 8) + big_endian(9, 4));
  EXPECT_EQ(read_file(file("topic-0/00000000000000000010.timeindex")),
            big_endian(3001, 8) + big_endian(1, 4));
  EXPECT_EQ(read_file(file("topic-0/leader-epoch-checkpoint")), "0\n2\n0 0\n3 10\n");
  EXPECT_EQ(read_file(file("topic-0/partition.metadata")),
            "version: 0\ntopic_id: AQAAAAAAAAAAAAAAAAAAAA\n");
  EXPECT_EQ(read_file(file("topic-0/00000000000000000010.snapshot")), "snapshot");
  EXPECT_TRUE(read_file(file("meta.properties"))
                  .starts_with("version=1\nfluxmq.layout.version=1\ndirectory.id="));
}

TEST_F(LocalLayout, UnusedLogsCostNoFilesAndLittleMemory) {
  constexpr int kLogs = 10'000;
  LocalStore store(data());
  std::vector<std::unique_ptr<TestLog>> logs;
  logs.reserve(kLogs);
  const auto before = resident_bytes();
  for (int i = 0; i < kLogs; ++i) {
    logs.push_back(std::make_unique<TestLog>(store.logs(), "a-topic-of-usual-length", i));
  }
  const auto bytes_per_log = (resident_bytes() - before) / kLogs;
  EXPECT_TRUE(kSanitized || bytes_per_log < 700) << bytes_per_log << " with the test's object";
  auto files = names();
  files.erase(kTailArena);
  EXPECT_EQ(files, (std::set<std::string>{".lock", "meta.properties", "metadata"}));
}

TEST_F(LocalLayout, OpenFilesAreBounded) {
  LocalStore store(data(), {{"storage.local.max.open.files", "16"}});
  const auto open_files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  const auto before = open_files();
  std::vector<std::unique_ptr<TestLog>> logs;
  for (int i = 0; i < 100; ++i) {
    logs.push_back(std::make_unique<TestLog>(store.logs(), "topic", i));
    logs.back()->append({});
  }
  for (auto& log : logs) log->append({});
  EXPECT_LE(open_files() - before, 17);
  for (auto& log : logs) {
    EXPECT_EQ(log->visit(0).size(), 2u);
    EXPECT_EQ(log->flush(), 0);
  }
  EXPECT_LE(open_files() - before, 17);
}

TEST_F(LocalLayout, SegmentsRollWhenTheIndexIsFull) {
  LocalStore store(data());
  auto config = testing::default_log_config();
  config.index_interval_bytes = 1;
  config.segment_index_bytes = 80;  // ten offsets, six timestamps
  TestLog log(store.logs(), "topic", 0, config);
  std::string content;
  for (int i = 0; i < 100; ++i) content += log.append({.timestamp_ms = 1000 + i});
  EXPECT_GT(log.state().segment_count, 9);
  EXPECT_EQ(log.read_all(0), content);
  log.close();
  for (const auto& name : names("topic-0")) {
    if (!name.ends_with("index")) continue;
    EXPECT_LE(std::filesystem::file_size(file("topic-0/" + name)), 80u);
  }
}

TEST_F(LocalLayout, FolderHasOneHolderAtATime) {
  LocalStore store(data());
  testing::FakeHost host({{"log.dirs", data()}});
  try {
    const testing::LoadedPlugin second(host, STORAGE_LOCAL);
    FAIL() << "two brokers on one folder";
  } catch (const std::runtime_error& refusal) {
    EXPECT_EQ(refusal.what(),
              "data folder " + data() + " is in use by process " + std::to_string(::getpid()));
  }
}

TEST_F(LocalLayout, FoldersOfOthersAreRefused) {
  std::filesystem::create_directories(data());
  testing::FakeHost host({{"log.dirs", data()}});
  const auto refusal = [&]() -> std::string {
    try {
      const testing::LoadedPlugin plugin(host, STORAGE_LOCAL);
      return "";
    } catch (const std::runtime_error& reason) {
      return reason.what();
    }
  };
  write_file(file("meta.properties"), "version=1\ncluster.id=4L6g3nShT-eMCtK--X86sw\n");
  EXPECT_NE(refusal().find("another broker, Apache Kafka"), std::string::npos);
  EXPECT_NE(refusal().find("fluxmq import"), std::string::npos);
  write_file(file("meta.properties"), "version=1\nfluxmq.layout.version=2\n");
  EXPECT_NE(refusal().find("newer FluxMQ"), std::string::npos);
  host.set_config("log.dirs", data() + "," + data() + "/");
  EXPECT_NE(refusal().find("twice"), std::string::npos);
  host.set_config("log.dirs", "/proc/nowhere");
  EXPECT_NE(refusal().find("/proc/nowhere can't be used"), std::string::npos);
  host.set_config("log.dirs", file("meta.properties"));
  EXPECT_NE(refusal().find("it is no folder: name another path"), std::string::npos);
}

TEST_F(LocalLayout, DeletedFilesGoAfterTheirDelay) {
  auto config = testing::default_log_config();
  config.segment_bytes = 1;
  config.retention_bytes = 0;
  const auto deleted = [&] {
    for (;;) {
      int count = 0;
      std::error_code changed;  // what is being deleted vanishes under the walk: once more
      std::filesystem::recursive_directory_iterator entry(data(), changed);
      for (; !changed && entry != end(entry); entry.increment(changed)) {
        const auto name = entry->path().filename().string();
        if (name.ends_with(".deleted") || name.ends_with("-delete")) ++count;
      }
      if (!changed) return count;
    }
  };
  {
    config.file_delete_delay_ms = 3'600'000;
    LocalStore store(data());
    TestLog log(store.logs(), "topic", 0, config), other(store.logs(), "other", 0, config);
    for (int i = 0; i < 5; ++i) log.append({});
    other.append({});
    ASSERT_EQ(log.apply_retention(0), 0);
    ASSERT_EQ(other.remove(), 0);
    EXPECT_EQ(deleted(), 5 * 3 + 1);
    config.file_delete_delay_ms = 0;
    log.configure(config);
    log.append({});
    ASSERT_EQ(log.apply_retention(0), 0);
    while (deleted() > 5 * 3 + 1) std::this_thread::yield();
    log.forget();
  }
  LocalStore store(data());
  TestLog log(store.logs(), "topic", 0, config);
  while (deleted() > 0) std::this_thread::yield();
}

TEST_F(LocalLayout, FailedAppendLeavesTheLogAsItWas) {
  LocalStore store(data(), {{"storage.local.tail.bytes", "0"}});
  TestLog log(store.logs());
  const auto first = log.append({.value_bytes = 1000});
  auto full = std::make_optional<FullDisk>(1500);
  const auto failed = log.append_bytes({make_batch({.base_offset = 1, .value_bytes = 1000})});
  full.reset();
  EXPECT_EQ(failed.error, 56);
  EXPECT_EQ(log.end_offset(), 1);
  EXPECT_EQ(read_file(file("topic-0/00000000000000000000.log")), first);
  const auto second = log.append({.value_bytes = 1000});
  EXPECT_EQ(log.read_all(0), first + second);
}

TEST_F(LocalLayout, FullVolumeFailsCommitsAndTheyGoOnOnceThereIsSpace) {
  LocalStore store(data());
  const auto commit = [&](const std::string& key, std::size_t value_bytes) {
    MetadataTransaction transaction;
    transaction.put(key, std::string(value_bytes, 'x'));
    const auto operations = transaction.operations();
    testing::Waiting<std::int16_t> waiting;
    store.metadata()->commit(
        store.metadata()->self, operations.data(), operations.size(),
        [](void* context, std::int16_t error) {
          testing::Waiting<std::int16_t>::of(context).set(error);
        },
        waiting.context());
    return waiting.get();
  };
  ASSERT_EQ(commit("first", 100), 0);
  auto full = std::make_optional<FullDisk>(256 << 10);
  const auto failed = commit("large", 1 << 20);
  const auto small = commit("small", 100);
  full.reset();
  EXPECT_EQ(failed, 56);
  EXPECT_EQ(small, 0);  // there was room for it
  EXPECT_EQ(commit("large", 1 << 20), 0);
  const MetadataStore metadata(store.metadata());
  EXPECT_EQ(metadata.get("first"), std::string(100, 'x'));
  EXPECT_EQ(metadata.get("large"), std::string(1 << 20, 'x'));
}

TEST_F(LocalLayout, CommitsThatWaitTogetherShareATransaction) {
  std::latch all_wait(1);
  LocalStore store(data());
  // More tasks than the host has threads for them: what comes behind waits.
  for (int i = 0; i < 16; ++i) store.host().host().post_blocking([&] { all_wait.wait(); });
  const auto transactions = [&] {
    return store.host().counter_value("fluxmq_metadata_transactions_total");
  };
  struct Answers {
    std::atomic<int> count = 0;
    static void done(void* context, std::int16_t error) {
      if (error == 0) ++static_cast<Answers*>(context)->count;
    }
  } answers;
  constexpr int kCommits = 1000;
  for (int i = 0; i < kCommits; ++i) {
    MetadataTransaction transaction;
    transaction.put("key" + std::to_string(i), "value");
    const auto operations = transaction.operations();
    store.metadata()->commit(store.metadata()->self, operations.data(), operations.size(),
                             &Answers::done, &answers);
  }
  all_wait.count_down();
  while (answers.count < kCommits) std::this_thread::yield();
  EXPECT_LE(transactions(), 20);
}

TEST_F(LocalLayout, FullMetadataFailsOnlyWhatDoesNotFit) {
  LocalStore store(data(), {{"storage.local.metadata.max.bytes", "1048576"}});
  struct Answers {
    std::atomic<int> good = 0, bad = 0;
    static void done(void* context, std::int16_t error) {
      auto* answers = static_cast<Answers*>(context);
      ++(error == 0 ? answers->good : answers->bad);
    }
  } answers;
  for (int i = 0; i < 20; ++i) {
    MetadataTransaction transaction;
    transaction.put("key" + std::to_string(i), std::string(i == 10 ? 2'000'000 : 100, 'x'));
    const auto operations = transaction.operations();
    store.metadata()->commit(store.metadata()->self, operations.data(), operations.size(),
                             &Answers::done, &answers);
  }
  while (answers.good + answers.bad < 20) std::this_thread::yield();
  EXPECT_EQ(answers.bad, 1);
  EXPECT_EQ(MetadataStore(store.metadata()).get("key19"), std::string(100, 'x'));
}

}  // namespace
}  // namespace fluxmq::storage_local_test
