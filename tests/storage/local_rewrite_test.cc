// Rewritten segments on the disk: Kafka's names, and what a crash at any step leaves.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "fluxmq/testing/temporary_folder.h"
#include "local_store.h"

namespace fluxmq::storage_local_test {
namespace {

namespace fs = std::filesystem;
using testing::TestLog;

class LocalRewrite : public ::testing::Test {
 protected:
  LocalRewrite() {
    config_ = testing::default_log_config();
    config_.segment_bytes = 2000;
    config_.index_interval_bytes = 300;
    config_.file_delete_delay_ms = 60'000;
  }

  // A log of some segments; the first three become one in `after`.
  void write_logs() {
    {
      LocalStore store(path("before"));
      TestLog log(store.logs(), "topic", 0, config_);
      for (int i = 0; i < 60; ++i) {
        log.append({.record_count = 1 + i % 3, .timestamp_ms = 1000 + i, .value_bytes = 100});
      }
      for (const auto& segment : log.segments()) bases_.push_back(segment.base_offset);
      old_content_ = log.read_all(0);
      log.flush();
      log.forget();
    }
    copy_folder(path("before"), path("after"));
    LocalStore store(path("after"));
    TestLog log(store.logs(), "topic", 0, config_);
    auto* rewrite = log.begin_rewrite(0, bases_.at(3));
    std::string kept;
    protocol::RecordBatchCursor cursor(protocol::as_bytes(old_content_));
    for (int i = 0; const auto batch = cursor.next(); ++i) {
      if (batch->base_offset() < bases_[3] && i % 4 == 0) {
        kept.append(reinterpret_cast<const char*>(batch->bytes().data()), batch->size_bytes());
      }
    }
    log.rewrite(rewrite, kept);
    EXPECT_EQ(log.end_rewrite(rewrite, true), 0);
    EXPECT_EQ(log.set_clean_offset(bases_[3]), 0);
    new_content_ = log.read_all(0);
    EXPECT_TRUE(new_content_.starts_with(kept));
    log.forget();
  }

  std::string path(const char* name) const { return folder_.path() + "/" + name; }
  static std::string name(std::int64_t base_offset, const std::string& suffix) {
    auto digits = std::to_string(base_offset);
    return std::string(20 - digits.size(), '0') + digits + suffix;
  }

  const testing::TemporaryFolder folder_;
  fluxmq_log_config config_{};
  std::vector<std::int64_t> bases_;
  std::string old_content_, new_content_;
};

TEST_F(LocalRewrite, WhatIsReplacedKeepsItsFilesForAWhile) {
  write_logs();
  for (const int i : {0, 1, 2}) {
    EXPECT_TRUE(fs::exists(path("after/topic-0/") + name(bases_[i], ".log.deleted")));
    EXPECT_EQ(fs::exists(path("after/topic-0/") + name(bases_[i], ".log")), i == 0);
  }
  EXPECT_EQ(read_file(path("after/cleaner-offset-checkpoint")),
            "0\n1\ntopic 0 " + std::to_string(bases_[3]) + "\n");
  LocalStore store(path("after"));
  TestLog log(store.logs(), "topic", 0, config_);
  EXPECT_EQ(log.read_all(0), new_content_);
  EXPECT_EQ(log.state().clean_offset, bases_[3]);
  log.forget();
}

// Every state between the first file of the new segment and the last renaming is opened once more.
TEST_F(LocalRewrite, ACrashAtAnyStepLeavesTheOldLogOrTheNewOne) {
  write_logs();
  const std::vector<std::string> kinds{".index", ".timeindex", ".log"};
  std::vector<std::pair<std::string, std::string>> renamings;
  for (const auto& kind : kinds) renamings.emplace_back(kind + ".cleaned", kind + ".swap");
  const auto first = bases_[0];
  for (auto& [from, to] : renamings) from = name(first, from), to = name(first, to);
  for (const int i : {0, 1, 2}) {
    for (const auto& kind : {".log", ".index", ".timeindex"}) {
      renamings.emplace_back(name(bases_[i], kind), name(bases_[i], kind) + ".deleted");
    }
  }
  for (const auto& kind : kinds) {
    renamings.emplace_back(name(first, kind + ".swap"), name(first, kind));
  }
  for (std::size_t steps = 0; steps <= renamings.size(); ++steps) {
    SCOPED_TRACE(steps);
    const auto log_folder = path("crashed/topic-0/");
    copy_folder(path("before"), path("crashed"));
    fs::remove(path("crashed/.kafka_cleanshutdown"));
    for (const auto& kind : kinds) {
      fs::copy_file(path("after/topic-0/") + name(first, kind),
                    log_folder + name(first, kind + ".cleaned"));
    }
    for (std::size_t i = 0; i < steps; ++i) {
      fs::rename(log_folder + renamings[i].first, log_folder + renamings[i].second);
    }
    for (int opened = 0; opened < 2; ++opened) {
      LocalStore store(path("crashed"));
      TestLog log(store.logs(), "topic", 0, config_);
      EXPECT_EQ(log.read_all(0), steps < kinds.size() ? old_content_ : new_content_);
      EXPECT_EQ(log.state().log_start_offset, 0);
      EXPECT_EQ(log.find_timestamp(1058).timestamp_ms, 1058);
      log.forget();
    }
    for (const auto& file : fs::directory_iterator(log_folder)) {
      const auto extension = file.path().extension();
      EXPECT_TRUE(extension != ".cleaned" && extension != ".swap" && extension != ".deleted")
          << file.path();
    }
  }
}

// A segment that a crash cut short of its renaming is whole: it was on the disk before.
TEST_F(LocalRewrite, AnUnfinishedOneLeavesNoTrace) {
  write_logs();
  {
    LocalStore store(path("before"));
    TestLog log(store.logs(), "topic", 0, config_);
    auto* rewrite = log.begin_rewrite(0, bases_[3]);
    log.rewrite(rewrite, old_content_.substr(0, log.read(0, 1).bytes.size()));
    copy_folder(path("before"), path("crashed"));
    log.end_rewrite(rewrite, false);
    log.forget();
  }
  for (const char* folder : {"before", "crashed"}) {
    LocalStore store(path(folder));
    TestLog log(store.logs(), "topic", 0, config_);
    EXPECT_EQ(log.read_all(0), old_content_);
    EXPECT_FALSE(fs::exists(path(folder) + "/topic-0/" + name(0, ".log.cleaned")));
    log.forget();
  }
}

}  // namespace
}  // namespace fluxmq::storage_local_test
