// Several log.dirs: where logs go, what belongs together, and what happens when one of them fails
// or fills.
#include "log_dirs.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "fluxmq/testing/fake_host.h"
#include "fluxmq/testing/temporary_folder.h"
#include "fluxmq/testing/test_log.h"
#include "hooked_file_system.h"
#include "local_files.h"
#include "log_store.h"

namespace fluxmq::storage_local_test {
namespace {

using storage_local::LogDirs;
using storage_local::LogStore;
using testing::make_batch;
using testing::TestLog;

constexpr std::int16_t kStorageError = 56;
constexpr std::int64_t kNeverMs = 3'600'000;

// A store on some folders. It ends as a broker that is killed unless it is stopped.
class Store {
 public:
  Store(storage_local::FileSystem& files, const std::string& log_dirs,
        std::int64_t min_free_bytes = 0)
      : host_({{"storage.min.free.bytes", std::to_string(min_free_bytes)}}),
        dirs_(host_.host(), files, log_dirs, 100),
        logs_(host_.host(), dirs_, kNeverMs) {}

  testing::FakeHost& host() { return host_; }
  LogDirs& dirs() { return dirs_; }
  const fluxmq_log_store* logs() { return logs_.table(); }
  void stop() { logs_.stop(); }

  std::int32_t log_dir_of(std::string_view topic) {
    return logs()->log_dir_of(logs()->self, to_abi(topic), {{1}}, 0);
  }
  bool is_offline(std::string_view topic) {
    return logs()->is_offline(logs()->self, to_abi(topic), {{1}}, 0) != 0;
  }
  bool is_short_of_space(const TestLog& log) {
    return logs()->is_short_of_space(logs()->self, log.handle()) != 0;
  }
  // By folder: error, or 0.
  std::vector<std::int16_t> errors() {
    std::vector<std::int16_t> errors;
    logs()->visit_log_dirs(
        logs()->self,
        [](void* context, const fluxmq_log_dir* log_dir) {
          static_cast<std::vector<std::int16_t>*>(context)->push_back(log_dir->error);
        },
        &errors);
    return errors;
  }

 private:
  testing::FakeHost host_;
  LogDirs dirs_;
  LogStore logs_;
};

class LogDirsTest : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
  std::string both() const { return path("a") + ", " + path("b"); }
  // The line that a start is refused with.
  std::string refusal(const std::string& log_dirs) {
    try {
      const Store store(files_, log_dirs);
      return "";
    } catch (const std::exception& failure) {
      return failure.what();
    }
  }
  std::string findings(const std::string& log_dirs) {
    std::string lines;
    for (const auto& [is_error, line] : LogDirs::check(files_, log_dirs))
      lines += (is_error ? "error: " : "") + line + "\n";
    return lines;
  }
  static bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }

  const testing::TemporaryFolder folder_;
  HookedFileSystem files_;
};

TEST_F(LogDirsTest, NewLogsGoWhereTheFewestAre) {
  {
    Store store(files_, both());
    std::vector<std::unique_ptr<TestLog>> logs;
    for (const auto* name : {"one", "two", "three", "four"})
      logs.push_back(std::make_unique<TestLog>(store.logs(), name));
    EXPECT_EQ(store.log_dir_of("one"), 0);
    EXPECT_EQ(store.log_dir_of("two"), 1);
    for (auto& log : logs) log->append({});
    // Those that were opened and never got a folder count no more once they are closed.
    for (int i = 0; i < 4; ++i) TestLog(store.logs(), "unused" + std::to_string(i));
    EXPECT_EQ(logs[0]->remove(), 0);
    EXPECT_EQ(logs[2]->remove(), 0);
    EXPECT_EQ(store.log_dir_of("next"), 0);
    TestLog(store.logs(), "five").append({});
    TestLog(store.logs(), "six").append({});
    TestLog(store.logs(), "seven").append({});
    logs.clear();
    store.stop();
  }
  EXPECT_TRUE(std::filesystem::exists(path("a/five-0")));
  EXPECT_TRUE(std::filesystem::exists(path("a/six-0")));
  EXPECT_TRUE(std::filesystem::exists(path("b/two-0")));
  EXPECT_TRUE(std::filesystem::exists(path("b/four-0")));

  // A start finds each where it lies, in whatever order the folders are named.
  Store store(files_, path("b") + "," + path("a"));
  EXPECT_EQ(store.log_dir_of("two"), 0);
  EXPECT_EQ(store.log_dir_of("five"), 1);
  EXPECT_EQ(TestLog(store.logs(), "two").end_offset(), 1);
  EXPECT_EQ(TestLog(store.logs(), "five").end_offset(), 1);
  EXPECT_EQ(store.dirs().metadata().path(), path("a"));
}

