// Random operations on topics, a crash at every change that they make to the disk, and the model:
// see seeded_lists.h for other seeds and longer runs.
#include <gtest/gtest.h>

#include <iostream>
#include <optional>
#include <string>

#include "model_run.h"
#include "seeded_lists.h"

namespace fluxmq::core_model {
namespace {

constexpr std::size_t kOperations = 40;
constexpr std::int64_t kRounds = 40;  // some 34,000 crash points, 20 s of CPU

TEST(CoreModelTest, EveryCrashLeavesWhatItMust) {
  std::int64_t crash_points = 0;
  storage_faults::check_lists(
      kRounds, [](Random& random) { return random_operations(random, kOperations); },
      [&](const Operations& operations) -> std::optional<std::string> {
        try {
          ModelRun run;
          run.run(operations);
          crash_points += run.crash_points();
          return std::nullopt;
        } catch (const std::exception& failure) {
          return failure.what();
        }
      });
  std::cout << crash_points << " crash points\n";
}

// Lists that failed once, made as short as they get.

TEST(CoreModelTest, WhatADeathLeftIsFlushedToo) {
  using Kind = Operation::Kind;
  ModelRun run;
  EXPECT_NO_THROW(run.run({{Kind::kConfigure, 1, 4892430072329939946u},
                           {Kind::kCreateOrRemove, 1, 5141039282873892900u},
                           {Kind::kAppend, 1, 1389716058801069050u},
                           {Kind::kDeath, 1, 4374533640805668201u},
                           {Kind::kFlush, 1, 787782326257572314u},
                           {Kind::kAppend, 0, 6740217246882589001u}}));
}

}  // namespace
}  // namespace fluxmq::core_model
