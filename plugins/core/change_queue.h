// Changes that go one after the other where they have the same key, and together where not.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>

namespace fluxmq::core {

class ChangeQueue {
 public:
  using Change = std::function<void()>;

  // Runs a change when no other of the same key is under way; the change ends with finish(key).
  void run(const std::string& key, Change change) {
    {
      const std::lock_guard lock(mutex_);
      const auto [place, is_free] = under_way_.try_emplace(key);
      if (!is_free) {
        place->second.push_back(std::move(change));
        return;
      }
    }
    change();
  }

  void finish(const std::string& key) {
    Change next;
    {
      const std::lock_guard lock(mutex_);
      const auto place = under_way_.find(key);
      if (place->second.empty()) {
        under_way_.erase(place);
        if (under_way_.empty()) idle_.notify_all();
        return;
      }
      next = std::move(place->second.front());
      place->second.pop_front();
    }
    next();
  }

  // Blocks until no change is under way.
  void wait() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return under_way_.empty(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable idle_;
  std::unordered_map<std::string, std::deque<Change>> under_way_;
};

}  // namespace fluxmq::core