TEST_F(LogDirsTest, EachFolderIsCleanByItself) {
  {
    Store store(files_, both());
    TestLog(store.logs(), "one").append({});
    TestLog(store.logs(), "two").append({});
    store.stop();
  }
  for (const auto* name : {"a", "b"}) {
    EXPECT_TRUE(std::filesystem::exists(path(name) + "/.kafka_cleanshutdown"));
    EXPECT_TRUE(contains(read_file(path(name) + "/recovery-point-offset-checkpoint"), " 0 1\n"));
  }
}

TEST_F(LogDirsTest, WhatDoesNotBelongTogetherIsRefused) {
  { const Store store(files_, both()); }
  { const Store store(files_, path("other")); }
  // One that isn't named any more.
  const auto missing = refusal(path("a"));
  EXPECT_TRUE(contains(missing, path("b") + " of this broker is missing or empty")) << missing;
  EXPECT_TRUE(contains(missing, "delete the line fluxmq.directory.")) << missing;
  std::filesystem::rename(path("b"), path("moved"));
  EXPECT_TRUE(contains(findings(both()), "error: log.dirs: the folder " + path("b")));
  EXPECT_EQ(refusal(path("a") + "," + path("moved")), "");  // it may lie elsewhere

  // The one with the metadata is missing.
  EXPECT_TRUE(contains(refusal(path("moved")), "another broker, or the folder with the metadata"));
  // Another broker's.
  EXPECT_TRUE(contains(refusal(path("a") + "," + path("moved") + "," + path("other")),
                       "folders of two brokers"));

  // Given up by hand.
  auto properties = read_file(path("a/meta.properties"));
  write_file(path("a/meta.properties"), properties.substr(0, properties.find("fluxmq.directory.")));
  EXPECT_EQ(refusal(path("a")), "");
}

// Its disk isn't mounted, or can't be read. What may lie there isn't begun anew elsewhere.
TEST_F(LogDirsTest, OneThatIsMissingAtAStartIsOffline) {
  std::string kept;
  {
    Store store(files_, both());
    TestLog(store.logs(), "good").append({});
    TestLog bad(store.logs(), "bad");
    kept = bad.append({});
    bad.close();
    store.stop();
  }
  const auto expect_offline = [&](Store& store) {
    EXPECT_EQ(store.errors(), (std::vector<std::int16_t>{0, kStorageError}));
    EXPECT_TRUE(store.host().logged("log.dirs: " + path("b") + " is offline"));
    TestLog good(store.logs(), "good");
    EXPECT_EQ(good.end_offset(), 1);
    EXPECT_EQ(good.flush(), 0);
    EXPECT_FALSE(store.is_offline("good"));
    EXPECT_EQ(TestLog::open(store.logs(), "bad").error, kStorageError);
    EXPECT_TRUE(store.is_offline("bad"));
    EXPECT_EQ(store.log_dir_of("bad"), 1);
    // What can't lie there is begun.
    TestLog fresh(store.logs(), "new");
    fresh.append({.base_offset = fresh.end_offset()});
    EXPECT_FALSE(store.is_offline("new"));
    EXPECT_EQ(store.log_dir_of("new"), 0);
  };
  std::filesystem::rename(path("b"), path("unmounted"));
  {
    Store store(files_, both());
    expect_offline(store);
    store.stop();
  }
  std::filesystem::remove_all(path("b"));
  std::filesystem::rename(path("unmounted"), path("b"));
  {
    files_.fail({"open"}, path("b"), EROFS);
    Store store(files_, both());
    expect_offline(store);
    store.stop();
    files_.repair();
  }
  // The one with the metadata can't be done without, nor one that was never there.
  files_.fail({"open"}, path("a"), EACCES);
  EXPECT_TRUE(contains(refusal(both()), path("a") + " can't be used"));
  files_.fail({"open"}, path("c"), EACCES);
  EXPECT_TRUE(contains(refusal(both() + "," + path("c")), path("c") + " can't be used"));
  files_.repair();
  Store store(files_, both());
  EXPECT_EQ(TestLog(store.logs(), "bad").read_all(0), kept);
  EXPECT_EQ(TestLog(store.logs(), "new").end_offset(), 2);
}

