// Counters for operators: cells that live as long as the process, made at their first use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fluxmq::kernel {

// The same name and labels give the same cell. `labels` is "" or `name="value",…`.
int64_t* counter_cell(std::string_view name, std::string_view labels,
                      std::string_view documentation);

struct CounterValue {
  std::string name;
  std::string labels;
  int64_t value;
};
// All of them, by name and labels.
std::vector<CounterValue> counter_values();

}  // namespace fluxmq::kernel
