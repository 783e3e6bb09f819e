// What clients are told, and what is kept, while a disk fails or is full.
#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "faulty_file_system.h"
#include "log_model.h"
#include "serial_store.h"

namespace fluxmq::storage_faults {
namespace {

using testing::make_batch;
using testing::TestLog;

constexpr std::int16_t kStorageError = 56;
constexpr const char* kFirstSegment = "/data/one-0/00000000000000000000.log";

class DiskTrouble : public ::testing::Test {
 protected:
  DiskTrouble() {
    config_.segment_bytes = 1000;
    config_.index_interval_bytes = 200;
    start();
  }
  ~DiskTrouble() override { end(); }

  void start() {
    files_ = std::make_unique<FaultyFileSystem>(disk_, seed_);
    store_ = std::make_unique<SerialStore>(*files_);
  }
  // The process dies; the logs that a test had open are gone with it.
  void end() {
    if (!store_) return;
    files_->kill();
    store_ = nullptr;
  }
  void restart_after_death() {
    end();
    start();
  }
  void restart_after_power_loss(std::uint64_t seed) {
    end();
    disk_ = disk_->after_power_loss(seed);
    start();
  }
  void restart_cleanly() {
    store_->stop();
    end();
    start();
  }

  // Not closed at its end: the store does that, or nobody.
  struct Forgetting {
    void operator()(TestLog* log) const {
      log->forget();
      delete log;
    }
  };
  using LogPtr = std::unique_ptr<TestLog, Forgetting>;
  LogPtr open(const char* topic = "one") {
    return LogPtr(new TestLog(store_->logs(), topic, 0, config_));
  }
  std::int16_t open_error(const char* topic = "one") {
    return TestLog::open(store_->logs(), topic, 0, config_).error;
  }
  static std::string batch_at(std::int64_t offset, std::size_t value_bytes = 100) {
    return make_batch({.base_offset = offset, .value_bytes = value_bytes});
  }

  std::shared_ptr<SimulatedDisk> disk_ = std::make_shared<SimulatedDisk>();
  std::uint64_t seed_ = 1;
  std::unique_ptr<FaultyFileSystem> files_;
  std::unique_ptr<SerialStore> store_;
  fluxmq_log_config config_ = testing::default_log_config();
};

TEST_F(DiskTrouble, AFailedSyncClosesItsLogAlone) {
  auto log = open(), other = open("two");
  log->append({});
  other->append({});
  ASSERT_EQ(log->flush(), 0);
  log->append({});
  files_->add({FileCall::kSync, EIO, "one-0", 1});
  EXPECT_EQ(log->flush(), kStorageError);
  EXPECT_EQ(log->flush(), kStorageError) << "a sync that succeeds later proves nothing";
  EXPECT_EQ(log->append_bytes({batch_at(2)}).error, kStorageError);
  EXPECT_EQ(log->read(0).error, kStorageError);
  EXPECT_EQ(other->flush(), 0);
  EXPECT_EQ(other->read(0).error, 0);
  EXPECT_TRUE(store_->host().logged("flush failed, the log is closed until a restart"));

  restart_after_death();
  log = open();
  EXPECT_GE(log->end_offset(), 1) << "what was flushed before";
  log->append({});
  EXPECT_EQ(log->flush(), 0);
}

// The kernel forgets what a sync failed to write, and still shows it.
TEST_F(DiskTrouble, WhatAFailedSyncLostIsNotTakenForDurableAfterARestart) {
  for (seed_ = 1; seed_ <= 60; ++seed_) {
    SCOPED_TRACE(seed_);
    disk_ = std::make_shared<SimulatedDisk>();
    end();
    start();
    auto log = open();
    for (int i = 0; i < 3; ++i) log->append({.value_bytes = 300});
    ASSERT_EQ(log->flush(), 0);
    for (int i = 0; i < 3; ++i) log->append({.value_bytes = 300});
    files_->add({FileCall::kSync, EIO, ".log", 1});
    ASSERT_EQ(log->flush(), kStorageError);

    restart_after_death();
    log = open();
    log->append({.value_bytes = 300});
    const auto content = log->read_all(0);
    ASSERT_EQ(log->flush(), 0);
    restart_after_power_loss(seed_);
    EXPECT_EQ(open()->read_all(0), content);
  }
}

TEST_F(DiskTrouble, AFullDiskRefusesAppendsUntilThereIsRoomAgain) {
  for (std::int64_t room = 0; room < 2500; room += 83) {
    SCOPED_TRACE(room);
    disk_ = std::make_shared<SimulatedDisk>();
    end();
    start();
    auto log = open(), other = open("two");
    std::string kept = log->append({});
    const auto kept_of_other = other->append({});
    files_->set_capacity(disk_->used_bytes() + room);
    while (true) {
      const auto first = batch_at(log->end_offset()), second = batch_at(log->end_offset() + 1, 300);
      const auto end_offset = log->end_offset();
      const auto error = log->append_bytes({first, second}).error;
      if (error == 0) {
        kept += first + second;
        continue;
      }
      ASSERT_EQ(error, kStorageError);
      EXPECT_EQ(log->end_offset(), end_offset);
      break;
    }
    EXPECT_EQ(log->read_all(0), kept) << "reads go on";
    EXPECT_EQ(other->read_all(0), kept_of_other);

    files_->set_capacity(INT64_MAX);
    for (int i = 0; i < 5; ++i) kept += log->append({.value_bytes = 200});
    EXPECT_EQ(look_at(*log).batches.size(), static_cast<std::size_t>(log->end_offset()));
    EXPECT_EQ(log->read_all(0), kept);
    ASSERT_EQ(log->flush(), 0);
    restart_after_power_loss(static_cast<std::uint64_t>(room));
    EXPECT_EQ(open()->read_all(0), kept);
  }
}

TEST_F(DiskTrouble, ANewLogOnAFullDiskWorksOnceThereIsRoom) {
  auto log = open();
  files_->set_capacity(disk_->used_bytes());
  EXPECT_EQ(log->append_bytes({batch_at(0)}).error, kStorageError);
  EXPECT_EQ(log->end_offset(), 0);
  files_->set_capacity(INT64_MAX);
  const auto kept = log->append({});
  ASSERT_EQ(log->flush(), 0);
  restart_after_power_loss(1);
  EXPECT_EQ(open()->read_all(0), kept);
}

TEST_F(DiskTrouble, AFolderThatADeathLeftEmptyIsOnTheDiskAfterTheFirstFlush) {
  for (int change = 0; change < 8; ++change) {
    SCOPED_TRACE(change);
    disk_ = std::make_shared<SimulatedDisk>();
    end();
    start();
    files_->fail_change_after(change, EIO);
    open()->append_bytes({batch_at(0)});
    restart_after_death();
    auto log = open();
    log->append({});
    const auto kept = log->read_all(0);
    ASSERT_EQ(log->flush(), 0);
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
      FaultyFileSystem left(disk_->after_power_loss(seed));
      SerialStore store(left);
      const LogPtr found(new TestLog(store.logs(), "one", 0, config_));
      EXPECT_EQ(found->read_all(0), kept);
    }
  }
}

TEST_F(DiskTrouble, WhatRetentionTookDoesNotComeBackHalfAfterACheckpoint) {
  auto log = open();
  while (log->segments().size() < 3) log->append({.timestamp_ms = 1000 + log->end_offset()});
  ASSERT_EQ(log->flush(), 0);
  log->append({.timestamp_ms = 5000, .value_bytes = 900});  // in a new segment
  config_.retention_ms = 1000;
  log->configure(config_);
  ASSERT_EQ(log->apply_retention(5000), 0);
  ASSERT_EQ(log->segments().size(), 1u);
  store_->host().advance(SerialStore::kCheckpointIntervalMs);
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    FaultyFileSystem left(disk_->after_power_loss(seed));
    SerialStore store(left);
    const LogPtr found(new TestLog(store.logs(), "one", 0, config_));
    EXPECT_NO_THROW(look_at(*found)) << seed;
  }
}

