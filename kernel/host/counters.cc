// Counters for operators.
#include "host/counters.h"

#include <deque>
#include <map>
#include <mutex>

namespace fluxmq::kernel {
namespace {

struct CounterTable {
  std::mutex mutex;
  std::map<std::pair<std::string, std::string>, int64_t*> cells_by_name;
  std::deque<int64_t> cells;
};

CounterTable& table() {
  static auto* the_table = new CounterTable;
  return *the_table;
}

}  // namespace

int64_t* counter_cell(std::string_view name, std::string_view labels,
                      std::string_view /*documentation*/) {
  std::lock_guard lock(table().mutex);
  int64_t*& cell = table().cells_by_name[{std::string(name), std::string(labels)}];
  if (cell == nullptr) cell = &table().cells.emplace_back(0);
  return cell;
}

std::vector<CounterValue> counter_values() {
  std::lock_guard lock(table().mutex);
  std::vector<CounterValue> values;
  for (const auto& [name, cell] : table().cells_by_name) {
    values.push_back({name.first, name.second, __atomic_load_n(cell, __ATOMIC_RELAXED)});
  }
  return values;
}

}  // namespace fluxmq::kernel
