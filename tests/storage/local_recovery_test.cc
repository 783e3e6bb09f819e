// What storage_local makes of a folder after an unclean end, and of files that were damaged.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "fluxmq/testing/temporary_folder.h"
#include "local_store.h"

namespace fluxmq::storage_local_test {
namespace {

using testing::make_batch;
using testing::TemporaryFolder;
using testing::TestLog;

constexpr const char* kFirstSegment = "topic-0/00000000000000000000";

fluxmq_log_config small_segments() {
  auto config = testing::default_log_config();
  config.segment_bytes = 2000;
  config.index_interval_bytes = 200;
  return config;
}

class LocalRecovery : public ::testing::Test {
 protected:
  std::string live() const { return folder_.path() + "/live"; }
  std::string crashed() const { return folder_.path() + "/crashed"; }
  std::string attempt_path() const { return folder_.path() + "/attempt/"; }
  // A copy of the crashed folder, to be damaged and opened.
  std::string attempt() const {
    copy_written_folder(crashed(), attempt_path());
    return attempt_path();
  }
  std::filesystem::path crashed_file(const std::string& name) const {
    return std::filesystem::path(crashed()) / name;
  }

  // A folder as a killed broker leaves it: `count` batches, none of them flushed.
  std::vector<std::string> crash_after(int count, const fluxmq_log_config& config) {
    LocalStore store(live());
    TestLog log(store.logs(), "topic", 0, config);
    std::vector<std::string> batches;
    for (int i = 0; i < count; ++i) {
      batches.push_back(log.append({.record_count = 1 + i % 3,
                                    .timestamp_ms = 1000 + 10 * i,
                                    .leader_epoch = i / 4,
                                    .value_bytes = static_cast<std::size_t>(i % 5) * 40}));
    }
    wait_until_written(live() + "/topic-0", log.state().size_bytes);
    copy_written_folder(live(), crashed());
    return batches;
  }

  static std::string join(const std::vector<std::string>& batches, std::size_t count = SIZE_MAX) {
    std::string all;
    for (std::size_t i = 0; i < std::min(count, batches.size()); ++i) all += batches[i];
    return all;
  }