TEST_F(DiskTrouble, IndexesThatARecoveryMadeAgainOutliveACleanStop) {
  auto log = open();
  log->append({.timestamp_ms = 5000, .value_bytes = 80});  // only the time index remembers it
  for (int i = 0; i < 5; ++i) log->append({.value_bytes = 80});
  restart_after_death();
  log = open();
  ASSERT_EQ(log->flush(), 0);
  store_->stop();
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    FaultyFileSystem left(disk_->after_power_loss(seed));
    SerialStore store(left);
    const LogPtr found(new TestLog(store.logs(), "one", 0, config_));
    EXPECT_EQ(found->find_timestamp(5000).offset, 0) << seed;
  }
}

TEST_F(DiskTrouble, RetentionMakesRoomOnAFullDisk) {
  auto log = open();
  for (int i = 0; i < 20; ++i) log->append({.value_bytes = 200});
  files_->set_capacity(disk_->used_bytes() + 100);
  EXPECT_EQ(log->append_bytes({batch_at(20, 300)}).error, kStorageError);
  config_.retention_bytes = 2000;
  log->configure(config_);
  EXPECT_EQ(log->apply_retention(0), 0);
  store_->host().advance(1);  // the files are deleted
  EXPECT_EQ(log->append_bytes({batch_at(20, 300)}).error, 0);
}

TEST_F(DiskTrouble, ABadSectorUnderOneLogLeavesTheOthersAlone) {
  {
    auto log = open(), other = open("two");
    for (int i = 0; i < 8; ++i) log->append({.value_bytes = 200}), other->append({});
    restart_cleanly();
  }
  auto log = open(), other = open("two");
  files_->add({FileCall::kRead, EIO, "one-0"});
  EXPECT_EQ(log->read(1).error, kStorageError);
  EXPECT_EQ(other->read(1).error, 0);
  EXPECT_EQ(other->append_bytes({batch_at(8)}).error, 0);
  files_->repair();
  EXPECT_EQ(log->read(1).error, 0) << "nothing was written: the log is as it was";
}

