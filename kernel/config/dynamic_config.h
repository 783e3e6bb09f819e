// The values that change while the broker runs, over those of the files; and who wants to know.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace fluxmq::kernel {

class DynamicConfig {
 public:
  explicit DynamicConfig(const Config& config) : config_(config) {}
  DynamicConfig(const DynamicConfig&) = delete;
  DynamicConfig& operator=(const DynamicConfig&) = delete;

  // The value in use; null if nobody declares the key. Stays where it is for good: a plugin may
  // hold it as long as it lives.
  const std::string* find(std::string_view name) const;
  int64_t number(std::string_view name) const;

  using Values = std::map<std::string, std::string, std::less<>>;
  // All dynamic values there are from now on. Calls all watchers.
  void replace(const Values& values);
  void watch(std::function<void()> watcher);
  // No watcher is called any more, nor being called.
  void forget_watchers();

 private:
  const Config& config_;
  mutable std::mutex mutex_;
  std::set<std::string, std::less<>> texts_;  // each value that there ever was, once
  std::map<std::string, const std::string*, std::less<>> values_;
  std::mutex watchers_mutex_;
  std::vector<std::function<void()>> watchers_;
};

}  // namespace fluxmq::kernel
