// Lists of random operations, a seed for each, until one fails; that is made as short as it gets.
//
// Each run is the same; FLUXMQ_TEST_SEED takes others, FLUXMQ_TEST_ROUNDS says how many lists there
// are, and FLUXMQ_TEST_SECONDS goes on for so long.
#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "random_choices.h"

namespace fluxmq::storage_faults {

inline std::int64_t environment(const char* name, std::int64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::atoll(value);
}

// Leaves out what isn't needed to fail: half of it at once, then less and less.
template <class Operations, class FailureOf>
Operations shrink(Operations operations, const FailureOf& failure_of) {
  for (auto piece = operations.size() / 2; piece > 0; piece /= 2) {
    for (std::size_t at = 0; at + piece <= operations.size();) {
      auto shorter = operations;
      const auto begin = shorter.begin() + static_cast<std::ptrdiff_t>(at);
      shorter.erase(begin, begin + static_cast<std::ptrdiff_t>(piece));
      if (failure_of(shorter)) {
        operations = std::move(shorter);
      } else {
        at += piece;
      }
    }
  }
  return operations;
}

// `list_of` makes a list of a Random, `failure_of` tells what is wrong with one, if anything is.
template <class ListOf, class FailureOf>
void check_lists(std::int64_t rounds, const ListOf& list_of, const FailureOf& failure_of) {
  const auto first_seed = environment("FLUXMQ_TEST_SEED", 1);
  const auto least_rounds = environment("FLUXMQ_TEST_ROUNDS", rounds);
  const auto seconds = environment("FLUXMQ_TEST_SECONDS", 0);
  const auto begin = std::chrono::steady_clock::now();
  const auto is_time_left = [&] {
    return std::chrono::steady_clock::now() - begin < std::chrono::seconds(seconds);
  };
  std::int64_t lists = 0;
  for (; lists < least_rounds || is_time_left(); ++lists) {
    const auto seed = first_seed + lists;
    Random random(static_cast<std::uint64_t>(seed));
    const auto operations = list_of(random);
    const auto first_failure = failure_of(operations);
    if (!first_failure) continue;
    const auto shortest = shrink(operations, failure_of);
    const auto failure = failure_of(shortest);
    FAIL() << "FLUXMQ_TEST_SEED=" << seed << ": "
           << failure.value_or("passes now, after " + *first_failure) << "\n"
           << to_text(shortest);
  }
  std::cout << "seed " << first_seed << ": " << lists << " lists of operations, ";
}

}  // namespace fluxmq::storage_faults
