// Random operations on logs, a crash at every change that they make to the disk, and the model.
//
// Each run is the same; FLUXMQ_TEST_SEED takes others, FLUXMQ_TEST_ROUNDS says how many lists of
// operations it has, and FLUXMQ_TEST_SECONDS goes on for so long. What fails goes, once it is
// mended, to failed_lists_test.cc.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

#include "model_run.h"

namespace fluxmq::storage_faults {
namespace {

constexpr std::size_t kOperations = 40;
constexpr std::int64_t kRounds = 35;  // of each kind: some 120,000 crash points, 30 s of CPU

std::int64_t environment(const char* name, std::int64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::atoll(value);
}

struct Counts {
  std::int64_t lists = 0, failed_calls = 0, crash_points = 0;
};

std::optional<std::string> failure_of(ModelRun::Appends appends, const Operations& operations,
                                      Counts& counts) {
  try {
    ModelRun run(appends);
    run.run(operations);
    counts.failed_calls += run.failed_calls();
    counts.crash_points += run.crash_points();
    return std::nullopt;
  } catch (const std::exception& failure) {
    return failure.what();
  }
}

// Leaves out what isn't needed to fail: half of it at once, then less and less.
Operations shrink(ModelRun::Appends appends, Operations operations) {
  Counts ignored;
  for (auto piece = operations.size() / 2; piece > 0; piece /= 2) {
    for (std::size_t at = 0; at + piece <= operations.size();) {
      auto shorter = operations;
      const auto begin = shorter.begin() + static_cast<std::ptrdiff_t>(at);
      shorter.erase(begin, begin + static_cast<std::ptrdiff_t>(piece));
      if (failure_of(appends, shorter, ignored)) {
        operations = std::move(shorter);
      } else {
        at += piece;
      }
    }
  }
  return operations;
}

// Lists of operations from the seed on; in so many of a hundred operations a call fails.
void check_lists(ModelRun::Appends appends, unsigned failing_percent) {
  const auto first_seed = environment("FLUXMQ_TEST_SEED", 1);
  const auto least_rounds = environment("FLUXMQ_TEST_ROUNDS", kRounds);
  const auto seconds = environment("FLUXMQ_TEST_SECONDS", 0);
  const auto begin = std::chrono::steady_clock::now();
  const auto is_time_left = [&] {
    return std::chrono::steady_clock::now() - begin < std::chrono::seconds(seconds);
  };
  Counts counts;
  for (; counts.lists < least_rounds || is_time_left(); ++counts.lists) {
    const auto seed = first_seed + counts.lists;
    Random random(static_cast<std::uint64_t>(seed));
    const auto operations = random_operations(random, kOperations, failing_percent);
    if (!failure_of(appends, operations, counts)) continue;
    const auto shortest = shrink(appends, operations);
    const auto failure = failure_of(appends, shortest, counts);
    FAIL() << "FLUXMQ_TEST_SEED=" << seed << ": " << failure.value_or("passes now") << "\n"
           << to_text(shortest);
  }
  std::cout << "seed " << first_seed << ": " << counts.lists << " lists of " << kOperations
            << " operations, " << counts.failed_calls << " of which had a call that failed, "
            << counts.crash_points << " crash points\n";
}

using Appends = ModelRun::Appends;

TEST(LogModelTest, EveryCrashLeavesWhatItMust) {
  check_lists(Appends::kToPageCache, 0);
}

TEST(LogModelTest, EveryCallThatFailsAndEveryCrashAfterItLeaveWhatTheyMust) {
  check_lists(Appends::kToPageCache, 25);
}

TEST(LogModelTest, WhatIsInMemoryOnlyOutlivesEveryDeath) {
  if (!ArenaFolder::can_be()) GTEST_SKIP() << "no tmpfs";
  check_lists(Appends::kToArena, 0);
}

TEST(LogModelTest, WhatIsInMemoryOnlyOutlivesCallsThatFail) {
  if (!ArenaFolder::can_be()) GTEST_SKIP() << "no tmpfs";
  check_lists(Appends::kToArena, 25);
}

}  // namespace
}  // namespace fluxmq::storage_faults
