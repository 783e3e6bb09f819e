// Random operations on topics, a crash at every change that they make to the disk, and the model.
//
// Each run is the same; FLUXMQ_TEST_SEED takes others, FLUXMQ_TEST_ROUNDS says how many lists of
// operations it has, and FLUXMQ_TEST_SECONDS goes on for so long.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

#include "model_run.h"

namespace fluxmq::core_model {
namespace {

constexpr std::size_t kOperations = 40;
constexpr std::int64_t kRounds = 40;  // some 34,000 crash points, 20 s of CPU

std::int64_t environment(const char* name, std::int64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::atoll(value);
}

std::optional<std::string> failure_of(const Operations& operations, std::int64_t& crash_points) {
  try {
    ModelRun run;
    run.run(operations);
    crash_points += run.crash_points();
    return std::nullopt;
  } catch (const std::exception& failure) {
    return failure.what();
  }
}

// Leaves out what isn't needed to fail: half of it at once, then less and less.
Operations shrink(Operations operations) {
  std::int64_t ignored = 0;
  for (auto piece = operations.size() / 2; piece > 0; piece /= 2) {
    for (std::size_t at = 0; at + piece <= operations.size();) {
      auto shorter = operations;
      const auto begin = shorter.begin() + static_cast<std::ptrdiff_t>(at);
      shorter.erase(begin, begin + static_cast<std::ptrdiff_t>(piece));
      if (failure_of(shorter, ignored)) {
        operations = std::move(shorter);
      } else {
        at += piece;
      }
    }
  }
  return operations;
}

TEST(CoreModelTest, EveryCrashLeavesWhatItMust) {
  const auto first_seed = environment("FLUXMQ_TEST_SEED", 1);
  const auto least_rounds = environment("FLUXMQ_TEST_ROUNDS", kRounds);
  const auto seconds = environment("FLUXMQ_TEST_SECONDS", 0);
  const auto begin = std::chrono::steady_clock::now();
  const auto is_time_left = [&] {
    return std::chrono::steady_clock::now() - begin < std::chrono::seconds(seconds);
  };
  std::int64_t crash_points = 0, rounds = 0;
  for (; rounds < least_rounds || is_time_left(); ++rounds) {
    const auto seed = first_seed + rounds;
    Random random(static_cast<std::uint64_t>(seed));
    const auto operations = random_operations(random, kOperations);
    const auto first_failure = failure_of(operations, crash_points);
    if (!first_failure) continue;
    const auto shortest = shrink(operations);
    const auto failure = failure_of(shortest, crash_points);
    FAIL() << "FLUXMQ_TEST_SEED=" << seed << ": "
           << failure.value_or("passes now, after " + *first_failure) << "\n"
           << to_text(shortest);
  }
  std::cout << "seed " << first_seed << ": " << rounds << " lists of " << kOperations
            << " operations, " << crash_points << " crash points\n";
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
