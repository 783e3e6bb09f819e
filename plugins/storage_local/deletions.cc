#include "deletions.h"

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

namespace fluxmq::storage_local {

void Deletions::add(std::string path, std::int64_t delay_ms) {
  delay_ms = std::max<std::int64_t>(delay_ms, 0);
  {
    const std::lock_guard lock(mutex_);
    paths_.emplace(steady_now_ms() + delay_ms, std::move(path));
  }
  timer_.start(delay_ms);
}

void Deletions::delete_due() {
  std::vector<std::string> due;
  {
    const std::lock_guard lock(mutex_);
    const auto end = paths_.upper_bound(steady_now_ms());
    for (auto at = paths_.begin(); at != end; ++at) due.push_back(std::move(at->second));
    paths_.erase(paths_.begin(), end);
    if (!paths_.empty()) {
      timer_.start(std::max<std::int64_t>(paths_.begin()->first - steady_now_ms(), 0));
    }
  }
  for (const auto& path : due) {
    try {
      files_.remove_tree(path);
    } catch (const std::exception& failure) {
      host_.warn("left behind, to be deleted at the next start: ", failure.what());
    }
  }
}

}  // namespace fluxmq::storage_local
