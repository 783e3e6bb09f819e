// Random operations on logs, a crash at every change that they make to the disk, and the model: see
// seeded_lists.h for other seeds and longer runs. What fails goes, once it is mended, to
// failed_lists_test.cc.
#include <gtest/gtest.h>

#include <iostream>
#include <optional>
#include <string>

#include "model_run.h"
#include "seeded_lists.h"

namespace fluxmq::storage_faults {
namespace {

using Appends = ModelRun::Appends;

constexpr std::size_t kOperations = 40;
constexpr std::int64_t kRounds = 35;  // of each kind: some 120,000 crash points, 30 s of CPU

// In so many of a hundred operations a call fails.
void check_logs(Appends appends, unsigned failing_percent) {
  std::int64_t failed_calls = 0, crash_points = 0;
  check_lists(
      kRounds,
      [=](Random& random) { return random_operations(random, kOperations, failing_percent); },
      [&](const Operations& operations) -> std::optional<std::string> {
        try {
          ModelRun run(appends);
          run.run(operations);
          failed_calls += run.failed_calls();
          crash_points += run.crash_points();
          return std::nullopt;
        } catch (const std::exception& failure) {
          return failure.what();
        }
      });
  std::cout << failed_calls << " of which had a call that failed, " << crash_points
            << " crash points\n";
}

TEST(LogModelTest, EveryCrashLeavesWhatItMust) {
  check_logs(Appends::kToPageCache, 0);
}

TEST(LogModelTest, EveryCallThatFailsAndEveryCrashAfterItLeaveWhatTheyMust) {
  check_logs(Appends::kToPageCache, 25);
}

TEST(LogModelTest, WhatIsInMemoryOnlyOutlivesEveryDeath) {
  if (!ArenaFolder::can_be()) GTEST_SKIP() << "no tmpfs";
  check_logs(Appends::kToArena, 0);
}

TEST(LogModelTest, WhatIsInMemoryOnlyOutlivesCallsThatFail) {
  if (!ArenaFolder::can_be()) GTEST_SKIP() << "no tmpfs";
  check_logs(Appends::kToArena, 25);
}

}  // namespace
}  // namespace fluxmq::storage_faults