// As after an update from a broker that kept no rosters: any log may lie there.
TEST_F(LogDirsTest, AMissingFolderWithoutARosterHoldsUpWhatIsNotFound) {
  {
    Store store(files_, both());
    TestLog(store.logs(), "good").append({});
    store.stop();
  }
  std::filesystem::rename(path("b"), path("unmounted"));
  for (const auto& file : std::filesystem::directory_iterator(path("a"))) {
    if (file.path().extension() == ".logs") std::filesystem::remove(file);
  }
  Store store(files_, both());
  EXPECT_EQ(TestLog(store.logs(), "good").end_offset(), 1);
  EXPECT_EQ(TestLog::open(store.logs(), "new").error, kStorageError);
  EXPECT_TRUE(store.is_offline("new"));
  EXPECT_EQ(store.log_dir_of("new"), 1);
}

TEST_F(LogDirsTest, ARosterIsWrittenAnewBeforeItGrowsWithoutEnd) {
  std::filesystem::create_directories(path("a"));
  storage_local::LogRoster roster(files_, path("a"), "id");
  roster.write({"stays-0"});
  const std::string name(240, 'x');
  for (int i = 0; i < 5000; ++i) {
    roster.add(name);
    roster.remove(name);
  }
  EXPECT_EQ(roster.read(), std::set<std::string>{"stays-0"});
  EXPECT_LT(std::filesystem::file_size(path("a") + "/id.logs"), 512 * 1024);
}

// Logs come and go while the broker runs; it is killed, and a line was cut short.
TEST_F(LogDirsTest, ARosterKnowsWhatLaterCameAndWent) {
  {
    Store store(files_, both());
    TestLog one(store.logs(), "one"), two(store.logs(), "two");
    TestLog three(store.logs(), "three"), four(store.logs(), "four");
    for (auto* log : {&one, &two, &three, &four}) log->append({});
    ASSERT_EQ(store.log_dir_of("two"), 1);
    ASSERT_EQ(store.log_dir_of("four"), 1);
    EXPECT_EQ(four.flush(), 0);
    EXPECT_EQ(two.remove(), 0);
  }
  for (const auto& file : std::filesystem::directory_iterator(path("a"))) {
    if (file.path().extension() != ".logs") continue;
    EXPECT_EQ(read_file(file.path()), "0\n+two-0\n+four-0\n-two-0\n");
    write_file(file.path(), read_file(file.path()) + "+fi");
  }
  std::filesystem::rename(path("b"), path("unmounted"));
  {
    Store store(files_, both());
    EXPECT_EQ(TestLog::open(store.logs(), "four").error, kStorageError);
    TestLog(store.logs(), "two").append({});
    EXPECT_EQ(store.log_dir_of("two"), 0);
    store.stop();
  }
  std::filesystem::remove_all(path("b"));
  std::filesystem::rename(path("unmounted"), path("b"));
  Store store(files_, both());
  EXPECT_EQ(TestLog(store.logs(), "four").end_offset(), 1);
  EXPECT_EQ(TestLog(store.logs(), "two").end_offset(), 1);
  for (const auto& file : std::filesystem::directory_iterator(path("a"))) {
    if (file.path().extension() != ".logs") continue;
    EXPECT_EQ(read_file(file.path()), "0\n+four-0\n");
  }
}