  const TemporaryFolder folder_;
};

TEST_F(LocalRecovery, UncleanEndLosesNothingThatWasAppended) {
  const auto batches = crash_after(100, small_segments());
  LocalStore store(crashed());
  TestLog log(store.logs(), "topic", 0, small_segments());
  EXPECT_EQ(log.read_all(0), join(batches));
  EXPECT_EQ(log.state().last_leader_epoch, 24);
  EXPECT_EQ(log.find_timestamp(1500).timestamp_ms, 1502);
  log.append({.timestamp_ms = 5000, .leader_epoch = 24});
  EXPECT_EQ(log.find_max_timestamp().timestamp_ms, 5000);
}

TEST_F(LocalRecovery, ProducerSnapshotsOfWhatWasCutAreGone) {
  {
    LocalStore store(live());
    TestLog log(store.logs(), "topic", 0, testing::default_log_config());
    for (int i = 0; i < 4; ++i) log.append({.record_count = 1});
    log.save_snapshot(2, "two");
    log.save_snapshot(4, "four");
    wait_until_written(live() + "/topic-0", log.state().size_bytes);
    copy_written_folder(live(), crashed());
  }
  const auto segment = crashed_file(std::string(kFirstSegment) + ".log");
  std::filesystem::resize_file(segment, std::filesystem::file_size(segment) - 1);
  LocalStore store(crashed());
  TestLog log(store.logs(), "topic", 0, testing::default_log_config());
  const auto snapshot = log.load_snapshot(INT64_MAX);
  ASSERT_TRUE(snapshot.has_value());
  EXPECT_EQ(snapshot->first, 2);
}

TEST_F(LocalRecovery, TornTailIsCutWhereverItTears) {
  const auto batches = crash_after(5, testing::default_log_config());
  const auto whole = join(batches);
  for (auto size = join(batches, 3).size(); size < whole.size(); ++size) {
    const auto log_file = attempt() + kFirstSegment + ".log";
    write_file(log_file, whole.substr(0, size));
    const auto kept = join(batches, size < join(batches, 4).size() ? 3 : 4);
    LocalStore store(attempt_path());
    TestLog log(store.logs());
    ASSERT_EQ(log.read_all(0), kept) << size;
    ASSERT_EQ(read_file(log_file), kept);
    ASSERT_EQ(store.host().logged("unclean end"), size != kept.size());
  }
}

TEST_F(LocalRecovery, TailIsCutAtTheFirstBadByte) {
  const auto batches = crash_after(6, testing::default_log_config());
  const auto begin = join(batches, 3).size();
  for (auto at = begin; at < begin + batches[3].size(); ++at) {
    // Base offset and leader epoch are in no checksum.
    if (at - begin < 8 || (at - begin >= 12 && at - begin < 16)) continue;
    auto damaged = join(batches);
    damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
    write_file(attempt() + kFirstSegment + ".log", damaged);
    LocalStore store(attempt_path());
    TestLog log(store.logs());
    ASSERT_EQ(log.read_all(0), join(batches, 3)) << at;
    log.append({.leader_epoch = 9});
  }
}

TEST_F(LocalRecovery, SegmentsAfterABadBatchAreDeleted) {
  const auto batches = crash_after(100, small_segments());
  const auto first = crashed_file(std::string(kFirstSegment) + ".log");
  auto content = read_file(first);
  const auto kept = batches[0].size() + batches[1].size();
  content[kept + 40] = static_cast<char>(content[kept + 40] ^ 1);
  write_file(first, content);
  LocalStore store(crashed());
  TestLog log(store.logs(), "topic", 0, small_segments());
  EXPECT_EQ(log.read_all(0), join(batches, 2));
  EXPECT_EQ(log.state().segment_count, 1);
  EXPECT_EQ(log.state().last_leader_epoch, 0);
  EXPECT_TRUE(store.host().logged("what follows a bad batch is deleted"));
}

TEST_F(LocalRecovery, BadBatchThatWasFlushedIsReportedAndNotCut) {
  std::string content;
  {
    LocalStore store(live());
    TestLog log(store.logs());
    for (int i = 0; i < 10; ++i) log.append({});
    ASSERT_EQ(log.flush(), 0);
    TestLog other(store.logs(), "other");
    other.append({});
    log.forget();
    other.forget();
  }
  std::filesystem::remove(live() + "/.kafka_cleanshutdown");
  const auto path = live() + "/" + kFirstSegment + ".log";
  content = read_file(path);
  content[100] = static_cast<char>(content[100] ^ 1);
  write_file(path, content);
  LocalStore store(live());
  EXPECT_EQ(TestLog::open(store.logs(), "topic").error, 56);
  EXPECT_TRUE(store.host().logged("bad batch in " + path));
  EXPECT_EQ(read_file(path), content);
  TestLog other(store.logs(), "other");
  EXPECT_EQ(other.end_offset(), 1) << "the others are served";
}

TEST_F(LocalRecovery, MissingAndDamagedIndexesAreMadeAgain) {
  auto batches = std::vector<std::string>();
  {
    LocalStore store(crashed());
    TestLog log(store.logs(), "topic", 0, small_segments());
    for (int i = 0; i < 60; ++i) {
      batches.push_back(log.append({.timestamp_ms = 1000 + i, .value_bytes = 100}));
    }
    log.forget();
  }
  const std::vector<std::string> garbage{"", "x", std::string(4096, '\0'), std::string(800, '\x7f'),
                                         std::string(797, '\x01')};
  for (const std::string suffix : {".index", ".timeindex"}) {
    for (std::size_t kind = 0; kind <= garbage.size(); ++kind) {
      for (const auto& entry : std::filesystem::directory_iterator(attempt() + "topic-0")) {
        if (entry.path().extension() != suffix) continue;
        if (kind == garbage.size()) {
          std::filesystem::remove(entry.path());
        } else {
          write_file(entry.path(), garbage[kind]);
        }
      }
      LocalStore store(attempt_path());
      TestLog log(store.logs(), "topic", 0, small_segments());
      ASSERT_EQ(log.read_all(0), join(batches)) << suffix << kind;
      for (int i = 0; i < 60; ++i) {
        ASSERT_EQ(log.read(i, 1).bytes, batches[static_cast<std::size_t>(i)]);
      }
    }
  }
}

TEST_F(LocalRecovery, CleanShutdownSkipsTheScan) {
  {
    LocalStore store(live());
    TestLog log(store.logs());
    for (int i = 0; i < 10; ++i) log.append({});
    log.forget();
  }
  EXPECT_TRUE(std::filesystem::exists(live() + "/.kafka_cleanshutdown"));
  // Only a scan would see this: a bit in the middle of a batch.
  const auto path = live() + "/" + kFirstSegment + ".log";
  auto content = read_file(path);
  content[content.size() - 3] = static_cast<char>(content[content.size() - 3] ^ 1);
  write_file(path, content);
  LocalStore store(live());
  EXPECT_FALSE(std::filesystem::exists(live() + "/.kafka_cleanshutdown"));
  TestLog log(store.logs());
  EXPECT_EQ(log.end_offset(), 10);
}

TEST_F(LocalRecovery, RecoveryPointsAreWrittenFromTimeToTime) {
  LocalStore store(live(), {{"log.flush.offset.checkpoint.interval.ms", "1"}});
  TestLog log(store.logs(), "topic", 0, small_segments());
  std::string checkpoint;
  while (checkpoint.find("topic 0 ") == std::string::npos) {
    log.append({.value_bytes = 300});
    checkpoint = read_file(live() + "/recovery-point-offset-checkpoint");
  }
  EXPECT_EQ(checkpoint.substr(0, 4), "0\n1\n");
}

TEST_F(LocalRecovery, LeaderEpochsAreMadeAgainIfTheirFileIsLost) {
  for (const std::string damage : {"", "0\n7\n0 0\n", "nonsense\n"}) {
    const auto batches = crash_after(20, small_segments());
    write_file(crashed_file("topic-0/leader-epoch-checkpoint"), damage);
    LocalStore store(crashed());
    TestLog log(store.logs(), "topic", 0, small_segments());
    EXPECT_EQ(log.state().last_leader_epoch, 4);
    EXPECT_EQ(log.epoch_end_offset(0).second, 7);
    std::filesystem::remove_all(live());
  }
}

TEST_F(LocalRecovery, FolderOfAnotherTopicOfThatNameIsSetAside) {
  {
    LocalStore store(live());
    TestLog log(store.logs());
    log.append({});
    log.forget();
  }
  LocalStore store(live());
  const auto opened = TestLog::open(store.logs(), "topic", 0, testing::default_log_config(), {{2}});
  ASSERT_EQ(opened.error, 0);
  fluxmq_log_state state{};
  state.size = sizeof state;
  store.logs()->state(store.logs()->self, opened.log, &state);
  EXPECT_EQ(state.log_end_offset, 0);
  EXPECT_TRUE(store.host().logged("-stray"));
}

TEST_F(LocalRecovery, NewLogDoesNotInheritTheRecoveryPointOfARemovedOne) {
  {
    LocalStore store(live());
    TestLog log(store.logs());
    for (int i = 0; i < 10; ++i) log.append({});
    log.forget();
  }
  {
    LocalStore store(live());
    TestLog(store.logs()).remove();
    TestLog log(store.logs());
    log.append({});
    copy_folder(live(), crashed());
  }
  LocalStore store(crashed());
  TestLog log(store.logs());
  EXPECT_EQ(log.end_offset(), 1);
}

TEST_F(LocalRecovery, LogStartOffsetOutlivesACrash) {
  {
    LocalStore store(live());
    TestLog log(store.logs());
    for (int i = 0; i < 10; ++i) log.append({});
    ASSERT_EQ(log.set_log_start_offset(7), 0);
    copy_folder(live(), crashed());
  }
  EXPECT_EQ(read_file(crashed_file("log-start-offset-checkpoint")), "0\n1\ntopic 0 7\n");
  LocalStore store(crashed());
  TestLog log(store.logs());
  EXPECT_EQ(log.state().log_start_offset, 7);
  EXPECT_EQ(log.state().log_end_offset, 10);
}

TEST_F(LocalRecovery, TruncationOutlivesACrash) {
  std::string expected;
  {
    LocalStore store(live());
    TestLog log(store.logs(), "topic", 0, small_segments());
    for (int i = 0; i < 50; ++i) {
      const auto batch = log.append({.value_bytes = 100});
      if (i < 20) expected += batch;
    }
    ASSERT_EQ(log.flush(), 0);
    ASSERT_EQ(log.truncate(20), 0);
    copy_folder(live(), crashed());
  }
  LocalStore store(crashed());
  TestLog log(store.logs(), "topic", 0, small_segments());
  EXPECT_EQ(log.end_offset(), 20);
  EXPECT_EQ(log.read_all(0), expected);
}

// A child appends and tells each acknowledged offset through a pipe until it is killed.
[[noreturn]] void append_until_killed(const std::string& folder, int pipe) noexcept {
  LocalStore store(folder);
  TestLog log(store.logs(), "topic", 0, small_segments());
  while (true) {
    log.append({.record_count = 2, .value_bytes = 120});
    const std::int64_t end_offset = log.end_offset();
    if (::write(pipe, &end_offset, sizeof end_offset) != sizeof end_offset) ::_exit(1);
  }
}

TEST_F(LocalRecovery, KilledBrokerLosesNothingAcknowledged) {
  std::int64_t before = 0;
  for (int round = 0; round < 5; ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    if (child == 0) append_until_killed(live(), pipe[1]);
    ::close(pipe[1]);
    std::int64_t acknowledged = 0;
    const auto read_next = [&] {
      return ::read(pipe[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged;
    };
    for (int i = 0; i < 100 + 37 * round; ++i) ASSERT_TRUE(read_next());
    ::kill(child, SIGKILL);
    while (read_next()) {
    }
    ::close(pipe[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_GT(acknowledged, before);

    copy_folder(live(), crashed());
    LocalStore store(crashed());
    TestLog log(store.logs(), "topic", 0, small_segments());
    ASSERT_GE(log.end_offset(), acknowledged);
    ASSERT_LE(log.end_offset(), acknowledged + 2) << "at most the one that wasn't told";
    ASSERT_EQ(static_cast<std::int64_t>(log.visit(0).size()), log.end_offset() / 2);
    before = acknowledged;
  }
}

}  // namespace
}  // namespace fluxmq::storage_local_test