TEST_F(DiskTrouble, DamageBeforeTheDurablePointIsNeitherCutNorServedAfterACleanStop) {
  {
    auto log = open(), other = open("two");
    for (int i = 0; i < 3; ++i) log->append({}), other->append({});
    ASSERT_EQ(log->flush(), 0);
    restart_cleanly();
  }
  auto log = open(), other = open("two");
  other->append({});
  end();  // unclean: the log is read whole at the next start
  auto& file = disk_->find(kFirstSegment)->file;
  auto content = file.content();
  content[100] = static_cast<char>(content[100] ^ 1);
  file.write(0, content);
  file.sync();
  for (const bool clean : {false, true, true}) {
    SCOPED_TRACE(clean);
    start();
    EXPECT_EQ(open_error(), kStorageError);
    EXPECT_TRUE(
        store_->host().logged(std::string("bad batch in ") + kFirstSegment + " at position"));
    EXPECT_EQ(disk_->find(kFirstSegment)->file.content(), content);
    EXPECT_EQ(open("two")->end_offset(), 4) << "the others are served";
    store_->stop();
    end();
  }
}

TEST_F(DiskTrouble, ALogThatCouldNotBeClosedIsRecoveredAtTheNextStart) {
  auto log = open(), other = open("two");
  const auto kept = log->append({});
  other->append({});
  files_->add({FileCall::kSync, EIO, "one-0", 1});
  log->close();
  log = nullptr;
  store_->stop();
  EXPECT_TRUE(store_->host().logged("no clean shutdown: one-0"));
  EXPECT_FALSE(disk_->find("/data/.kafka_cleanshutdown"));
}

// Each change to the disk fails once; then the machine works on, and dies later.
class EachChangeFails : public DiskTrouble, public ::testing::WithParamInterface<int> {
 protected:
  // Appends, and does all else that changes files. What is refused is as if it never was; a log
  // that isn't trusted any more is opened again.
  void work() {
    auto log = open();
    for (int round = 0; round < 4; ++round) {
      for (int i = 0; i < 4; ++i) append(log);
      if (log->flush() == 0) {
        durable_ = kept_.size();
      } else {
        reopen(log);
      }
      log->save_snapshot(log->end_offset(), "producers");
      if (const auto segments = log->segments(); segments.size() > 2) rewrite(*log, segments);
      store_->host().advance(SerialStore::kCheckpointIntervalMs);
      if (log->read(0).error != 0) reopen(log);
      compare(*log);
    }
  }
  void append(LogPtr& log) {
    const auto batch = batch_at(static_cast<std::int64_t>(kept_.size()), 250);
    if (log->append_bytes({batch}).error == 0) {
      kept_.push_back(batch);
    } else if (log->read(0).error != 0) {
      refused_ = batch;
      reopen(log);
    } else {
      compare(*log);
    }
  }
  // All of it: what a rewrite keeps of three segments.
  static void rewrite(TestLog& log, const std::vector<fluxmq_log_segment_info>& segments) {
    auto* rewrite = log.begin_rewrite(segments[0].base_offset, segments[2].base_offset);
    if (rewrite == nullptr) return;
    const auto content = log.read(segments[0].base_offset, 1 << 30, true, segments[2].base_offset);
    const bool written = content.error == 0 && log.rewrite(rewrite, content.bytes) == 0;
    log.end_rewrite(rewrite, written);
  }
  void reopen(LogPtr& log) {
    failed_ |= files_->failed_change().has_value();
    log = nullptr;
    restart_after_death();
    log = open();
    const auto found = look_at(*log);
    // A flush that failed may have lost what wasn't acknowledged as durable.
    ASSERT_GE(found.batches.size(), durable_);
    if (found.batches.size() > kept_.size()) kept_.push_back(refused_);
    kept_.resize(found.batches.size());
    compare(*log);
  }
  void compare(TestLog& log) {
    std::string all;
    for (const auto& batch : kept_) all += batch;
    ASSERT_EQ(log.read_all(0), all);
  }

  std::vector<std::string> kept_;
  std::string refused_;
  std::size_t durable_ = 0;
  bool failed_ = false;
};

TEST_P(EachChangeFails, AndNothingAcknowledgedIsLost) {
  for (std::int64_t change = 0;; ++change) {
    SCOPED_TRACE(change);
    end();
    disk_ = std::make_shared<SimulatedDisk>();
    seed_ = static_cast<std::uint64_t>(change);
    kept_.clear();
    durable_ = 0;
    failed_ = false;
    start();
    files_->fail_change_after(change, GetParam());
    work();
    if (HasFatalFailure()) return;
    const bool failed = failed_ || files_->failed_change();
    restart_after_power_loss(seed_);
    const auto found = look_at(*open());
    ASSERT_GE(found.batches.size(), durable_);
    for (std::size_t i = 0; i < found.batches.size(); ++i) {
      ASSERT_EQ(found.batches[i].bytes, kept_.at(i));
    }
    if (!failed) {
      EXPECT_GT(change, 50) << "so many changes there are at least";
      break;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Errors, EachChangeFails, ::testing::Values(EIO, ENOSPC));

}  // namespace
}  // namespace fluxmq::storage_faults