TEST_F(LogDirsTest, ARefusedStartLeavesTheFoldersClean) {
  {
    Store store(files_, both());
    store.stop();
  }
  { const Store other(files_, path("other")); }
  EXPECT_NE(refusal(both() + "," + path("other") + "," + path("a/meta.properties")), "");
  EXPECT_TRUE(std::filesystem::exists(path("a/.kafka_cleanshutdown")));
  EXPECT_TRUE(std::filesystem::exists(path("b/.kafka_cleanshutdown")));
}

TEST_F(LogDirsTest, ALogInTwoFoldersIsRefused) {
  {
    Store store(files_, both());
    TestLog(store.logs(), "one").append({});
    store.stop();
  }
  std::filesystem::create_directories(path("b/one-0"));
  const auto line = refusal(both());
  EXPECT_TRUE(contains(line, "the log one-0 lies in both " + path("a") + " and " + path("b")))
      << line;
}

TEST_F(LogDirsTest, CheckTellsWhatAStartWouldFind) {
  EXPECT_EQ(findings(path("a")), "log.dirs: " + path("a") + " will be made\n");
  EXPECT_FALSE(std::filesystem::exists(path("a")));
  {
    Store store(files_, both());
    TestLog(store.logs(), "one").append({});
    EXPECT_TRUE(contains(findings(both()), "has 1 logs, and is in use by process "));
    store.stop();
  }
  EXPECT_EQ(findings(both()),
            "log.dirs: " + path("a") + " has 1 logs\nlog.dirs: " + path("b") + " has 0 logs\n");
  write_file(path("file"), "");
  EXPECT_TRUE(contains(findings(path("file")), "error: log.dirs: " + path("file")));
  write_file(path("b/meta.properties"), "version=1\nnode.id=1\n");
  EXPECT_TRUE(contains(findings(both()), "fluxmq import"));
}

TEST_F(LogDirsTest, AFolderThatFailsGoesOfflineAndTheOthersServe) {
  std::string kept;
  {
    Store store(files_, both());
    TestLog good(store.logs(), "good"), bad(store.logs(), "bad");
    good.append({});
    kept = bad.append({});
    ASSERT_EQ(bad.flush(), 0);
    ASSERT_EQ(store.log_dir_of("bad"), 1);

    files_.fail({"write"}, path("b/bad-0"), EROFS);  // it was mounted again, read-only
    EXPECT_EQ(bad.append_bytes({make_batch({.base_offset = 1})}).error, kStorageError);
    files_.repair();
    EXPECT_EQ(bad.append_bytes({make_batch({.base_offset = 1})}).error, kStorageError);
    EXPECT_EQ(bad.read(0).error, kStorageError);
    EXPECT_EQ(bad.flush(), kStorageError);
    EXPECT_TRUE(store.is_offline("bad"));
    EXPECT_FALSE(store.is_offline("good"));
    EXPECT_EQ(store.errors(), (std::vector<std::int16_t>{0, kStorageError}));
    EXPECT_TRUE(store.host().logged("log.dirs: " + path("b") + " is offline"));
    EXPECT_EQ(store.host().counter_value("fluxmq_log_dir_offline_total"), 1);

    good.append({});
    EXPECT_EQ(good.flush(), 0);
    for (int i = 0; i < 3; ++i) {  // new ones keep away from it
      TestLog log(store.logs(), "new" + std::to_string(i));
      log.append({});
      EXPECT_EQ(store.log_dir_of("new" + std::to_string(i)), 0);
    }
    bad.close();
    good.close();
    store.stop();
  }
  EXPECT_TRUE(std::filesystem::exists(path("a/.kafka_cleanshutdown")));
  EXPECT_FALSE(std::filesystem::exists(path("b/.kafka_cleanshutdown")));
  Store store(files_, both());  // repaired
  TestLog log(store.logs(), "bad");
  EXPECT_EQ(log.read_all(0), kept);
  log.append({});
}

