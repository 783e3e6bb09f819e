// What the simulated disk and the models choose at random, the same for the same seed everywhere.
#pragma once
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <random>

namespace fluxmq::storage_faults {

using Random = std::mt19937_64;

inline bool chance(Random& random, int percent) {
  return static_cast<int>(random() % 100) < percent;
}

// From `least` to `most`.
template <class Number>
Number between(Random& random, Number least, Number most) {
  return static_cast<Number>(
      least + static_cast<Number>(random() % static_cast<std::uint64_t>(most - least + 1)));
}

template <class Elements>
const auto& one_of(Random& random, const Elements& elements) {
  return elements[static_cast<std::size_t>(random() % std::size(elements))];
}

// One of those that have a weight, which says how often it comes.
template <class Elements>
const auto& one_by_weight(Random& random, const Elements& elements) {
  unsigned sum = 0;
  for (const auto& element : elements) sum += element.weight;
  auto left = static_cast<unsigned>(random() % sum);
  auto element = std::begin(elements);
  for (; left >= element->weight; ++element) left -= element->weight;
  return *element;
}

}  // namespace fluxmq::storage_faults
