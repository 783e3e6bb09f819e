// Taking over the log of another broker: all of it, as a whole, and never at that broker's cost.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <string>
#include <thread>

#include "fluxmq/testing/temporary_folder.h"
#include "local_store.h"

namespace fluxmq::storage_local_test {
namespace {

using testing::TestLog;

constexpr fluxmq_uuid kTopicId{{1}};

class LocalAdopt : public ::testing::Test {
 protected:
  // Some segments with records of two leader epochs and a producer snapshot, in foreign().
  void SetUp() override {
    LocalStore store(folder_.path() + "/foreign");
    TestLog log(store.logs(), "their", 0, small_segments());
    for (int i = 0; i < 40; ++i) records_ += log.append({.leader_epoch = i / 20});
    ASSERT_EQ(log.save_snapshot(40, "a snapshot"), 0);
    ASSERT_GT(log.state().segment_count, 3);
    log.forget();
  }

  static fluxmq_log_config small_segments() {
    auto config = testing::default_log_config();
    config.segment_bytes = 600;
    return config;
  }
  std::string foreign() const { return folder_.path() + "/foreign/their-0"; }
  std::string data() const { return folder_.path() + "/data"; }
  std::string adopted() const { return data() + "/topic-0"; }

  std::int16_t adopt(LocalStore& store, std::uint32_t flags, std::int64_t recovery_point = 40,
                     std::int64_t log_start_offset = 0) const {
    const auto folder = foreign();
    const fluxmq_foreign_log log{
        sizeof log, flags, to_abi(std::string_view(folder)), recovery_point, log_start_offset, 0};
    const auto* logs = store.logs();
    return logs->adopt(logs->self, to_abi(std::string_view("topic")), kTopicId, 0, &log);
  }

  // Content and time of each file.
  static std::map<std::string, std::string> content_of(const std::string& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      struct stat status;
      ::stat(entry.path().c_str(), &status);
      files[entry.path().filename()] = read_file(entry.path()) + "@" +
                                       std::to_string(status.st_mtim.tv_sec) + "." +
                                       std::to_string(status.st_mtim.tv_nsec);
    }
    return files;
  }
  static std::size_t count_links(const std::string& folder) {
    std::size_t links = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      links += std::filesystem::hard_link_count(entry.path()) > 1 ? 1 : 0;
    }
    return links;
  }
  std::filesystem::path last_segment() const {
    std::filesystem::path last;
    for (const auto& entry : std::filesystem::directory_iterator(foreign())) {
      if (entry.path().extension() == ".log" && entry.path() > last) last = entry.path();
    }
    return last;
  }

  const testing::TemporaryFolder folder_;
  std::string records_;
};

TEST_F(LocalAdopt, TheLogIsWholeAndTheForeignOneStaysAsItIs) {
  for (const std::uint32_t flags : {0u, FLUXMQ_LINK_FILES}) {
    const auto before = content_of(foreign());
    std::string records = records_;
    {
      LocalStore store(data());
      ASSERT_EQ(adopt(store, flags), 0);
      TestLog log(store.logs(), "topic", 0, small_segments());
      EXPECT_EQ(log.read_all(0), records_);
      EXPECT_EQ(log.epoch_end_offset(0), (std::pair<std::int32_t, std::int64_t>(0, 20)));
      EXPECT_EQ(log.state().last_leader_epoch, 1);
      EXPECT_EQ(log.load_snapshot(40)->second, "a snapshot");
      EXPECT_EQ(count_links(adopted()) > 0, flags == FLUXMQ_LINK_FILES);
      for (int i = 0; i < 10; ++i) records += log.append({.leader_epoch = 2});
      log.forget();
    }
    {
      LocalStore store(data());
      TestLog log(store.logs(), "topic", 0, small_segments());
      EXPECT_EQ(log.read_all(0), records);
      ASSERT_EQ(log.set_log_start_offset(30), 0);
      ASSERT_EQ(log.apply_retention(0), 0);
      log.remove();
    }
    EXPECT_EQ(content_of(foreign()), before);
  }
}

TEST_F(LocalAdopt, SurvivesACrashAtOnce) {
  const auto after = folder_.path() + "/after";
  {
    LocalStore store(data());
    ASSERT_EQ(adopt(store, 0, 40, 25), 0);
    copy_folder(data(), after);
  }
  LocalStore store(after);
  TestLog log(store.logs(), "topic", 0, small_segments());
  EXPECT_EQ(log.state().log_start_offset, 25);
  EXPECT_EQ(log.end_offset(), 40);
}

TEST_F(LocalAdopt, TakesThePlaceOfWhatAnEarlierTryLeft) {
  LocalStore store(data());
  {
    TestLog left(store.logs(), "topic");
    left.append({});
    EXPECT_NE(adopt(store, 0), 0) << "not of a log that is open";
  }
  ASSERT_EQ(adopt(store, 0), 0);
  TestLog log(store.logs(), "topic", 0, small_segments());
  EXPECT_EQ(log.read_all(0), records_);
}

TEST_F(LocalAdopt, AFolderThatWasNeverFinishedGoesAtTheNextStart) {
  const auto unfinished = data() + "/topic-0.0123-future";
  std::filesystem::create_directories(unfinished);
  LocalStore store(data());
  TestLog log(store.logs());
  EXPECT_EQ(log.end_offset(), 0);
  while (std::filesystem::exists(unfinished)) std::this_thread::yield();
}

// What the other broker's crash left past its recovery point is cut, in a copy.
TEST_F(LocalAdopt, ATornTailIsCutInACopy) {
  const auto torn = last_segment();
  write_file(torn, read_file(torn).substr(0, 100) + "torn");
  const auto before = content_of(foreign());
  LocalStore store(data());
  ASSERT_EQ(adopt(store, FLUXMQ_LINK_FILES, 0), 0);
  TestLog log(store.logs(), "topic", 0, small_segments());
  EXPECT_LT(log.end_offset(), 40);
  EXPECT_TRUE(records_.starts_with(log.read_all(0)));
  EXPECT_EQ(count_links(adopted()), 0u);
  EXPECT_EQ(content_of(foreign()), before);
}

TEST_F(LocalAdopt, DamageBelowTheRecoveryPointIsReported) {
  const auto damaged = last_segment();
  auto bytes = read_file(damaged);
  bytes[70] ^= 1;
  write_file(damaged, bytes);
  LocalStore store(data());
  ASSERT_EQ(adopt(store, 0), 0);
  EXPECT_EQ(TestLog::open(store.logs(), "topic").error, 56);
}

TEST_F(LocalAdopt, LeavesNothingWhenItFails) {
  std::filesystem::remove_all(foreign());
  LocalStore store(data());
  EXPECT_EQ(adopt(store, 0), 56);
  TestLog log(store.logs(), "topic");
  EXPECT_EQ(log.end_offset(), 0);
}

}  // namespace
}  // namespace fluxmq::storage_local_test