TEST_F(LogDirsTest, CheckpointsThatCannotBeWrittenTakeTheFolderOffline) {
  Store store(files_, both());
  TestLog good(store.logs(), "good"), bad(store.logs(), "bad");
  for (auto* log : {&good, &bad}) {
    log->append({});
    log->append({});
  }
  files_.fail({"write", "open"}, path("b/log-start"), ENOSPC);  // this passes
  EXPECT_EQ(bad.set_log_start_offset(1), kStorageError);
  EXPECT_FALSE(store.is_offline("bad"));
  EXPECT_EQ(bad.state().log_start_offset, 0);
  files_.repair();
  EXPECT_EQ(bad.set_log_start_offset(1), 0);

  files_.fail({"sync"}, path("b/log-start"), EIO);
  EXPECT_EQ(bad.set_log_start_offset(2), kStorageError);
  EXPECT_TRUE(store.is_offline("bad"));
  EXPECT_EQ(good.set_log_start_offset(1), 0);
}

// A disk that was pulled: whatever is tried there ends with EIO.
TEST_F(LogDirsTest, EioOfTheWholeFolderTakesItOffline) {
  Store store(files_, both());
  TestLog good(store.logs(), "good"), bad(store.logs(), "bad");
  good.append({});
  bad.append({});
  files_.fail({"open", "write", "sync"}, path("b"), EIO);
  EXPECT_EQ(bad.flush(), kStorageError);
  EXPECT_TRUE(store.is_offline("bad"));
  EXPECT_FALSE(store.is_offline("good"));
  files_.repair();
  good.append({});
}

TEST_F(LogDirsTest, BadBlocksOfOneLogAreItsOwn) {
  Store store(files_, path("a"));
  TestLog one(store.logs(), "one"), two(store.logs(), "two");
  one.append({});
  const auto kept = two.append({});
  files_.fail({"write"}, path("a/one-0"), EIO);
  EXPECT_EQ(one.append_bytes({make_batch({.base_offset = 1})}).error, kStorageError);
  two.append({});
  EXPECT_EQ(store.errors(), (std::vector<std::int16_t>{0}));
  files_.repair();
  one.append({});  // what failed was undone
  EXPECT_EQ(one.end_offset(), 2);
}

TEST_F(LogDirsTest, NoDescriptorsLeftPasses) {
  Store store(files_, path("a"));
  TestLog log(store.logs(), "one");
  files_.fail({"open", "make_folder"}, path("a"), EMFILE);
  EXPECT_EQ(log.append_bytes({make_batch({})}).error, kStorageError);
  files_.repair();
  log.append({});
  EXPECT_EQ(log.end_offset(), 1);
}

// A flush that couldn't be tried says nothing of the disk; one that failed does.
TEST_F(LogDirsTest, AFlushThatCouldNotBeTriedMayWorkNext) {
  Store store(files_, path("a"));
  TestLog log(store.logs(), "one");
  log.append({});
  files_.fail({"open", "sync_folder"}, path("a/one-0"), EMFILE);
  EXPECT_EQ(log.flush(), kStorageError);
  files_.fail({"sync_folder"}, path("a/one-0"), EMFILE);
  EXPECT_EQ(log.flush(), kStorageError);
  files_.fail({"write"}, path("a/one-0/leader-epoch"), ENOSPC);
  EXPECT_EQ(log.flush(), kStorageError);
  files_.repair();
  EXPECT_EQ(log.flush(), 0);
  EXPECT_TRUE(contains(read_file(path("a/one-0/leader-epoch-checkpoint")), "0 0\n"));
  log.append({});
  files_.fail({"sync"}, path("a/one-0"), ENOSPC);
  EXPECT_EQ(log.flush(), kStorageError);
  files_.repair();
  EXPECT_EQ(log.flush(), kStorageError);
}

