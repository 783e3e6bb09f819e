// What every "fluxmq.metadata_store/1" has to do. Include it in one source file of a GoogleTest
// program; PluginUnderTest says which plugin it runs on.
#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "fluxmq/metadata_store.h"
#include "fluxmq/testing/plugin_under_test.h"

namespace fluxmq::testing {

class MetadataStoreConformance : public ::testing::Test {
 protected:
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  const fluxmq_metadata_store* table() {
    return plugin_.query<fluxmq_metadata_store>(FLUXMQ_METADATA_STORE);
  }
  MetadataStore store() { return MetadataStore(table()); }

  // Counts the answers to commits that run side by side.
  class Answers {
   public:
    static void done(void* context, std::int16_t error) {
      auto* answers = static_cast<Answers*>(context);
      const std::lock_guard lock(answers->mutex_);
      answers->errors_.push_back(error);
      answers->changed_.notify_all();
    }
    std::vector<std::int16_t> wait(std::size_t count) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return errors_.size() >= count; });
      return errors_;
    }

   private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::int16_t> errors_;
  };

  void start_commit(const MetadataTransaction& transaction, Answers& answers) {
    const auto operations = transaction.operations();
    table()->commit(table()->self, operations.data(), operations.size(), &Answers::done, &answers);
  }
  std::int16_t commit(const MetadataTransaction& transaction) {
    Answers answers;
    start_commit(transaction, answers);
    return answers.wait(1).front();
  }
  std::int16_t put(std::string key, std::string value) {
    MetadataTransaction transaction;
    transaction.put(std::move(key), std::move(value));
    return commit(transaction);
  }
  Pairs scan(std::string_view prefix) {
    Pairs pairs;
    store().scan(prefix, [&](std::string_view key, std::string_view value) {
      pairs.emplace_back(key, value);
    });
    return pairs;
  }

  static constexpr std::int16_t kRefused = 42;

  PluginUnderTest plugin_;
};

TEST_F(MetadataStoreConformance, TableIsWhole) {
  ASSERT_NE(table(), nullptr);
  EXPECT_GE(table()->size, sizeof(fluxmq_metadata_store));
}

TEST_F(MetadataStoreConformance, ReadsSeeWhatWasCommitted) {
  EXPECT_EQ(store().get("key"), std::nullopt);
  ASSERT_EQ(put("key", "value"), 0);
  EXPECT_EQ(store().get("key"), "value");
  ASSERT_EQ(put("key", "other"), 0);
  EXPECT_EQ(store().get("key"), "other");
  MetadataTransaction removal;
  removal.remove("key");
  removal.remove("never there");
  ASSERT_EQ(commit(removal), 0);
  EXPECT_EQ(store().get("key"), std::nullopt);
}

TEST_F(MetadataStoreConformance, KeysAndValuesAreBytes) {
  const std::string key("\0\xff\x01", 3), value("\0v\0", 3);
  ASSERT_EQ(put(key, value), 0);
  EXPECT_EQ(store().get(key), value);
  ASSERT_EQ(put("empty", ""), 0);
  EXPECT_EQ(store().get("empty"), "");
  const std::string large(1 << 20, 'x'), longest(511, 'k');
  ASSERT_EQ(put(longest, large), 0);
  EXPECT_EQ(store().get(longest), large);
}

TEST_F(MetadataStoreConformance, KeysHaveLimits) {
  EXPECT_NE(put("", "value"), 0);
  EXPECT_NE(put(std::string(512, 'k'), "value"), 0);
  EXPECT_TRUE(scan("").empty());
  EXPECT_EQ(store().get(""), std::nullopt);
  EXPECT_EQ(store().get(std::string(600, 'k')), std::nullopt);
}