TEST_F(LogDirsTest, ADamagedLogStaysClosedAndIsCounted) {
  {
    Store store(files_, path("a"));
    TestLog damaged(store.logs(), "damaged"), good(store.logs(), "good");
    for (auto* log : {&damaged, &good}) {
      log->append({});
      log->append({});
      log->close();
    }
  }
  // Not stopped: what the checkpoint says is the recovery point.
  write_file(path("a/recovery-point-offset-checkpoint"), "0\n2\ndamaged 0 2\ngood 0 2\n");
  const auto file = path("a/damaged-0/00000000000000000000.log");
  auto bytes = read_file(file);
  bytes[70] = static_cast<char>(bytes[70] ^ 1);
  write_file(file, bytes);

  Store store(files_, path("a"));
  EXPECT_EQ(TestLog::open(store.logs(), "damaged").error, kStorageError);
  EXPECT_EQ(TestLog::open(store.logs(), "damaged").error, kStorageError);
  EXPECT_EQ(store.host().counter_value("fluxmq_damaged_logs_total"), 1);
  EXPECT_TRUE(store.host().logged(file + " at position 0"));
  EXPECT_EQ(TestLog(store.logs(), "good").end_offset(), 2);
  EXPECT_EQ(read_file(file), bytes);
}

TEST_F(LogDirsTest, TheReserveIsKeptAndGivenBack) {
  constexpr std::int64_t kReserve = 100 << 20;
  files_.set_usable_bytes(kReserve + 1);
  Store store(files_, path("a"), kReserve);
  TestLog log(store.logs(), "one");
  const auto wait_until_short = [&](bool is_short) {
    while (store.is_short_of_space(log) != is_short) std::this_thread::yield();
  };
  const auto wait_until_logged = [&](std::string_view part) {
    while (!store.host().logged(part)) std::this_thread::yield();
  };
  EXPECT_FALSE(store.is_short_of_space(log));
  files_.set_usable_bytes(kReserve - 1);
  wait_until_short(true);
  EXPECT_EQ(store.host().counter_value("fluxmq_log_dir_short_of_space_total"), 1);
  wait_until_logged("less than storage.min.free.bytes=104857600");
  log.append({});  // who can't do without appends nevertheless
  files_.set_usable_bytes(2 * kReserve);
  wait_until_short(false);
  wait_until_logged("goes on");
  store.host().set_config("storage.min.free.bytes", std::to_string(3 * kReserve));
  wait_until_short(true);
}

TEST_F(LogDirsTest, AFullVolumeIsNoticedByTheFirstWriteAndGoesOnWithoutARestart) {
  files_.set_usable_bytes(0);
  Store store(files_, path("a"));  // no reserve
  TestLog log(store.logs(), "one");
  const auto first = log.append({});
  files_.fail({"write", "make_folder"}, path("a"), ENOSPC);
  EXPECT_FALSE(store.is_short_of_space(log));
  EXPECT_EQ(log.append_bytes({make_batch({.base_offset = 1})}).error, kStorageError);
  EXPECT_TRUE(store.is_short_of_space(log));
  EXPECT_FALSE(store.is_offline("one"));
  EXPECT_EQ(log.read_all(0), first);
  EXPECT_EQ(log.set_log_start_offset(0), 0);
  files_.repair();
  files_.set_usable_bytes(1 << 20);
  while (store.is_short_of_space(log)) std::this_thread::yield();
  const auto second = log.append({});
  EXPECT_EQ(log.read_all(0), first + second);
}

}  // namespace
}  // namespace fluxmq::storage_local_test