TEST_F(MetadataStoreConformance, ScansInTheOrderOfBytes) {
  MetadataTransaction transaction;
  for (const char* key : {"b/2", "a", "b/1", "b", "c", "b/10", "b0", "b/\xff"}) {
    transaction.put(key, key);
  }
  ASSERT_EQ(commit(transaction), 0);
  EXPECT_EQ(scan("b/"),
            (Pairs{{"b/1", "b/1"}, {"b/10", "b/10"}, {"b/2", "b/2"}, {"b/\xff", "b/\xff"}}));
  EXPECT_EQ(scan("").size(), 8u);
  EXPECT_EQ(scan("b/10").size(), 1u);
  EXPECT_TRUE(scan("d").empty());
  int visited = 0;
  const std::string prefix = "b";
  table()->scan(
      table()->self, {reinterpret_cast<const std::uint8_t*>(prefix.data()), prefix.size()},
      [](void* context, fluxmq_bytes, fluxmq_bytes) -> std::int32_t {
        return ++*static_cast<int*>(context) < 2 ? 1 : 0;
      },
      &visited);
  EXPECT_EQ(visited, 2);
}

TEST_F(MetadataStoreConformance, CommitIsAllOrNothing) {
  ASSERT_EQ(put("version", "1"), 0);
  MetadataTransaction stale;
  stale.put("a", "a");
  stale.expect("version", "0");
  stale.put("b", "b");
  EXPECT_EQ(commit(stale), kRefused);
  EXPECT_EQ(store().get("a"), std::nullopt);
  EXPECT_EQ(store().get("b"), std::nullopt);
  MetadataTransaction fresh;
  fresh.expect("version", "1");
  fresh.expect("a", std::nullopt);
  fresh.put("version", "2");
  fresh.put("a", "a");
  EXPECT_EQ(commit(fresh), 0);
  EXPECT_EQ(commit(fresh), kRefused);
  EXPECT_EQ(store().get("version"), "2");
}

TEST_F(MetadataStoreConformance, ExpectationsTellEmptyFromMissing) {
  ASSERT_EQ(put("empty", ""), 0);
  MetadataTransaction missing;
  missing.expect("empty", std::nullopt);
  EXPECT_EQ(commit(missing), kRefused);
  MetadataTransaction empty;
  empty.expect("empty", "");
  EXPECT_EQ(commit(empty), 0);
  MetadataTransaction other;
  other.expect("missing", "");
  EXPECT_EQ(commit(other), kRefused);
}

TEST_F(MetadataStoreConformance, OneFailedCommitLeavesTheOthersAlone) {
  Answers answers;
  for (int i = 0; i < 100; ++i) {
    MetadataTransaction transaction;
    if (i % 3 == 0) transaction.expect("missing", "value");
    transaction.put("key" + std::to_string(i), "value");
    start_commit(transaction, answers);
  }
  const auto errors = answers.wait(100);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(errors[static_cast<std::size_t>(i)], i % 3 == 0 ? kRefused : 0)
        << "in the order of the calls";
    EXPECT_EQ(store().get("key" + std::to_string(i)).has_value(), i % 3 != 0);
  }
}

TEST_F(MetadataStoreConformance, CommitsFollowEachOther) {
  Answers answers;
  for (int i = 0; i < 200; ++i) {
    MetadataTransaction transaction;
    transaction.expect("counter", i == 0 ? std::nullopt : std::optional(std::to_string(i - 1)));
    transaction.put("counter", std::to_string(i));
    start_commit(transaction, answers);
  }
  for (const auto error : answers.wait(200)) EXPECT_EQ(error, 0);
  EXPECT_EQ(store().get("counter"), "199");
}

TEST_F(MetadataStoreConformance, ManyThreadsCountTogether) {
  ASSERT_EQ(put("counter", "0"), 0);
  constexpr int kThreads = 4, kSteps = 25;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int done = 0; done < kSteps;) {
        const auto seen = store().get("counter");
        MetadataTransaction transaction;
        transaction.expect("counter", seen);
        transaction.put("counter", std::to_string(std::stoi(*seen) + 1));
        if (commit(transaction) == 0) ++done;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(store().get("counter"), std::to_string(kThreads * kSteps));
}

TEST_F(MetadataStoreConformance, EverythingOutlivesTheStore) {
  if (PluginUnderTest::is_volatile()) GTEST_SKIP() << "volatile";
  ASSERT_EQ(put("a", "1"), 0);
  ASSERT_EQ(put("b", "2"), 0);
  plugin_.restart();
  EXPECT_EQ(scan(""), (Pairs{{"a", "1"}, {"b", "2"}}));
}

}  // namespace fluxmq::testing
